#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "lib/io/tokenizer_data.h"

namespace tokenwalk {

/// A part of a text: an added token, or what lies between two.
struct AddedPart {
  std::string_view text;
  int id;  ///< -1: between
};

/// Finds added tokens in a text as Hugging Face's library does (added_vocabulary.rs).
class AddedTokens {
 public:
  /// Of two tokens with the same text the first is found.
  explicit AddedTokens(const std::vector<AddedToken>& tokens = {});

  /// The text in parts, none of them empty. From left to right, the longest token where several
  /// begin at one place; on after its text. Then its flags: `single_word` drops it where a word
  /// character (Alphabetic, M, Nd, Pc, Join_Control) touches it, `lstrip` and `rstrip` take the
  /// white space beside it along. Cost: linear in the text for tokens of bounded size.
  std::vector<AddedPart> cut(std::string_view text) const;

 private:
  const AddedToken* longest_at(std::string_view text) const;

  std::vector<AddedToken> tokens_;  // in order of their texts
  bool starts_[256] = {};           // first bytes of the tokens
};

}  // namespace tokenwalk
