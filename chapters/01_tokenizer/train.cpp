#include "chapters/01_tokenizer/train.h"

#include <algorithm>
#include <set>
#include <unordered_map>

#include "lib/base/error.h"

namespace tokenwalk {
namespace {

// GPT-2 numbers the bytes that print as themselves first, then the others.
std::vector<int> bytes_in_order() {
  const auto prints = [](int b) {
    return (b >= 0x21 && b <= 0x7E) || (b >= 0xA1 && b <= 0xAC) || b >= 0xAE;
  };
  std::vector<int> order;
  for (const bool wanted : {true, false}) {
    for (int byte = 0; byte < 256; ++byte) {
      if (prints(byte) == wanted) order.push_back(byte);
    }
  }
  return order;
}

void check_arguments(int vocab_size, const std::vector<std::string>& specials) {
  const std::set<std::string> distinct(specials.begin(), specials.end());
  if (distinct.size() < specials.size() || distinct.count("") > 0) {
    throw Error(ErrorCode::kBadValue, {"bad special tokens", "an empty or doubled one",
                                       "different texts of at least one character", ""});
  }
  const int least = 256 + static_cast<int>(specials.size());
  if (vocab_size < least) {
    throw Error(ErrorCode::kBadValue,
                {"the vocabulary is too small", std::to_string(vocab_size) + " ids",
                 "at least " + std::to_string(least),
                 "256 bytes and " + std::to_string(specials.size()) + " special tokens need ids"});
  }
}

// Text between special tokens; the longest special wins where several match.
std::vector<std::string_view> cut_specials(std::string_view text,
                                           std::vector<std::string> specials) {
  std::stable_sort(specials.begin(), specials.end(),
                   [](const auto& a, const auto& b) { return a.size() > b.size(); });
  std::vector<std::string_view> parts;
  std::size_t start = 0;
  for (std::size_t i = 0; i < text.size() && !specials.empty(); ++i) {
    for (const std::string& special : specials) {
      if (text.compare(i, special.size(), special) != 0) continue;
      parts.push_back(text.substr(start, i - start));
      start = i + special.size();
      i = start - 1;
      break;
    }
  }
  parts.push_back(text.substr(start));
  return parts;
}

// The distinct pieces of the text as bytes, with their counts.
std::vector<Word> count_words(std::string_view text, const std::vector<std::string>& specials,
                              Splitter splitter) {
  std::unordered_map<std::string_view, long> counts;
  for (const std::string_view part : cut_specials(text, specials)) {
    for (const std::string_view piece : splitter(part)) ++counts[piece];
  }
  int byte_ids[256];
  int id = static_cast<int>(specials.size());
  for (const int byte : bytes_in_order()) byte_ids[byte] = id++;

  std::vector<Word> words;
  for (const auto& [piece, count] : counts) {
    Word word{{}, count};
    for (const char byte : piece) word.ids.push_back(byte_ids[static_cast<unsigned char>(byte)]);
    words.push_back(std::move(word));
  }
  return words;
}

// The id of the merged pair: a new one, or the token that has these bytes already (abc may come
// from ab c and, elsewhere, from a bc).
int add_token(Vocabulary& vocabulary, IdPair pair) {
  std::vector<std::string>& tokens = vocabulary.tokens;
  vocabulary.merges.push_back(pair);
  const std::string bytes =
      tokens[static_cast<std::size_t>(pair.first)] + tokens[static_cast<std::size_t>(pair.second)];
  const auto ordinary = tokens.begin() + static_cast<std::ptrdiff_t>(vocabulary.specials.size());
  const auto known = std::find(ordinary, tokens.end(), bytes);
  if (known != tokens.end()) return static_cast<int>(known - tokens.begin());
  tokens.push_back(bytes);
  return static_cast<int>(tokens.size()) - 1;
}

}  // namespace

//! [01-count-pairs]
std::map<IdPair, long> count_pairs(const std::vector<Word>& words) {
  // BEGIN SOLUTION 01.5
  std::map<IdPair, long> counts;
  for (const Word& word : words) {
    for (std::size_t i = 0; i + 1 < word.ids.size(); ++i) {
      counts[{word.ids[i], word.ids[i + 1]}] += word.count;
    }
  }
  return counts;
  // END SOLUTION
}
//! [01-count-pairs]

//! [01-most-frequent]
IdPair most_frequent_pair(const std::map<IdPair, long>& counts,
                          const std::vector<std::string>& tokens) {
  // BEGIN SOLUTION 01.6
  const auto bytes = [&](IdPair pair) {
    return std::pair<std::string_view, std::string_view>(
        tokens[static_cast<std::size_t>(pair.first)],
        tokens[static_cast<std::size_t>(pair.second)]);
  };
  const auto best =
      std::max_element(counts.begin(), counts.end(), [&](const auto& a, const auto& b) {
        if (a.second != b.second) return a.second < b.second;
        return bytes(a.first) < bytes(b.first);
      });
  return best->first;
  // END SOLUTION
}
//! [01-most-frequent]

Vocabulary untrained_vocabulary(int vocab_size, const std::vector<std::string>& specials) {
  check_arguments(vocab_size, specials);
  Vocabulary vocabulary;
  for (const std::string& special : specials) {
    vocabulary.specials.push_back(static_cast<int>(vocabulary.tokens.size()));
    vocabulary.tokens.push_back(special);
  }
  for (const int byte : bytes_in_order()) {
    vocabulary.tokens.push_back(std::string(1, static_cast<char>(byte)));
  }
  return vocabulary;
}

//! [01-train]
Vocabulary train_bpe(std::string_view text, int vocab_size,
                     const std::vector<std::string>& specials, Splitter splitter) {
  Vocabulary vocabulary = untrained_vocabulary(vocab_size, specials);
  std::vector<Word> words = count_words(text, specials, splitter);

  while (static_cast<int>(vocabulary.tokens.size()) < vocab_size) {
    const std::map<IdPair, long> counts = count_pairs(words);
    if (counts.empty()) break;  // every word is one token
    const IdPair pair = most_frequent_pair(counts, vocabulary.tokens);
    const int merged = add_token(vocabulary, pair);
    for (Word& word : words) word.ids = merge_pair(word.ids, pair, merged);
  }
  return vocabulary;
}
//! [01-train]

}  // namespace tokenwalk
