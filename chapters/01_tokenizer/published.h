#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "chapters/01_tokenizer/added_tokens.h"
#include "chapters/01_tokenizer/bpe.h"
#include "chapters/01_tokenizer/bpe_fast.h"
#include "chapters/01_tokenizer/split_steps.h"
#include "lib/io/tokenizer_data.h"

namespace tokenwalk {

/// A tokenizer as somebody published it: the plain one of this chapter and what its files add.
/// Text goes through these in order: added tokens that are looked for in the text as it is, NFC,
/// added tokens in the normal text, the steps that cut, merging inside each piece.
struct PublishedTokenizer {
  Tokenizer tokenizer;        ///< the plain one; it cuts where GPT-2's pattern is all there is
  std::string split;          ///< how text is cut, as split_name calls it
  std::vector<bool> control;  ///< by id: left out of text that is shown to people
  bool add_bos = false;       ///< the file puts tokens around every text: `bos`, `last`
  int bos = -1;               ///< goes first; -1: none
  int last = -1;              ///< goes last; -1: none
  std::vector<int> eos;       ///< ids that end a text
  std::string chat_template;  ///< Jinja; empty: none

  bool nfc = false;
  AddedTokens added;                       ///< looked for before normalising
  AddedTokens added_normal;                ///< and after it
  SplitSteps steps;                        ///< cut
  std::shared_ptr<const FastBpe> merging;  ///< of `tokenizer`, inside each piece

  /// Ids of a text. specials: added tokens in it become their ids; false: it is ordinary text.
  /// around: with `bos` first and `last` last, as far as there are such.
  std::vector<int> encode(std::string_view text, bool specials, bool around) const;

  /// Bytes of the ids; control tokens are left out, and so are ids that are no tokens: a model with
  /// a padded head can sample ids beyond the vocabulary.
  std::string decode_shown(const std::vector<int>& ids) const;

 private:
  void encode_part(std::string_view text, bool specials, std::vector<int>& ids) const;
  void encode_ordinary(std::string_view text, std::vector<int>& ids) const;
};

/// Makes a tokenizer of what a file said. Throws Error(kBadFile) that names what is not supported.
PublishedTokenizer make_published(const TokenizerData& data);

/// From a model folder, a tokenizer.json or a GGUF file.
PublishedTokenizer load_tokenizer(const std::filesystem::path& path);

}  // namespace tokenwalk
