#pragma once

#include <string>
#include <utility>
#include <vector>

#include "lib/io/split_step.h"

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
  bool is_word = false;      ///< a word of the vocabulary too: merging may give it
};

/// What a file says about a byte-level BPE tokenizer. Plain data: a chapter makes a tokenizer of
/// it.
struct TokenizerData {
  std::string source;              ///< the file, as messages call it
  std::vector<std::string> vocab;  ///< byte strings, index = id; added tokens as their UTF-8 text
  std::vector<std::pair<std::string, std::string>> merges;  ///< byte strings, the first merge first
  std::vector<AddedToken> added;                            ///< by id

  bool nfc = false;                              ///< text is brought to normal form NFC first
  std::vector<SplitStep> split = {SplitStep()};  ///< then cut by these steps; GPT-2's if not said
  bool ignore_merges = false;  ///< a piece that is in the vocabulary is one token, whatever merges

  bool add_bos = false;       ///< encoding begins with `bos`
  int bos = -1;               ///< -1: none
  int last = -1;              ///< the id that encoding ends with; -1: none
  std::vector<int> eos;       ///< ids that end a text, ascending; empty: none known
  std::string chat_template;  ///< Jinja; empty: none
};

}  // namespace tokenwalk
