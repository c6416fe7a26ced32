#include "tools/tokenwalk/flags.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdlib>
#include <cstring>
#include <limits>
#include <optional>
#include <sstream>

#include "lib/base/error.h"
#include "lib/base/format.h"

namespace tokenwalk {
namespace {

std::optional<int> parse_integer(const std::string& text) {
  int value = 0;
  const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), value);
  const bool whole = problem == std::errc() && end == text.data() + text.size();
  return whole ? std::optional(value) : std::nullopt;
}

std::optional<double> parse_number(const std::string& text) {
  char* end = nullptr;
  const double value = std::strtod(text.c_str(), &end);
  const bool whole = end != text.c_str() && *end == '\0' && std::isfinite(value);
  return whole ? std::optional(value) : std::nullopt;
}

[[noreturn]] void refuse(const std::string& name, const std::string& text,
                         const std::string& expected, const std::string& hint) {
  const std::string first = name.substr(0, name.find(','));  // of several names
  throw Error(ErrorCode::kBadValue, {"bad " + first, text, expected, hint});
}

std::string from_to(double least, double most) {
  const bool open = most == std::numeric_limits<double>::max();
  return open ? "of at least " + format_number(least)
              : "from " + format_number(least) + " to " + format_number(most);
}

// Appends the ids of "1,2,3"; an empty one between two commas is none.
void append_ids(const std::string& name, const std::string& text, std::vector<int>& ids) {
  for (std::size_t begin = 0, end = 0; end <= text.size(); begin = end + 1) {
    end = std::min(text.find(',', begin), text.size());
    const std::optional<int> id = parse_integer(text.substr(begin, end - begin));
    if (!id) refuse(name, text.empty() ? "an empty value" : text, "ids such as 1,2,3", "");
    ids.push_back(*id);
    if (end == text.size()) break;
  }
}

CLI::App* find_command(CLI::App& program, const std::string& name) {
  for (CLI::App* command : program.get_subcommands({})) {
    if (command->get_name() == name) return command;
  }
  return nullptr;
}

// The option of that name, of the command or of the program; null if there is none.
CLI::Option* find_option(CLI::App& program, CLI::App* command, const std::string& name) {
  CLI::Option* option = command == nullptr ? nullptr : command->get_option_no_throw(name);
  return option != nullptr ? option : program.get_option_no_throw(name);
}

}  // namespace

CLI::Option* add_integer(CLI::App& command, const std::string& name, int& value, int least,
                         int most, const std::string& help) {
  const auto read = [&value, name, least, most, help](const std::string& text) {
    const std::optional<int> number = parse_integer(text);
    if (!number || *number < least || *number > most) {
      refuse(name, text, "a whole number " + from_to(least, most), help);
    }
    value = *number;
  };
  return command.add_option_function<std::string>(name, read, help)->type_name("INT");
}

CLI::Option* add_number(CLI::App& command, const std::string& name, double& value, double least,
                        double most, const std::string& help) {
  const auto read = [&value, name, least, most, help](const std::string& text) {
    const std::optional<double> number = parse_number(text);
    if (!number || *number < least || *number > most) {
      refuse(name, text, "a number " + from_to(least, most), help);
    }
    value = *number;
  };
  return command.add_option_function<std::string>(name, read, help)->type_name("FLOAT");
}

CLI::Option* add_ids(CLI::App& command, const std::string& name, std::vector<int>& ids,
                     const std::string& help) {
  const auto read = [&ids, name](const std::vector<std::string>& texts) {
    for (const std::string& text : texts) append_ids(name, text, ids);
  };
  return command.add_option_function<std::vector<std::string>>(name, read, help)->type_name("IDS");
}

std::vector<int> ids_of_text(const std::string& name, std::string text) {
  std::vector<int> ids;
  for (char& c : text) {
    if (std::strchr(",[] \t\r\n", c) != nullptr) c = ' ';
  }
  std::istringstream words(text);
  for (std::string word; words >> word;) append_ids(name, word, ids);
  return ids;
}

std::vector<std::string> with_dashes(CLI::App& program, std::vector<std::string> arguments) {
  CLI::App* command = nullptr;
  bool is_value = false;  // of the flag before it
  for (std::string& argument : arguments) {
    if (argument == "--" && !is_value) break;
    const bool is_flag = !is_value && argument.rfind("--", 0) == 0;
    if (!is_value && !is_flag && command == nullptr) command = find_command(program, argument);
    is_value = false;
    if (!is_flag) continue;
    const std::size_t end = std::min(argument.find('='), argument.size());
    std::replace(argument.begin() + 2, argument.begin() + static_cast<std::ptrdiff_t>(end), '_',
                 '-');
    const CLI::Option* option = find_option(program, command, argument.substr(0, end));
    is_value = end == argument.size() && option != nullptr && option->get_items_expected_min() > 0;
  }
  return arguments;
}

}  // namespace tokenwalk
