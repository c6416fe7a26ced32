#include <unistd.h>

#include <cstdio>
#include <memory>

#include "tools/tokenwalk/commands.h"
#include "tools/tokenwalk/convert.h"

namespace tokenwalk {
namespace {

// On a terminal only.
void show_written(std::size_t done, std::size_t all) {
  std::fprintf(stderr, done < all ? "\rwriting tensor %zu/%zu" : "\r\033[K", done, all);
  std::fflush(stderr);
}

}  // namespace

void add_convert_command(CLI::App& program) {
  auto options = std::make_shared<ConvertOptions>();
  CLI::App* command = program.add_subcommand(
      "convert", "Write a model as another kind of file or in another precision");
  command->add_option("in", options->in, "Hugging Face folder or GGUF file")->required();
  command->add_option("out", options->out, "what to write: NAME.gguf, or the name of a new folder")
      ->required();
  command->add_option("--precision", options->precision,
                      "f32 (default), bf16, or q8_0 (8-bit integers in blocks of 32, GGUF only)");
  command->add_flag("--force", options->force, "replace what is there");
  command->footer(
      "Examples:\n"
      "  tokenwalk convert data/tiny tiny.gguf --precision q8_0\n"
      "  tokenwalk convert models/SmolLM2-135M-Instruct.Q4_1.gguf smollm2 --precision bf16");
  command->callback([options] {
    const bool on_terminal = isatty(STDERR_FILENO) != 0;
    convert_model(*options, on_terminal ? show_written : WriteProgress());
  });
}

}  // namespace tokenwalk
