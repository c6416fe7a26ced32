#include <iostream>

#include "tools/tokenwalk/commands.h"
#include "tools/tokenwalk/version.h"

namespace {

constexpr int kFailed = 1;
constexpr int kUsage = 2;

// Flags may be written with underscores: --top_p is --top-p.
std::string with_dashes(std::string argument) {
  if (argument.rfind("--", 0) != 0) return argument;
  for (std::size_t i = 2; i < argument.size() && argument[i] != '='; ++i) {
    if (argument[i] == '_') argument[i] = '-';
  }
  return argument;
}

int report_usage(const CLI::App& program, const CLI::ParseError& error) {
  if (error.get_exit_code() == 0) return program.exit(error);  // --help and --version
  std::string command = "tokenwalk";
  for (const CLI::App* sub : program.get_subcommands()) command += " " + sub->get_name();
  std::cerr << "tokenwalk: " << error.get_name() << "\n  found:    " << error.what()
            << "\n  expected: the flags that the help lists\n  hint:     " << command
            << " --help\n";
  return kUsage;
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App program("tokenwalk: text generation with language models, exact to the last bit");
  program.set_version_flag("--version", tokenwalk::version());
  program.require_subcommand(1);
  tokenwalk::add_generate_command(program);
  tokenwalk::add_tokenizer_commands(program);
  tokenwalk::add_info_command(program);
  tokenwalk::add_jsonl_command(program);

  std::vector<std::string> arguments;  // CLI11 wants the last one first
  for (int i = argc - 1; i > 0; --i) arguments.push_back(with_dashes(argv[i]));
  try {
    program.parse(arguments);
  } catch (const CLI::ParseError& error) {
    return report_usage(program, error);
  } catch (const std::exception& error) {
    std::cerr << "tokenwalk: " << error.what() << "\n";
    return kFailed;
  }
  return 0;
}
