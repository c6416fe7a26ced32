#pragma once

#include <CLI/CLI.hpp>

#include "tools/tokenwalk/engine.h"

namespace tokenwalk {

// Each function adds one subcommand to the program: its flags and what runs when it is called.
// Bad values throw Error, caught in main.

void add_generate_command(CLI::App& program);
void add_tokenizer_commands(CLI::App& program);  // tokenize, detokenize, train-tokenizer
void add_info_command(CLI::App& program);
void add_convert_command(CLI::App& program);
void add_jsonl_command(CLI::App& program);

/// --model, --threads, --kernels, --precision, --device, as far as a command uses them.
void add_model_flag(CLI::App& command, EngineOptions& options);
void add_machine_flags(CLI::App& command, EngineOptions& options);

/// Text from outside that must be UTF-8; `what` names it in the error.
void check_utf8(const std::string& text, const std::string& what);

/// Shows loading on a terminal; nothing in a pipe.
void show_loading(Engine& engine);

}  // namespace tokenwalk
