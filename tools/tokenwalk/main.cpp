#include <algorithm>
#include <iostream>

#include "lib/base/error.h"
#include "lib/base/output.h"
#include "tools/tokenwalk/commands.h"
#include "tools/tokenwalk/flags.h"
#include "tools/tokenwalk/version.h"

namespace {

constexpr int kFailed = 1;
constexpr int kUsage = 2;  // a flag that is none, or a value that it does not take

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

// Reads the command line and runs the command; the exit code.
int run(int argc, char** argv) {
  CLI::App program("text generation with language models, exact to the last bit", "tokenwalk");
  program.set_version_flag("--version", tokenwalk::version());
  program.require_subcommand(1);
  tokenwalk::add_generate_command(program);
  tokenwalk::add_chat_command(program);
  tokenwalk::add_tokenizer_commands(program);
  tokenwalk::add_score_command(program);
  tokenwalk::add_info_command(program);
  tokenwalk::add_convert_command(program);
  tokenwalk::add_jsonl_command(program);
  tokenwalk::add_bench_command(program);
  refuse_empty_values(program);

  std::vector<std::string> arguments =
      tokenwalk::with_dashes(program, std::vector<std::string>(argv + 1, argv + argc));
  std::reverse(arguments.begin(), arguments.end());  // CLI11 wants the last one first
  try {
    program.parse(arguments);
  } catch (const CLI::ParseError& error) {
    return report_usage(program, error, argc > 1 ? argv[1] : nullptr);
  }
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  try {
    const int code = run(argc, argv);
    tokenwalk::flush_output();
    return code;
  } catch (const tokenwalk::Error& error) {
    std::cerr << "tokenwalk: " << error.what() << "\n";
    return error.code() == tokenwalk::ErrorCode::kBadValue ? kUsage : kFailed;
  } catch (const std::exception& error) {
    std::cerr << "tokenwalk: " << error.what() << "\n";
    return kFailed;
  }
}
