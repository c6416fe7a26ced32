#pragma once

#include <CLI/CLI.hpp>

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>

#include "lib/base/error.h"
#include "tools/tokenwalk/engine.h"

namespace tokenwalk {

// Each function adds one subcommand to the program: its flags and what runs when it is called.
// Mistakes throw Error, caught in main: kBadValue ends with exit code 2, the others with 1.

void add_generate_command(CLI::App& program);
void add_chat_command(CLI::App& program);
void add_tokenizer_commands(CLI::App& program);  // tokenize, detokenize, train-tokenizer
void add_score_command(CLI::App& program);
void add_info_command(CLI::App& program);
void add_convert_command(CLI::App& program);
void add_jsonl_command(CLI::App& program);
void add_bench_command(CLI::App& program);

/// --model, --threads, --kernels, --precision, --kv, --device, as far as a command uses them.
void add_model_flag(CLI::App& command, EngineOptions& options);
void add_machine_flags(CLI::App& command, EngineOptions& options);

/// Text from outside that must be UTF-8; `what` names it in the error: kBadValue for an argument,
/// kBadFile for a file.
void check_utf8(std::string_view text, const std::string& what,
                ErrorCode code = ErrorCode::kBadValue);

/// Called with (done, all), shows what / how much on a terminal and clears it at done == all; in a
/// pipe it is empty.
std::function<void(std::size_t, std::size_t)> progress_line(const std::string& what);

/// Shows loading on a terminal; nothing in a pipe.
void show_loading(Engine& engine);

}  // namespace tokenwalk
