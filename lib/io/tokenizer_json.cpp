#include "lib/io/tokenizer_json.h"

#include <limits>
#include <utility>

#include "lib/io/describe.h"
#include "lib/io/mapped_file.h"
#include "lib/io/tokenizer_steps.h"
#include "lib/io/tokenizer_stream.h"

namespace tokenwalk {
namespace {

using nlohmann::json;

// Turns the tree of a tokenizer.json into TokenizerData.
class TreeReader {
 public:
  TreeReader(const json& tree, TokenizerData& data) : tree_(tree), data_(data) {}

  void read_settings() {
    if (!tree_.is_object()) fail("is not an object", json_text(tree_), "{\"model\": {...}, ...}");
    read_model();
    read_normalizer(json_member(tree_, "normalizer"), data_);
    read_pre_tokenizer(json_member(tree_, "pre_tokenizer"), data_);
  }

  std::vector<AddedToken> read_added() const {
    const json& list = json_member(tree_, "added_tokens");
    if (list.is_null()) return {};
    if (!list.is_array()) fail("has malformed added_tokens", json_text(list), "an array");
    std::vector<AddedToken> added;
    for (const json& entry : list) added.push_back(read_added_token(entry));
    return added;
  }

  // A byte without a token is left out; files that ask for something else are refused.
  void check_missing_bytes() const {
    const json& model = json_member(tree_, "model");
    const bool wants_more =
        !json_member(model, "unk_token").is_null() || component_flag(model, "byte_fallback", false);
    if (!wants_more) return;
    std::size_t bytes = 0;
    for (const std::string& word : data_.vocab) bytes += word.size() == 1;
    if (bytes >= 256) return;
    fail("has no token for some bytes and wants another in their place",
         "unk_token " + json_text(json_member(model, "unk_token")),
         "a token for each of 256 bytes");
  }

 private:
  [[noreturn]] void fail(const std::string& problem, std::string found, std::string expected,
                         std::string hint = "") const {
    throw_bad_file(data_.source + " " + problem, std::move(found), std::move(expected),
                   std::move(hint));
  }

  // What "model" says beside its tables. Parts that would change the ids must be off.
  void read_model() {
    const json& model = json_member(tree_, "model");
    if (!model.is_object()) fail("has no \"model\"", json_text(model), "an object");
    const json& type = json_member(model, "type");
    const bool is_bpe = type.is_null() || component_type(model) == "BPE";
    if (!is_bpe || !json_member(model, "vocab").is_object() ||
        !json_member(model, "merges").is_array()) {
      fail("holds a kind of tokenizer that cannot be read", "a model of type " + json_text(type),
           "a model of type \"BPE\" with \"vocab\" and \"merges\"",
           "byte-level BPE is what GPT-2, Llama 3, Qwen and SmolLM use");
    }
    for (const char* key : {"dropout", "continuing_subword_prefix", "end_of_word_suffix"}) {
      const json& value = json_member(model, key);
      const bool is_off = value.is_null() || value == "" || value == 0.0;
      if (!is_off) {
        fail("asks for " + std::string(key) + ", which byte-level BPE does not have",
             json_text(value), "null");
      }
    }
    data_.ignore_merges = component_flag(model, "ignore_merges", false);
  }

  // {"id": 0, "content": "<s>", "special": true, ...}; missing flags are off.
  AddedToken read_added_token(const json& entry) const {
    const json& content = json_member(entry, "content");
    const json& id = json_member(entry, "id");
    const bool good = content.is_string() && id.is_number_unsigned() &&
                      id.get<std::uint64_t>() <= std::uint64_t{std::numeric_limits<int>::max()};
    if (!good) {
      fail("has a malformed added token", component_text(entry),
           "an object with \"content\", a string, and \"id\", a whole number");
    }
    AddedToken token;
    token.text = content.get<std::string>();
    token.id = id.get<int>();
    token.special = component_flag(entry, "special", false);
    token.lstrip = component_flag(entry, "lstrip", false);
    token.rstrip = component_flag(entry, "rstrip", false);
    token.single_word = component_flag(entry, "single_word", false);
    token.normalized = component_flag(entry, "normalized", false);
    return token;
  }

  const json& tree_;
  TokenizerData& data_;
};

}  // namespace

TokenizerData read_tokenizer_json(const std::filesystem::path& path) {
  const MappedFile file(path);
  return parse_tokenizer_json(file.text(), file.path());
}

TokenizerData parse_tokenizer_json(std::string_view text, const std::string& source) {
  TokenizerStream stream(source);
  stream.parse(text);
  TokenizerData data;
  data.source = source;
  TreeReader reader(stream.tree(), data);
  reader.read_settings();
  stream.tables().added = reader.read_added();
  fill_vocabulary(std::move(stream.tables()), data);
  reader.check_missing_bytes();
  read_post_processor(json_member(stream.tree(), "post_processor"), data);
  return data;
}

}  // namespace tokenwalk
