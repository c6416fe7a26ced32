#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "chapters/01_tokenizer/split.h"

namespace tokenwalk {

/// Two neighbouring token ids, left and right.
using IdPair = std::pair<int, int>;

/// What a byte-level BPE tokenizer learns: plain data, made by train_bpe or read from a file.
struct Vocabulary {
  std::vector<std::string> tokens;  ///< bytes of each token, index = id
  std::vector<IdPair> merges;       ///< in order of rank; the merged token is in `tokens`
  std::vector<int> specials;        ///< ids that stand for themselves, such as <|endoftext|>
};

/// Replaces every `pair` in ids by `merged`, from left to right: (a, a) in a a a gives aa a.
std::vector<int> merge_pair(const std::vector<int>& ids, IdPair pair, int merged);

/// Byte-level byte pair encoding (Sennrich, Haddow, Birch 2016; bytes: Radford et al. 2019).
class Tokenizer {
 public:
  /// Every merge must give a token; throws Error(kBadFile) otherwise. A vocabulary that we trained
  /// has a token for each of the 256 bytes. Some published ones lack a few, which encoding then
  /// leaves out, as Hugging Face's library does.
  Tokenizer(Vocabulary vocabulary, Splitter splitter);

  /// Text to ids. text: UTF-8 (other bytes pass through as they are, so nothing is lost).
  /// specials: true, a special token's text becomes its id (the longest where several match);
  /// false, it is ordinary text, as the words of a user should be.
  std::vector<int> encode(std::string_view text, bool specials = true) const;

  /// Ids to bytes: the tokens' bytes in a row. An id out of range throws Error(kBadValue).
  std::string decode(const std::vector<int>& ids) const;

  /// The bytes of one token.
  const std::string& token(int id) const;

  bool is_special(int id) const { return special_flags_.at(static_cast<std::size_t>(id)); }
  int size() const { return static_cast<int>(vocabulary_.tokens.size()); }
  const Vocabulary& vocabulary() const { return vocabulary_; }

 private:
  struct Merge {
    int rank;    // lower is merged earlier
    int merged;  // the id both become
  };

  void index_bytes();
  void index_merges();
  void encode_ordinary(std::string_view text, std::vector<int>& ids) const;
  std::vector<int> byte_tokens(std::string_view piece) const;
  std::vector<int> encode_piece(std::string_view piece) const;
  const Merge* find_merge(int left, int right) const;
  int special_at(std::string_view text) const;

  Vocabulary vocabulary_;
  Splitter splitter_;
  int byte_ids_[256];
  std::unordered_map<std::uint64_t, Merge> merges_;
  std::vector<bool> special_flags_;  // by id
  bool special_starts_[256];         // first bytes of special tokens
};

}  // namespace tokenwalk
