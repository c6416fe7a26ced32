#include "lib/io/gguf_tokenizer.h"

#include <algorithm>
#include <string>

#include "lib/io/describe.h"
#include "lib/io/vocabulary.h"

namespace tokenwalk {
namespace {

constexpr std::int64_t kControl = 3;
constexpr std::int64_t kUserDefined = 4;

const std::string kPrefix = "tokenizer.ggml.";

// A way to split as llama.cpp calls it, and what goes with it that a GGUF file does not say.
struct PreTokenizer {
  const char* name;
  const char* split;
  bool nfc;            // the models' own tokenizer.json normalises
  bool ignore_merges;  // a piece that is a word stays whole
};

// Source of the names: llm_tokenizer_bpe in llama.cpp's src/llama-vocab.cpp.
constexpr PreTokenizer kPreTokenizers[] = {
    {"gpt-2", "gpt2", false, false},
    {"phi-2", "gpt2", false, false},
    {"mpt", "gpt2", false, false},
    {"smollm", "smollm", false, false},
    {"starcoder", "smollm", false, false},
    {"refact", "smollm", false, false},
    {"command-r", "smollm", false, false},
    {"qwen2", "qwen2", true, false},
    {"deepseek-r1-qwen", "qwen2", true, false},
    {"llama-bpe", "llama3", false, true},
    {"llama3", "llama3", false, true},
    {"llama-v3", "llama3", false, true},
};

void set_split(const std::string& pre, TokenizerData& data) {
  std::string known;
  for (const PreTokenizer& entry : kPreTokenizers) {
    if (pre == entry.name) {
      data.split = named_split(entry.split);
      data.nfc = entry.nfc;
      data.ignore_merges = entry.ignore_merges;
      return;
    }
    known += (known.empty() ? "" : ", ") + std::string(entry.name);
  }
  throw_bad_file(data.source + " splits text in a way that is not known",
                 "tokenizer.ggml.pre " + quote(pre), known);
}

// GGUF knows no lstrip, rstrip, single_word: all off.
AddedToken make_added(const std::string& text, std::size_t id, std::int64_t type) {
  AddedToken token;
  token.text = text;
  token.id = static_cast<int>(id);
  token.special = type == kControl;
  return token;
}

// The id of a token is its place in the list.
VocabularyTables read_tables(const Metadata& metadata) {
  const auto& tokens = metadata.get_strings(kPrefix + "tokens");
  const auto types = metadata.get_integers(kPrefix + "token_type");
  if (types.size() != tokens.size()) {
    throw_bad_file(
        metadata.source() + " has lists of different lengths for its tokenizer",
        std::to_string(tokens.size()) + " tokens, " + std::to_string(types.size()) + " token types",
        "a type for every token");
  }
  VocabularyTables tables;
  for (std::size_t id = 0; id < tokens.size(); ++id) {
    tables.words.emplace_back(tokens[id], id);
    if (types[id] == kControl || types[id] == kUserDefined) {
      tables.added.push_back(make_added(tokens[id], id, types[id]));
    }
  }
  for (const std::string& merge : metadata.get_strings(kPrefix + "merges")) {
    const std::size_t space = merge.find(' ');
    if (space == std::string::npos) {
      throw_bad_file(metadata.source() + " has a malformed merge, number " +
                         std::to_string(tables.merges.size()),
                     quote(merge), "two words with a space between");
    }
    tables.merges.emplace_back(merge.substr(0, space), merge.substr(space + 1));
  }
  return tables;
}

// The id under `key`, -1 if there is none.
int read_id(const Metadata& metadata, const std::string& key, std::size_t vocabulary) {
  if (!metadata.contains(key)) return -1;
  const std::int64_t id = metadata.get_integer(key);
  if (id < 0 || static_cast<std::uint64_t>(id) >= vocabulary) {
    throw_bad_file(metadata.source() + ": the key " + quote(key) + " names no token",
                   std::to_string(id), "an id below " + std::to_string(vocabulary));
  }
  return static_cast<int>(id);
}

}  // namespace

TokenizerData read_gguf_tokenizer(const Metadata& metadata) {
  const std::string& model = metadata.get_string(kPrefix + "model");
  if (model != "gpt2") {
    throw_bad_file(metadata.source() + " holds a kind of tokenizer that cannot be read",
                   "tokenizer.ggml.model " + quote(model), "\"gpt2\", which is byte-level BPE");
  }
  TokenizerData data;
  data.source = metadata.source();
  const std::string pre = metadata.get_string(kPrefix + "pre", "default");
  set_split(pre, data);
  fill_vocabulary(read_tables(metadata), data);

  const std::size_t size = data.vocab.size();
  data.bos = read_id(metadata, kPrefix + "bos_token_id", size);
  if (metadata.get_bool(kPrefix + "add_eos_token", false)) {
    data.last = read_id(metadata, kPrefix + "eos_token_id", size);
  }
  data.add_bos = metadata.get_bool(kPrefix + "add_bos_token", data.ignore_merges) && data.bos >= 0;
  for (const char* name : {"eos_token_id", "eot_token_id"}) {
    const int id = read_id(metadata, kPrefix + name, size);
    if (id >= 0) data.eos.push_back(id);
  }
  std::sort(data.eos.begin(), data.eos.end());
  data.eos.erase(std::unique(data.eos.begin(), data.eos.end()), data.eos.end());
  data.chat_template = metadata.get_string("tokenizer.chat_template", "");
  return data;
}

}  // namespace tokenwalk
