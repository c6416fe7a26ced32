#include "lib/io/tokenizer_folder.h"

#include <algorithm>
#include <limits>
#include <optional>
#include <set>
#include <string>

#include "lib/io/describe.h"
#include "lib/io/json_metadata.h"
#include "lib/io/mapped_file.h"
#include "lib/io/tokenizer_json.h"
#include "lib/io/vocab_merges.h"

namespace tokenwalk {
namespace {

namespace fs = std::filesystem;

// The file's keys, none if there is no such file.
Metadata read_if_there(const fs::path& path) {
  std::error_code no_matter;
  return fs::exists(path, no_matter) ? read_json_metadata(path) : Metadata(path.string());
}

// The id of the token that `config` names under `key`, either "</s>" or {"content": "</s>", ...}.
std::optional<int> named_token(const Metadata& config, const std::string& key,
                               const TokenizerData& tokenizer) {
  const std::string inner = key + ".content";
  const std::string& used = config.contains(inner) ? inner : key;
  if (!config.contains(used)) return std::nullopt;
  const std::string& text = config.get_string(used);
  for (const AddedToken& token : tokenizer.added) {
    if (token.text == text) return token.id;
  }
  const auto word = std::find(tokenizer.vocab.begin(), tokenizer.vocab.end(), text);
  if (word == tokenizer.vocab.end()) {
    throw_bad_file(config.source() + " names a token that the tokenizer lacks",
                   key + " " + quote(text), "a token of " + tokenizer.source,
                   "the two files may be of different models");
  }
  return static_cast<int>(word - tokenizer.vocab.begin());
}

// Adds the ids under "eos_token_id"; a negative one stands for none.
void collect_eos(const Metadata& config, std::set<int>& ids) {
  const std::string key = "eos_token_id";
  if (!config.contains(key)) return;
  for (const std::int64_t id : config.get_integers(key)) {
    if (id > std::numeric_limits<int>::max()) {
      throw_bad_file(config.source() + " has an impossible eos_token_id", std::to_string(id),
                     "an id of the vocabulary");
    }
    if (id >= 0) ids.insert(static_cast<int>(id));
  }
}

// Either one text, or a list of {"name", "template"}, of which "default" is meant.
std::string chat_template(const Metadata& config) {
  if (config.contains("chat_template")) return config.get_string("chat_template");
  for (int i = 0; config.contains("chat_template." + std::to_string(i) + ".name"); ++i) {
    const std::string entry = "chat_template." + std::to_string(i);
    if (config.get_string(entry + ".name") == "default")
      return config.get_string(entry + ".template");
  }
  return "";
}

TokenizerData read_tables(const fs::path& folder) {
  std::error_code no_matter;
  const bool older = !fs::exists(folder / "tokenizer.json", no_matter) &&
                     fs::exists(folder / "vocab.json", no_matter);
  return older ? read_vocab_merges(folder) : read_tokenizer_json(folder / "tokenizer.json");
}

}  // namespace

bool has_tokenizer_files(const fs::path& folder) {
  std::error_code no_matter;
  return fs::exists(folder / "tokenizer.json", no_matter) ||
         fs::exists(folder / "vocab.json", no_matter);
}

// What a neighbour says goes before what tokenizer.json implies.
TokenizerData read_tokenizer_folder(const fs::path& folder) {
  TokenizerData data = read_tables(folder);
  const Metadata config = read_if_there(folder / "tokenizer_config.json");
  if (const auto bos = named_token(config, "bos_token", data)) data.bos = *bos;
  data.add_bos = config.get_bool("add_bos_token", data.add_bos) && data.bos >= 0;
  data.chat_template = chat_template(config);
  std::error_code no_matter;
  const fs::path jinja = folder / "chat_template.jinja";
  if (fs::exists(jinja, no_matter)) data.chat_template = MappedFile(jinja).text();
  data.eos = read_eos_ids(folder, data);
  return data;
}

std::vector<int> read_eos_ids(const fs::path& folder, const TokenizerData& tokenizer) {
  std::set<int> ids(tokenizer.eos.begin(), tokenizer.eos.end());
  const Metadata config = read_if_there(folder / "tokenizer_config.json");
  if (const auto eos = named_token(config, "eos_token", tokenizer)) ids.insert(*eos);
  for (const int id : read_model_eos_ids(folder)) ids.insert(id);
  return {ids.begin(), ids.end()};
}

std::vector<int> read_model_eos_ids(const fs::path& folder) {
  std::set<int> ids;
  collect_eos(read_if_there(folder / "generation_config.json"), ids);
  collect_eos(read_if_there(folder / "config.json"), ids);
  return {ids.begin(), ids.end()};
}

}  // namespace tokenwalk
