// docs/sources.md: all 49 contradictions are there, and every test that it names exists.

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <regex>
#include <set>
#include <string>

#include "lib/base/data_path.h"

namespace tokenwalk {
namespace {

std::filesystem::path source_tree() {
  return std::filesystem::path(data_path("tiny")).parent_path().parent_path();
}

std::string contents_of(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

// All parts of a text that a pattern finds, its groups joined by a point.
std::set<std::string> found_in(const std::string& text, const std::regex& pattern) {
  std::set<std::string> found;
  for (std::sregex_iterator at(text.begin(), text.end(), pattern), end; at != end; ++at) {
    found.insert((*at)[1].str() + "." + (*at)[2].str());
  }
  return found;
}

TEST(SourcesTable, HasAllContradictionsInOrder) {
  const std::string text = contents_of(source_tree() / "docs/sources.md");
  std::size_t at = 0;
  for (int number = 1; number <= 49; ++number) {
    at = text.find("\n| " + std::to_string(number) + " | ", at);
    ASSERT_NE(at, std::string::npos) << number;
  }
}

TEST(SourcesTable, NamesTestsThatExist) {
  const std::set<std::string> named = found_in(contents_of(source_tree() / "docs/sources.md"),
                                               std::regex("`([A-Z]\\w+)\\.([A-Z]\\w+)`"));
  EXPECT_GT(named.size(), 60u);
  const std::regex definition("TEST(?:_F|_P)?\\((\\w+), (\\w+)\\)");
  std::set<std::string> defined;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(source_tree() / "tests")) {
    if (entry.path().extension() == ".cpp") {
      defined.merge(found_in(contents_of(entry.path()), definition));
    }
  }
  for (const std::string& name : named) EXPECT_EQ(defined.count(name), 1u) << name;
}

}  // namespace
}  // namespace tokenwalk
