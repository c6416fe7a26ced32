#include <algorithm>
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

// An empty argument is what a script passes when a variable is not set. CLI11 would read it as the
// number 0. Only a text may be empty.
void refuse_empty_values(CLI::App& program) {
  const auto check = [](const std::string& value) {
    return value.empty() ? std::string("an empty value") : std::string();
  };
  for (CLI::App* command : program.get_subcommands({})) {
    for (CLI::Option* option : command->get_options()) {
      const std::string name = option->get_name();
      if (name != "--prompt" && name != "text") option->check(check);
    }
  }
}

int report_usage(const CLI::App& program, const CLI::ParseError& error, const char* first) {
  if (error.get_exit_code() == 0) return program.exit(error);  // --help and --version
  std::string command = "tokenwalk";
  for (const CLI::App* sub : program.get_subcommands()) command += " " + sub->get_name();
  std::string found = error.what();
  std::string expected = "the arguments that the help lists";
  if (program.get_subcommands().empty()) {
    found = first == nullptr ? "no subcommand" : first;
    expected = "a subcommand:";
    for (const CLI::App* sub : program.get_subcommands({})) expected += " " + sub->get_name();
  }
  std::cerr << "tokenwalk: the command line is not understood\n  found:    " << found
            << "\n  expected: " << expected << "\n  hint:     " << command << " --help\n";
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
  tokenwalk::add_convert_command(program);
  tokenwalk::add_jsonl_command(program);

  refuse_empty_values(program);

  std::vector<std::string> arguments(argv + 1, argv + argc);
  const auto flags_end = std::find(arguments.begin(), arguments.end(), "--");
  std::transform(arguments.begin(), flags_end, arguments.begin(), with_dashes);
  std::reverse(arguments.begin(), arguments.end());  // CLI11 wants the last one first
  try {
    program.parse(arguments);
  } catch (const CLI::ParseError& error) {
    return report_usage(program, error, argc > 1 ? argv[1] : nullptr);
  } catch (const std::exception& error) {
    std::cerr << "tokenwalk: " << error.what() << "\n";
    return kFailed;
  }
  return 0;
}
