#include <iostream>
#include <memory>

#include "chapters/04_transformer/reference_kernels.h"
#include "tools/tokenwalk/commands.h"
#include "tools/tokenwalk/json_request.h"
#include "tools/tokenwalk/model_info.h"
#include "tools/tokenwalk/print_info.h"
#include "tools/tokenwalk/version.h"

namespace tokenwalk {
namespace {

struct InfoFlags {
  std::string path;
  bool json = false;
};

std::vector<std::string> kernel_names() {
  ThreadPool pool(1);
  std::vector<std::string> names;
  for (const auto& set : exact_kernel_sets(pool)) names.emplace_back(set->name());
  return names;
}

void print_machine(bool json) {
  if (json) {
    std::cout << Json{{"version", version()},
                      {"kernels", kernel_names()},
                      {"threads", available_processors()}}
                     .dump()
              << "\n";
    return;
  }
  std::string names;
  for (const std::string& name : kernel_names()) names += (names.empty() ? "" : ", ") + name;
  std::cout << "tokenwalk " << version() << "\nkernels   " << names << "\nthreads   "
            << available_processors() << "\n";
}

void print_file(const InfoFlags& flags) {
  const ModelInfo info = read_model_info(flags.path);
  flags.json ? print_info_json(std::cout, info) : print_info(std::cout, info);
}

}  // namespace

void add_info_command(CLI::App& program) {
  auto flags = std::make_shared<InfoFlags>();
  CLI::App* command = program.add_subcommand(
      "info", "What this machine can run, or what a model file or folder holds");
  command->add_option("file", flags->path,
                      "model folder, GGUF or safetensors file, config.json or tokenizer.json");
  command->add_flag("--json", flags->json, "print one JSON object");
  command->footer(
      "Examples:\n"
      "  tokenwalk info\n"
      "  tokenwalk info models/SmolLM2-135M-Instruct.Q4_1.gguf\n"
      "  tokenwalk info data/tiny --json");
  command->callback(
      [flags] { flags->path.empty() ? print_machine(flags->json) : print_file(*flags); });
}

}  // namespace tokenwalk
