#include "chapters/01_tokenizer/train.h"
#include "chapters/01_tokenizer/utf8.h"
#include "lib/base/error.h"
#include "lib/io/mapped_file.h"
#include "tools/tokenwalk/jsonl_ops.h"

namespace tokenwalk {
namespace {

const std::vector<std::string> kNoTexts;

// The pattern that is known by name; other patterns come with PCRE2.
Splitter splitter_named(const std::string& name) {
  if (name == "gpt2") return split_gpt2;
  if (name == "none") return split_none;
  throw Error(ErrorCode::kBadValue, {"unknown pattern", name, "\"gpt2\" or \"none\"",
                                     "other patterns are not supported by this version"});
}

std::string read_text_file(const std::string& path) {
  std::error_code no_matter;  // what is no file fails with a message when mapped
  if (std::filesystem::is_empty(path, no_matter) && std::filesystem::is_regular_file(path))
    return "";
  const MappedFile file(path);
  std::string text(reinterpret_cast<const char*>(file.bytes().data()), file.bytes().size());
  if (const std::size_t bad = find_invalid_utf8(text); bad != std::string::npos) {
    throw Error(ErrorCode::kBadFile,
                {"the text is not UTF-8", path + ", byte " + std::to_string(bad), "UTF-8 text",
                 "convert it with iconv"});
  }
  return text;
}

Json answer_encode(const Request& request, Engine& engine) {
  const PublishedTokenizer& tokenizer = engine.tokenizer();
  const bool add_bos = request.flag("add_bos", tokenizer.add_bos);
  const std::string text = request.text("text");
  return {{"ids", tokenizer.encode(text, request.flag("specials", true), add_bos)}};
}

Json answer_decode(const Request& request, Engine& engine) {
  const PublishedTokenizer& published = engine.tokenizer();
  const bool skip = request.flag("skip_specials", false);
  std::string bytes;
  Json pieces = Json::array();
  Utf8Stream stream;
  for (const int id : request.integers("ids")) {
    const std::string& token = published.tokenizer.token(id);
    const bool hidden = skip && published.control[static_cast<std::size_t>(id)];
    pieces.push_back(stream.push(hidden ? "" : token));
    if (!hidden) bytes += token;
  }
  Json reply = {{"bytes_hex", to_hex(bytes)}, {"text", to_text(bytes)}};
  if (request.flag("stream", false)) {
    reply["pieces"] = std::move(pieces);
    reply["flush"] = stream.flush();
  }
  return reply;
}

Json answer_utf8(const Request& request, Engine&) {
  Json pieces = Json::array();
  Utf8Stream stream;
  for (const std::string& chunk : request.texts("chunks_hex")) {
    pieces.push_back(stream.push(from_hex(chunk)));
  }
  return {{"pieces", std::move(pieces)}, {"flush", stream.flush()}};
}

Json answer_train(const Request& request, Engine&) {
  if (request.has("text") == request.has("path")) {
    throw Error(ErrorCode::kBadRequest, {"the training text is not clear",
                                         request.has("text") ? "both text and path" : "neither",
                                         "one of the keys \"text\" and \"path\"", ""});
  }
  const Splitter splitter = splitter_named(request.text("pattern", "gpt2"));
  const auto vocab_size = static_cast<int>(request.integer("vocab_size", 0, INT32_MAX));
  const std::string text =
      request.has("text") ? request.text("text") : read_text_file(request.text("path"));
  const Vocabulary vocabulary = train_bpe(
      text, vocab_size, request.has("specials") ? request.texts("specials") : kNoTexts, splitter);

  Json merges = Json::array();
  for (const auto& [left, right] : vocabulary.merges) {
    merges.push_back({to_hex(vocabulary.tokens[static_cast<std::size_t>(left)]),
                      to_hex(vocabulary.tokens[static_cast<std::size_t>(right)])});
  }
  Json vocab = Json::array();
  for (const std::string& token : vocabulary.tokens) vocab.push_back(to_hex(token));
  return {{"merges_hex", std::move(merges)}, {"vocab_hex", std::move(vocab)}};
}

}  // namespace

std::vector<JsonlOp> tokenizer_ops() {
  return {
      {"encode", {"text", "specials", "add_bos"}, answer_encode},
      {"decode", {"ids", "skip_specials", "stream"}, answer_decode},
      {"utf8", {"chunks_hex"}, answer_utf8},
      {"train_tokenizer", {"text", "path", "vocab_size", "specials", "pattern"}, answer_train},
  };
}

}  // namespace tokenwalk
