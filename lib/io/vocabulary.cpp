#include "lib/io/vocabulary.h"

#include <algorithm>
#include <string_view>
#include <unordered_map>
#include <unordered_set>

#include "lib/io/byte_alphabet.h"
#include "lib/io/describe.h"
#include "lib/io/utf8.h"

namespace tokenwalk {
namespace {

using WordIds = std::unordered_map<std::string_view, std::uint64_t>;

// The checks in their order; every step relies on the ones before it.
class Filler {
 public:
  Filler(const VocabularyTables& tables, TokenizerData& data) : tables_(tables), data_(data) {}

  void fill() {
    collect_words();
    count_ids();
    place_added();
    place_words();
    fill_merges();
  }

 private:
  [[noreturn]] void fail(const std::string& problem, std::string found, std::string expected,
                         std::string hint = "") const {
    throw_bad_file("the tokenizer in " + data_.source + " " + problem, std::move(found),
                   std::move(expected), std::move(hint));
  }

  // The id of every word as the file writes it. The keys point into the tables: no text is copied.
  void collect_words() {
    ids_.reserve(tables_.words.size());
    for (const auto& [word, id] : tables_.words) {
      if (!ids_.emplace(word, id).second) {
        fail("has the word " + quote(word) + " twice",
             "ids " + std::to_string(ids_.at(word)) + " and " + std::to_string(id),
             "each word once");
      }
    }
  }

  // How many ids there must be: one for every word and for every added token that is no word.
  void count_ids() {
    std::size_t count = tables_.words.size();
    for (const AddedToken& token : tables_.added) {
      const auto word = ids_.find(token.text);
      if (word == ids_.end()) {
        ++count;
      } else if (word->second != static_cast<std::uint64_t>(token.id)) {
        fail("gives the token " + quote(token.text) + " two ids",
             std::to_string(word->second) + " in the vocabulary, " + std::to_string(token.id) +
                 " among the added tokens",
             "one id");
      }
    }
    if (count == 0) fail("is empty", "no tokens", "a vocabulary");
    data_.vocab.resize(count);
    is_added_.resize(count);
    is_placed_.resize(count);
  }

  // An id that is free and leaves no hole.
  std::size_t check_id(std::uint64_t id, std::string_view text) const {
    const std::size_t count = data_.vocab.size();
    if (id >= count) {
      fail("gives the token " + quote(text) + " an id that leaves a hole",
           "id " + std::to_string(id),
           "the ids 0 to " + std::to_string(count - 1) + " for its " + std::to_string(count) +
               " tokens");
    }
    if (is_placed_[id]) {
      fail("gives the id " + std::to_string(id) + " to two tokens", "one of them is " + quote(text),
           "every id once");
    }
    return id;
  }

  // Added tokens first: a word with the same id is the same token, written as itself.
  void place_added() {
    std::unordered_set<std::string_view> texts;
    data_.added = tables_.added;
    std::sort(data_.added.begin(), data_.added.end(),
              [](const AddedToken& a, const AddedToken& b) { return a.id < b.id; });
    for (AddedToken& token : data_.added) {
      token.is_word = ids_.find(token.text) != ids_.end();
      if (token.text.empty() || !is_all_utf8(token.text)) {
        fail("has an added token that is not text", quote(token.text), "UTF-8 text, not empty");
      }
      if (!texts.insert(token.text).second) {
        fail("has the added token " + quote(token.text) + " twice", "the token twice",
             "each added token once");
      }
      const std::size_t id = check_id(static_cast<std::uint64_t>(token.id), token.text);
      data_.vocab[id] = token.text;
      is_added_[id] = is_placed_[id] = true;
    }
  }

  // All other words, turned from the byte alphabet to bytes.
  void place_words() {
    for (const auto& [word, number] : tables_.words) {
      if (number < is_added_.size() && is_added_[number] && data_.vocab[number] == word) continue;
      const std::size_t id = check_id(number, word);
      if (word.empty() || !bytes_from_alphabet(word, data_.vocab[id])) {
        fail("has the word " + quote(word) + ", which stands for no bytes",
             word.empty() ? "an empty word" : "a character outside the byte alphabet",
             "words written in GPT-2's alphabet of 256 characters",
             "only byte-level BPE tokenizers can be read");
      }
      is_placed_[id] = true;
    }
  }

  // The id of a word that merge number `rank` needs.
  std::uint64_t find_word(const std::string& word, std::size_t rank) const {
    const auto found = ids_.find(word);
    if (found != ids_.end()) return found->second;
    fail("has a merge of words that are not in its vocabulary",
         "merge " + std::to_string(rank) + " needs " + quote(word), "a word of the vocabulary");
  }

  // The pairs as bytes, in the file's order. What a merge makes must be a word too.
  void fill_merges() {
    std::unordered_set<std::uint64_t> pairs;
    pairs.reserve(tables_.merges.size());
    data_.merges.reserve(tables_.merges.size());
    std::string whole;
    for (const auto& [left, right] : tables_.merges) {
      const std::size_t rank = data_.merges.size();
      const std::uint64_t left_id = find_word(left, rank);
      const std::uint64_t right_id = find_word(right, rank);
      whole.assign(left).append(right);
      find_word(whole, rank);
      if (!pairs.insert(left_id * data_.vocab.size() + right_id).second) {
        fail("has the merge of " + quote(left) + " and " + quote(right) + " twice",
             "again as merge " + std::to_string(rank), "each merge once");
      }
      data_.merges.emplace_back(data_.vocab[left_id], data_.vocab[right_id]);
    }
  }

  const VocabularyTables& tables_;
  TokenizerData& data_;
  WordIds ids_;
  std::vector<bool> is_added_;   // by id
  std::vector<bool> is_placed_;  // by id
};

}  // namespace

void fill_vocabulary(VocabularyTables tables, TokenizerData& data) {
  Filler(tables, data).fill();
}

}  // namespace tokenwalk
