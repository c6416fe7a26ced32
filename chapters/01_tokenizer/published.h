#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "chapters/01_tokenizer/bpe.h"
#include "lib/io/tokenizer_data.h"

namespace tokenwalk {

/// A tokenizer as somebody published it: the plain one of this chapter and what its files add.
struct PublishedTokenizer {
  Tokenizer tokenizer;
  std::string split;          ///< how text is cut: gpt2, smollm or none
  std::vector<bool> control;  ///< by id: left out of text that is shown to people
  bool add_bos = false;       ///< encoding begins with `bos`
  int bos = -1;               ///< -1: none
  std::vector<int> eos;       ///< ids that end a text
  std::string chat_template;  ///< Jinja; empty: none

  /// Ids of a text, with bos first where with_bos says so and there is one.
  std::vector<int> encode(std::string_view text, bool specials, bool with_bos) const;

  /// Bytes of the ids; control tokens are left out, and so are ids that are no tokens: a model with
  /// a padded head can sample ids beyond the vocabulary.
  std::string decode_shown(const std::vector<int>& ids) const;
};

/// Numbers (\p{N}) one by one, then GPT-2's pattern on what lies between: SmolLM's way.
std::vector<std::string_view> split_smollm(std::string_view text);

/// Makes a tokenizer of what a file said. Throws Error(kBadFile) that names what is not supported.
PublishedTokenizer make_published(const TokenizerData& data);

/// From a model folder, a tokenizer.json or a GGUF file.
PublishedTokenizer load_tokenizer(const std::filesystem::path& path);

}  // namespace tokenwalk
