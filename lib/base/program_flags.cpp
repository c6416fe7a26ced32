#include "lib/base/program_flags.h"

#include <algorithm>
#include <charconv>
#include <cstdio>
#include <exception>

#include "lib/base/output.h"

namespace tokenwalk {
namespace {

const Flag kHelp = {"--help", "", "print this list"};

// "--kernels NAME"
std::string usage(const Flag& flag) {
  return flag.value.empty() ? flag.name : flag.name + " " + flag.value;
}

UsageError unknown(const std::vector<Flag>& takes, const std::string& word) {
  std::string expected;
  for (const Flag& flag : takes) expected += usage(flag) + ", ";
  return UsageError({"unknown flag", word, expected + kHelp.name, ""});
}

}  // namespace

std::string ProgramFlags::text(const std::string& name, const std::string& otherwise) const {
  const auto flag = given.find(name);
  return flag == given.end() ? otherwise : flag->second;
}

int ProgramFlags::number(const std::string& name, int otherwise, int most) const {
  if (!has(name)) return otherwise;
  const std::string& digits = given.at(name);
  const char* const end = digits.data() + digits.size();
  int number = 0;
  const auto [stopped, error] = std::from_chars(digits.data(), end, number);
  if (error == std::errc() && stopped == end && number >= 1 && number <= most) return number;
  throw UsageError({"bad " + name, digits, "a whole number from 1 to " + std::to_string(most), ""});
}

ProgramFlags read_flags(const std::vector<Flag>& takes, int argc, const char* const* argv) {
  ProgramFlags flags;
  for (int i = 1; i < argc; ++i) {
    const std::string word = argv[i];
    const auto flag = std::find_if(takes.begin(), takes.end(),
                                   [&](const Flag& candidate) { return candidate.name == word; });
    if (flag == takes.end() && word != kHelp.name) throw unknown(takes, word);
    if (flags.has(word)) throw UsageError({"a flag is given twice", word, "each flag once", ""});
    std::string value;
    if (flag != takes.end() && !flag->value.empty()) {
      if (i + 1 == argc || std::string(argv[i + 1]).rfind("--", 0) == 0) {
        throw UsageError({"a flag has no value", word, usage(*flag), ""});
      }
      value = argv[++i];
    }
    flags.given[word] = value;
  }
  return flags;
}

std::string format_flags(const std::vector<Flag>& takes) {
  std::vector<Flag> all = takes;
  all.push_back(kHelp);
  std::size_t width = 0;
  for (const Flag& flag : all) width = std::max(width, usage(flag).size());
  std::string text;
  for (const Flag& flag : all) {
    const std::string name = usage(flag);
    text += "  " + name + std::string(width - name.size() + 2, ' ') + flag.meaning + "\n";
  }
  return text;
}

int run_chapter(int argc, char** argv, const std::vector<Flag>& takes,
                void (*run)(const ProgramFlags&)) {
  try {
    const ProgramFlags flags = read_flags(takes, argc, argv);
    if (flags.has(kHelp.name)) {
      std::printf("%s takes these flags:\n%s", argv[0], format_flags(takes).c_str());
    } else {
      run(flags);
    }
    flush_output();
    return 0;
  } catch (const UsageError& error) {
    std::fprintf(stderr, "%s: %s\n", argv[0], error.what());
    return 2;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "%s: %s\n", argv[0], error.what());
    return 1;
  }
}

}  // namespace tokenwalk
