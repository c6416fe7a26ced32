#include "lib/io/vocab_merges.h"

#include <limits>
#include <string>
#include <string_view>
#include <unordered_set>
#include <utility>

#include "lib/io/byte_alphabet.h"
#include "lib/io/describe.h"
#include "lib/io/json_tree.h"
#include "lib/io/mapped_file.h"
#include "lib/io/vocabulary.h"

namespace tokenwalk {
namespace {

void read_words(const std::filesystem::path& path, VocabularyTables& tables) {
  const MappedFile file(path);
  const nlohmann::json tree = parse_json(file.text(), file.path());
  if (!tree.is_object()) {
    throw_bad_file(file.path() + " is no vocabulary", json_text(tree), R"({"word": id, ...})");
  }
  for (const auto& [word, id] : tree.items()) {
    if (!id.is_number_unsigned()) {
      throw_bad_file(file.path() + " gives the word " + quote(word) + " something that is no id",
                     json_text(id), "a whole number, 0 or more");
    }
    tables.words.emplace_back(word, id.get<std::uint64_t>());
  }
}

void read_merges(const std::filesystem::path& path, VocabularyTables& tables) {
  const MappedFile file(path);
  const std::string_view text = file.text();
  std::size_t number = 1;
  for (std::size_t at = 0; at < text.size(); ++number) {
    std::string_view line = text.substr(at, text.find('\n', at) - at);
    at += line.size() + 1;
    if (!line.empty() && line.back() == '\r') line.remove_suffix(1);
    if (line.empty() || (number == 1 && line.substr(0, 8) == "#version")) continue;
    const std::size_t space = line.find(' ');
    const bool is_pair = space != std::string_view::npos && space > 0 && space + 1 < line.size() &&
                         line.find(' ', space + 1) == std::string_view::npos;
    if (!is_pair) {
      throw_bad_file(file.path() + " has a malformed merge in line " + std::to_string(number),
                     quote(line), "two words with a space between");
    }
    tables.merges.emplace_back(line.substr(0, space), line.substr(space + 1));
  }
}

// The words that merging cannot give.
void find_added(VocabularyTables& tables) {
  std::unordered_set<std::string> made;
  for (const auto& [left, right] : tables.merges) made.insert(left + right);
  std::string bytes;
  for (const auto& [word, id] : tables.words) {
    if (made.count(word) > 0 || (bytes_from_alphabet(word, bytes) && bytes.size() == 1)) continue;
    AddedToken token;
    token.text = word;
    if (id > std::uint64_t{std::numeric_limits<int>::max()}) continue;  // refused as a hole
    token.id = static_cast<int>(id);
    token.special = true;
    tables.added.push_back(std::move(token));
  }
}

}  // namespace

TokenizerData read_vocab_merges(const std::filesystem::path& folder) {
  TokenizerData data;
  data.source = folder.string();
  VocabularyTables tables;
  read_words(folder / "vocab.json", tables);
  read_merges(folder / "merges.txt", tables);
  find_added(tables);
  fill_vocabulary(std::move(tables), data);
  return data;
}

}  // namespace tokenwalk
