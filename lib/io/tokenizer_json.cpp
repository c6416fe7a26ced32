#include "lib/io/tokenizer_json.h"

#include <limits>
#include <optional>
#include <utility>

#include "lib/io/describe.h"
#include "lib/io/mapped_file.h"
#include "lib/io/tokenizer_stream.h"

namespace tokenwalk {
namespace {

using nlohmann::json;

// The member `key`, null if it is missing or if `object` is no object.
const json& member(const json& object, const char* key) {
  static const json kNull;
  const auto found = object.find(key);
  return found == object.end() ? kNull : *found;
}

// The "type" of a component such as {"type": "ByteLevel", ...}; empty if it has none.
std::string type_of(const json& component) {
  const json& type = member(component, "type");
  return type.is_string() ? type.get<std::string>() : "";
}

// A flag of a component; `fallback` if it is not there or not a truth value.
bool flag(const json& component, const char* key, bool fallback) {
  const json& value = member(component, key);
  return value.is_boolean() ? value.get<bool>() : fallback;
}

// A component's text for messages, cut where it is long.
std::string component_text(const json& component) {
  constexpr std::size_t kLongest = 200;
  std::string text = component.dump();
  if (text.size() > kLongest) text = quote(text, kLongest);
  return text;
}

// Turns the tree of a tokenizer.json into TokenizerData.
class TreeReader {
 public:
  TreeReader(const json& tree, TokenizerData& data) : tree_(tree), data_(data) {}

  void read_settings() {
    if (!tree_.is_object()) fail("is not an object", json_text(tree_), "{\"model\": {...}, ...}");
    read_model();
    read_normalizer(member(tree_, "normalizer"));
    read_split(member(tree_, "pre_tokenizer"));
  }

  std::vector<AddedToken> read_added() const {
    const json& list = member(tree_, "added_tokens");
    if (list.is_null()) return {};
    if (!list.is_array()) fail("has malformed added_tokens", json_text(list), "an array");
    std::vector<AddedToken> added;
    for (const json& entry : list) added.push_back(read_added_token(entry));
    return added;
  }

  // The template "<bos> text <eos>" that some files apply; ids are looked up among the added
  // tokens.
  void read_post_processor(const json& component) {
    if (type_of(component) == "Sequence") {
      for (const json& step : member(component, "processors")) read_post_processor(step);
    } else if (type_of(component) == "TemplateProcessing") {
      const json& single = member(component, "single");
      if (!single.is_array() || single.empty()) return;
      const std::optional<int> first = special_id(single.front());
      data_.add_bos = first.has_value();
      if (first) data_.bos = *first;
      const std::optional<int> last = special_id(single.back());
      data_.add_eos = single.size() > 1 && last.has_value();
      if (data_.add_eos) data_.eos = {*last};
    }
  }

 private:
  [[noreturn]] void fail(const std::string& problem, std::string found, std::string expected,
                         std::string hint = "") const {
    throw_bad_file(data_.source + " " + problem, std::move(found), std::move(expected),
                   std::move(hint));
  }

  // What "model" says beside its tables. Parts that would change the ids must be off.
  void read_model() {
    const json& model = member(tree_, "model");
    if (!model.is_object()) fail("has no \"model\"", json_text(model), "an object");
    const json& type = member(model, "type");
    const bool is_bpe = type.is_null() || type_of(model) == "BPE";
    if (!is_bpe || !member(model, "vocab").is_object() || !member(model, "merges").is_array()) {
      fail("holds a kind of tokenizer that cannot be read", "a model of type " + json_text(type),
           "a model of type \"BPE\" with \"vocab\" and \"merges\"",
           "byte-level BPE is what GPT-2, Llama 3, Qwen and SmolLM use");
    }
    for (const char* key : {"dropout", "continuing_subword_prefix", "end_of_word_suffix"}) {
      const json& value = member(model, key);
      const bool is_off = value.is_null() || value == "" || value == 0.0;
      if (!is_off) {
        fail("asks for " + std::string(key) + ", which byte-level BPE does not have",
             json_text(value), "null");
      }
    }
    data_.ignore_merges = flag(model, "ignore_merges", false);
  }

  // Only NFC is known, alone or as the only step of a sequence.
  void read_normalizer(const json& component) {
    if (component.is_null()) return;
    const json* step = &component;
    const json& steps = member(component, "normalizers");
    if (type_of(component) == "Sequence" && steps.is_array()) {
      if (steps.empty()) return;
      if (steps.size() == 1) step = &steps.front();
    }
    data_.normalizer = type_of(*step) == "NFC" ? "NFC" : "unsupported";
    data_.normalizer_description = component_text(component);
  }

  // Fills `split` from the list of steps that the pre-tokenizer takes.
  void read_split(const json& component) {
    data_.split_description = component_text(component);
    data_.split = "unsupported";
    std::vector<const json*> steps;
    if (type_of(component) == "Sequence" && member(component, "pretokenizers").is_array()) {
      for (const json& step : member(component, "pretokenizers")) steps.push_back(&step);
    } else {
      steps.push_back(&component);
    }
    if (steps.empty() || type_of(*steps.back()) != "ByteLevel") return;
    const json& byte_level = *steps.back();
    data_.add_prefix_space = flag(byte_level, "add_prefix_space", true);
    const bool gpt2_pattern = flag(byte_level, "use_regex", true);
    if (steps.size() == 1) {
      data_.split = gpt2_pattern ? "gpt2" : "none";
    } else if (steps.size() == 2 && gpt2_pattern && type_of(*steps.front()) == "Digits" &&
               flag(*steps.front(), "individual_digits", false)) {
      data_.split = "smollm";
    }
  }

  // {"id": 0, "content": "<s>", "special": true, ...}; missing flags are off.
  AddedToken read_added_token(const json& entry) const {
    const json& content = member(entry, "content");
    const json& id = member(entry, "id");
    const bool good = content.is_string() && id.is_number_unsigned() &&
                      id.get<std::uint64_t>() <= std::uint64_t{std::numeric_limits<int>::max()};
    if (!good) {
      fail("has a malformed added token", component_text(entry),
           "an object with \"content\", a string, and \"id\", a whole number");
    }
    AddedToken token;
    token.text = content.get<std::string>();
    token.id = id.get<int>();
    token.special = flag(entry, "special", false);
    token.lstrip = flag(entry, "lstrip", false);
    token.rstrip = flag(entry, "rstrip", false);
    token.single_word = flag(entry, "single_word", false);
    token.normalized = flag(entry, "normalized", false);
    return token;
  }

  // The id of a piece {"SpecialToken": {"id": "<s>", ...}} of a template.
  std::optional<int> special_id(const json& piece) const {
    const json& text = member(member(piece, "SpecialToken"), "id");
    if (!text.is_string()) return std::nullopt;
    for (const AddedToken& token : data_.added) {
      if (text == token.text) return token.id;
    }
    fail("puts a token around every text that is not among its added tokens", json_text(text),
         "an added token");
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
  reader.read_post_processor(member(stream.tree(), "post_processor"));
  return data;
}

}  // namespace tokenwalk
