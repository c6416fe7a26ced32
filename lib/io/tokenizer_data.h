#pragma once

#include <string>
#include <utility>
#include <vector>

namespace tokenwalk {

/// A token that is found in the text before it is split and merged.
struct AddedToken {
  std::string text;
  int id = 0;
  bool special = false;  ///< a control token such as <|im_end|>: left out of text shown to people
  bool lstrip = false;   ///< takes the white space before it along
  bool rstrip = false;   ///< takes the white space after it along
  bool single_word = false;  ///< only where no letter or digit touches it
  bool normalized = false;   ///< looked for in the normalised text
};

/// What a file says about a byte-level BPE tokenizer. Plain data: a chapter makes a tokenizer of
/// it.
struct TokenizerData {
  std::string source;              ///< the file, as messages call it
  std::vector<std::string> vocab;  ///< byte strings, index = id; added tokens as their UTF-8 text
  std::vector<std::pair<std::string, std::string>> merges;  ///< byte strings, the first merge first
  std::vector<AddedToken> added;                            ///< by id

  /// How text is cut into words before merging, by name:
  ///   "gpt2"    GPT-2's pattern
  ///   "smollm"  every digit (category N) on its own, then GPT-2's pattern on what lies between
  ///   "none"    not at all
  ///   "unsupported"  some other way, told in `split_description`
  std::string split = "gpt2";
  std::string split_description;  ///< as the file has it, for messages
  bool add_prefix_space = false;  ///< a space goes before a text that does not begin with one

  /// What happens to text before it is split: "" nothing, "NFC", or "unsupported", told in
  /// `normalizer_description`.
  std::string normalizer;
  std::string normalizer_description;

  bool ignore_merges =
      false;             ///< a word that is in the vocabulary is one token, whatever the merges
  bool add_bos = false;  ///< encoding begins with `bos`
  bool add_eos = false;  ///< encoding ends with the first of `eos`
  int bos = -1;          ///< -1: none
  std::vector<int> eos;  ///< ids that end a text, ascending; empty: none known
  std::string chat_template;  ///< Jinja; empty: none
};

}  // namespace tokenwalk
