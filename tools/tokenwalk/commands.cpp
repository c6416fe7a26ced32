#include "tools/tokenwalk/commands.h"

#include <unistd.h>

#include <cstdio>
#include <iostream>
#include <memory>

#include "chapters/01_tokenizer/utf8.h"
#include "lib/base/error.h"
#include "tools/tokenwalk/flags.h"
#include "tools/tokenwalk/jsonl.h"

namespace tokenwalk {

void add_model_flag(CLI::App& command, EngineOptions& options) {
  command.add_option("--model,--checkpoint-path", options.model,
                     "folder of a Hugging Face model or GGUF file (default: the bundled model)");
}

void add_machine_flags(CLI::App& command, EngineOptions& options) {
  add_integer(command, "--threads", options.threads, 0, kMostThreads,
              "0, the default: all that this process may use");
  command
      .add_option("--kernels", options.kernels,
                  "reference, portable, avx2, avx512, eigen or auto (default: auto, the fastest "
                  "exact set)")
      ->envname("TOKENWALK_KERNELS");
  command.add_option("--precision", options.precision,
                     "f32, bf16, q8_0 or q4_1 for all matrices (default: each as it is stored)");
  command.add_option("--kv", options.kv,
                     "f32, f16 or bf16 for the cache (default: f32 if the precision is, else f16)");
  command.add_option("--device", options.device,
                     "cpu (default) or cuda: an NVIDIA GPU, with the bits of --precision f32");
}

void check_utf8(std::string_view text, const std::string& what, ErrorCode code) {
  const std::size_t bad = find_invalid_utf8(text);
  if (bad == std::string::npos) return;
  char byte[8];
  std::snprintf(byte, sizeof(byte), "0x%02x", static_cast<unsigned char>(text[bad]));
  throw Error(code, {what + " is not UTF-8",
                     std::string("byte ") + byte + " at offset " + std::to_string(bad),
                     "UTF-8 text", "convert it, for example with iconv"});
}

std::function<void(std::size_t, std::size_t)> progress_line(const std::string& what) {
  if (isatty(STDERR_FILENO) == 0) return {};
  std::size_t shown = 0;  // hundredths
  return [what, shown](std::size_t done, std::size_t all) mutable {
    if (100 * done / all == shown) return;
    shown = 100 * done / all;
    std::fprintf(stderr, "\r\033[K");
    if (done < all) std::fprintf(stderr, "%s %zu/%zu", what.c_str(), done, all);
    std::fflush(stderr);
  };
}

void show_loading(Engine& engine) {
  engine.set_progress(progress_line("loading"));
}

void add_jsonl_command(CLI::App& program) {
  auto options = std::make_shared<EngineOptions>();
  CLI::App* command = program.add_subcommand(
      "jsonl", "Answer JSON requests, one a line, from standard input (docs/jsonl.md)");
  add_model_flag(*command, *options);
  command->add_option("--tokenizer", options->tokenizer, "folder or file of another tokenizer");
  add_machine_flags(*command, *options);
  command->callback([options] {
    std::ios::sync_with_stdio(false);
    Engine engine(*options);
    if (!options->model.empty()) engine.model();  // a bad file is told at once
    if (!options->tokenizer.empty()) engine.tokenizer();
    serve_jsonl(engine, std::cin, std::cout);
  });
}

}  // namespace tokenwalk
