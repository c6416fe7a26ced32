#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "chapters/01_tokenizer/bpe.h"
#include "chapters/01_tokenizer/flat_map.h"
#include "chapters/01_tokenizer/pair_ranks.h"
#include "chapters/01_tokenizer/split_fast.h"

namespace tokenwalk {

/// The merging of Tokenizer::encode, made fast: a piece that is a token is looked up as a whole,
/// and merging costs n log n for a piece of n bytes instead of n times the number of merges.
///
/// The ids are the plain ones wherever each merge stands behind those that make its parts, as in
/// every vocabulary that training made. In others it does what Hugging Face's tokenizers and
/// tiktoken do: one pair at a time, the earliest merge first, the leftmost of these; the plain one
/// merges all pairs of a kind before it looks again.
class FastBpe {
 public:
  /// whole: by id, true for a token that a piece of its bytes is, whatever the merges
  /// (`ignore_merges` in a tokenizer.json); empty: none. Nothing of `tokenizer` is kept.
  explicit FastBpe(const Tokenizer& tokenizer, const std::vector<bool>& whole = {});
  FastBpe(const FastBpe&) = delete;
  FastBpe& operator=(const FastBpe&) = delete;

  /// Adds the ids of an ordinary text, cut into pieces by next_piece, to `ids`.
  void encode(std::string_view text, NextPiece next_piece, std::vector<int>& ids) const;

  /// Adds the ids of one piece, which is not empty.
  void encode_piece(std::string_view piece, std::vector<int>& ids) const;

 private:
  // What the bytes of a piece are as one token.
  struct Whole {
    int id = -1;
    bool exact = false;  // and encoding them gives it
  };

  void index_tokens(const Tokenizer& tokenizer);
  void index_merges(const Tokenizer& tokenizer);
  void check_tokens(const Tokenizer& tokenizer);
  void add_whole_tokens(const Tokenizer& tokenizer, const std::vector<bool>& whole);
  Whole& token_entry(std::string_view bytes);
  const Whole* find_token(std::string_view piece) const;
  void merge(std::string_view piece, std::vector<int>& ids) const;
  void merge_few(std::string_view piece, std::vector<int>& ids) const;
  void merge_many(std::string_view piece, std::vector<int>& ids) const;

  std::array<int, 256> byte_ids_;     // -1: none
  std::vector<std::uint32_t> sizes_;  // in bytes, by id
  std::vector<int> merged_;           // by rank
  PairRanks ranks_;
  std::vector<std::uint32_t> byte_ranks_;  // of pairs of bytes: 256 times the left one + the right
  FlatMap<ShortBytes, Whole, ShortBytesHash> short_tokens_;
  std::string long_bytes_;  // what the keys of long_tokens_ point to
  FlatMap<std::string_view, Whole, StringHash> long_tokens_;
};

}  // namespace tokenwalk
