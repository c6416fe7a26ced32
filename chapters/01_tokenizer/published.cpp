#include "chapters/01_tokenizer/published.h"

#include <unordered_map>

#include "chapters/01_tokenizer/char_class.h"
#include "chapters/01_tokenizer/utf8.h"
#include "lib/base/error.h"
#include "lib/io/gguf.h"
#include "lib/io/gguf_tokenizer.h"
#include "lib/io/tokenizer_folder.h"
#include "lib/io/tokenizer_json.h"

namespace tokenwalk {
namespace {

[[noreturn]] void refuse(const TokenizerData& data, const std::string& what,
                         const std::string& found, const std::string& expected) {
  throw Error(ErrorCode::kBadFile,
              {data.source + ": " + what + " is not supported", found, expected, ""});
}

Splitter splitter_of(const TokenizerData& data) {
  if (data.split == "gpt2") return split_gpt2;
  if (data.split == "smollm") return split_smollm;
  if (data.split == "none") return split_none;
  refuse(data, "this way of cutting text", data.split_description, "gpt2, smollm or none");
}

void refuse_unsupported(const TokenizerData& data) {
  if (!data.normalizer.empty()) {
    refuse(data, "a normaliser",
           data.normalizer_description.empty() ? data.normalizer : data.normalizer_description,
           "none");
  }
  if (data.add_prefix_space) refuse(data, "add_prefix_space", "true", "false");
  if (data.ignore_merges) refuse(data, "ignore_merges", "true", "false");
  for (const AddedToken& token : data.added) {
    if (!token.lstrip && !token.rstrip && !token.single_word) continue;
    refuse(data, "an added token with lstrip, rstrip or single_word", token.text,
           "tokens that are found as they are");
  }
}

Vocabulary vocabulary_of(const TokenizerData& data) {
  Vocabulary vocabulary;
  vocabulary.tokens = data.vocab;
  std::vector<bool> added(data.vocab.size(), false);
  for (const AddedToken& token : data.added) {
    vocabulary.specials.push_back(token.id);
    added[static_cast<std::size_t>(token.id)] = true;
  }
  std::unordered_map<std::string_view, int> ids;
  for (std::size_t id = 0; id < data.vocab.size(); ++id) {
    if (!added[id]) ids.emplace(data.vocab[id], static_cast<int>(id));
  }
  for (const auto& [left, right] : data.merges) {
    const auto left_id = ids.find(left);
    const auto right_id = ids.find(right);
    if (left_id == ids.end() || right_id == ids.end()) {
      refuse(data, "a merge of unknown tokens", to_text(left) + " " + to_text(right),
             "tokens of the vocabulary");
    }
    vocabulary.merges.emplace_back(left_id->second, right_id->second);
  }
  return vocabulary;
}

}  // namespace

std::vector<int> PublishedTokenizer::encode(std::string_view text, bool specials,
                                            bool with_bos) const {
  std::vector<int> ids = tokenizer.encode(text, specials);
  if (with_bos && bos >= 0) ids.insert(ids.begin(), bos);
  return ids;
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

std::vector<std::string_view> split_smollm(std::string_view text) {
  std::vector<std::string_view> pieces;
  const auto add_between = [&](std::string_view part) {
    const std::vector<std::string_view> words = split_gpt2(part);
    pieces.insert(pieces.end(), words.begin(), words.end());
  };
  std::size_t start = 0;
  for (std::size_t i = 0; i < text.size();) {
    const Utf8Char c = read_utf8(text.substr(i));
    if (c.valid && char_class(c.code_point) == CharClass::kNumber) {
      add_between(text.substr(start, i - start));
      pieces.push_back(text.substr(i, c.size));
      start = i + c.size;
    }
    i += c.size;
  }
  add_between(text.substr(start));
  return pieces;
}

PublishedTokenizer make_published(const TokenizerData& data) {
  refuse_unsupported(data);
  PublishedTokenizer published{Tokenizer(vocabulary_of(data), splitter_of(data)),
                               data.split,
                               {},
                               data.add_bos,
                               data.bos,
                               data.eos,
                               data.chat_template};
  published.control.assign(data.vocab.size(), false);
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
