#include "chapters/01_tokenizer/published.h"

#include <algorithm>
#include <utility>

#include "chapters/01_tokenizer/normalize.h"
#include "chapters/01_tokenizer/published_vocabulary.h"
#include "chapters/01_tokenizer/utf8.h"
#include "lib/base/error.h"
#include "lib/io/gguf.h"
#include "lib/io/gguf_tokenizer.h"
#include "lib/io/tokenizer_folder.h"
#include "lib/io/tokenizer_json.h"

namespace tokenwalk {
namespace {

SplitSteps steps_of(const TokenizerData& data) {
  try {
    return SplitSteps(data.split);
  } catch (const Error& error) {
    ErrorParts parts = error.parts();
    parts.message = data.source + ": " + parts.message;
    throw Error(ErrorCode::kBadFile, parts);
  }
}

// Those that are looked for before or after normalising; special ones go first.
AddedTokens added_tokens(const TokenizerData& data, bool normalized) {
  std::vector<AddedToken> tokens;
  for (const AddedToken& token : data.added) {
    if (token.normalized != normalized) continue;
    tokens.push_back(token);
    std::string storage;
    if (normalized && data.nfc) tokens.back().text = nfc(token.text, storage);
  }
  std::stable_partition(tokens.begin(), tokens.end(), [](const auto& t) { return t.special; });
  return AddedTokens(tokens);
}

// By id: the tokens that a piece of their bytes is, whatever the merges.
std::vector<bool> whole_tokens(const TokenizerData& data) {
  std::vector<bool> whole(data.vocab.size(), data.ignore_merges);
  for (const AddedToken& token : data.added) {
    if (token.special || !token.is_word) whole[static_cast<std::size_t>(token.id)] = false;
  }
  return whole;
}

}  // namespace

std::vector<int> PublishedTokenizer::encode(std::string_view text, bool specials,
                                            bool around) const {
  std::vector<int> ids;
  if (around && bos >= 0) ids.push_back(bos);
  if (specials) {
    for (const AddedPart& part : added.cut(text)) {
      if (part.id >= 0)
        ids.push_back(part.id);
      else
        encode_part(part.text, true, ids);
    }
  } else {
    encode_part(text, false, ids);
  }
  if (around && last >= 0) ids.push_back(last);
  return ids;
}

// Normalises, and finds the tokens of the normal text.
void PublishedTokenizer::encode_part(std::string_view text, bool specials,
                                     std::vector<int>& ids) const {
  std::string storage;
  if (nfc) text = tokenwalk::nfc(text, storage);
  if (!specials) return encode_ordinary(text, ids);
  for (const AddedPart& part : added_normal.cut(text)) {
    if (part.id >= 0)
      ids.push_back(part.id);
    else
      encode_ordinary(part.text, ids);
  }
}

void PublishedTokenizer::encode_ordinary(std::string_view text, std::vector<int>& ids) const {
  steps.cut(text, [&](std::string_view piece) { merging->encode_piece(piece, ids); });
}

std::string PublishedTokenizer::decode_shown(const std::vector<int>& ids) const {
  std::string bytes;
  for (const int id : ids) {
    if (id >= 0 && id < tokenizer.size() && !control[static_cast<std::size_t>(id)]) {
      bytes += tokenizer.token(id);
    }
  }
  return bytes;
}

PublishedTokenizer make_published(const TokenizerData& data) {
  const bool is_gpt2 = data.split == named_split("gpt2");
  Tokenizer tokenizer(vocabulary_of(data), is_gpt2 ? split_gpt2 : split_none);
  const auto merging = std::make_shared<const FastBpe>(tokenizer, whole_tokens(data));
  PublishedTokenizer published{std::move(tokenizer),
                               split_name(data.split),
                               std::vector<bool>(data.vocab.size(), false),
                               data.add_bos || data.last >= 0,
                               data.add_bos || data.last < 0 ? data.bos : -1,
                               data.last,
                               data.eos,
                               data.chat_template,
                               data.nfc,
                               added_tokens(data, false),
                               added_tokens(data, true),
                               steps_of(data),
                               merging};
  for (const AddedToken& token : data.added) {
    published.control[static_cast<std::size_t>(token.id)] = token.special;
  }
  return published;
}

PublishedTokenizer load_tokenizer(const std::filesystem::path& path) {
  if (is_gguf(path)) return make_published(read_gguf_tokenizer(GgufFile(path).metadata()));
  if (std::filesystem::is_directory(path)) return make_published(read_tokenizer_folder(path));
  return make_published(read_tokenizer_json(path));
}

}  // namespace tokenwalk
