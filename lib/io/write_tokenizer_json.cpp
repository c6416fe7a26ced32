#include "lib/io/write_tokenizer_json.h"

#include <cerrno>
#include <fstream>
#include <sstream>
#include <string>
#include <system_error>
#include <unordered_set>
#include <vector>

#include "lib/base/check.h"
#include "lib/io/byte_alphabet.h"
#include "lib/io/describe.h"
#include "lib/io/json_tree.h"
#include "lib/io/output_file.h"

namespace tokenwalk {
namespace {

using nlohmann::json;

// A string with quotes and escapes as JSON wants them.
std::string json_string(const std::string& text) {
  return json(text).dump();
}

const char* json_bool(bool value) {
  return value ? "true" : "false";
}

// JSON's order of keys is alphabetical; these texts keep the order in which people know the file.
std::string byte_level(bool prefix_space, bool gpt2_pattern) {
  return std::string(R"({"type": "ByteLevel", "add_prefix_space": )") + json_bool(prefix_space) +
         R"(, "trim_offsets": true, "use_regex": )" + json_bool(gpt2_pattern) + "}";
}

std::string split_step(const SplitStep& step) {
  constexpr const char* kBehaviors[] = {"Isolated", "Removed", "MergedWithPrevious",
                                        "MergedWithNext", "Contiguous"};  // as in SplitBehavior
  if (step.kind == SplitStep::Kind::kNumber) {
    return std::string(R"({"type": "Digits", "individual_digits": )") +
           json_bool(step.behavior == SplitBehavior::kIsolated) + "}";
  }
  const bool is_regex = step.kind == SplitStep::Kind::kRegex;
  return std::string(R"({"type": "Split", "pattern": {)") +
         (is_regex ? R"("Regex": )" : R"("String": )") + json_string(step.pattern) +
         R"(}, "behavior": ")" + kBehaviors[static_cast<int>(step.behavior)] + R"(", "invert": )" +
         json_bool(step.invert) + "}";
}

// The steps; the space before a piece and GPT-2's pattern are parts of the last one, ByteLevel.
std::string pre_tokenizer(const TokenizerData& data) {
  std::string steps;
  bool prefix_space = false, gpt2_pattern = false;
  for (const SplitStep& step : data.split) {
    CHECK(!gpt2_pattern);
    prefix_space = prefix_space || step.kind == SplitStep::Kind::kPrefixSpace;
    gpt2_pattern = step.kind == SplitStep::Kind::kGpt2;
    if (prefix_space || gpt2_pattern) continue;
    steps += split_step(step) + ", ";
  }
  const std::string last = byte_level(prefix_space, gpt2_pattern);
  if (steps.empty()) return last;
  return R"({"type": "Sequence", "pretokenizers": [)" + steps + last + "]}";
}

// How every id is written: added tokens as they are, the others in the byte alphabet.
std::vector<std::string> written_words(const TokenizerData& data) {
  std::vector<std::string> words;
  for (const std::string& bytes : data.vocab) words.push_back(alphabet_from_bytes(bytes));
  for (const AddedToken& token : data.added) {
    CHECK_LT(static_cast<std::size_t>(token.id), words.size());
    words[token.id] = token.text;
  }
  std::unordered_set<std::string> seen;
  for (const std::string& word : words) {
    if (seen.insert(word).second) continue;
    throw_bad_file("a tokenizer.json cannot hold this vocabulary",
                   "two tokens that are both written " + quote(word), "tokens written differently",
                   "rename the added token");
  }
  return words;
}

// One token a line.
void write_added(std::ostream& out, const std::vector<AddedToken>& added) {
  const char* separator = "\n";
  for (const AddedToken& token : added) {
    out << separator << R"(    {"id": )" << token.id << R"(, "content": )"
        << json_string(token.text) << R"(, "single_word": )" << json_bool(token.single_word)
        << R"(, "lstrip": )" << json_bool(token.lstrip) << R"(, "rstrip": )"
        << json_bool(token.rstrip) << R"(, "normalized": )" << json_bool(token.normalized)
        << R"(, "special": )" << json_bool(token.special) << "}";
    separator = ",\n";
  }
}

// The tables, one entry a line, so that a change shows as a line.
void write_model(std::ostream& out, const TokenizerData& data) {
  out << R"(    "type": "BPE", "dropout": null, "unk_token": null,)"
      << "\n"
      << R"(    "continuing_subword_prefix": null, "end_of_word_suffix": null,)"
      << "\n"
      << R"(    "fuse_unk": false, "byte_fallback": false, "ignore_merges": )"
      << json_bool(data.ignore_merges) << ",\n    \"vocab\": {";
  const char* separator = "\n";
  int id = 0;
  for (const std::string& word : written_words(data)) {
    out << separator << "      " << json_string(word) << ": " << id++;
    separator = ",\n";
  }
  out << "\n    },\n    \"merges\": [";
  separator = "\n";
  for (const auto& [left, right] : data.merges) {
    out << separator << "      [" << json_string(alphabet_from_bytes(left)) << ", "
        << json_string(alphabet_from_bytes(right)) << "]";
    separator = ",\n";
  }
  out << "\n    ]\n";
}

void write_all(std::ostream& out, const TokenizerData& data) {
  out << "{\n  \"version\": \"1.0\", \"truncation\": null, \"padding\": null,\n"
      << "  \"added_tokens\": [";
  write_added(out, data.added);
  out << "\n  ],\n  \"normalizer\": " << (data.nfc ? R"({"type": "NFC"})" : "null") << ",\n"
      << "  \"pre_tokenizer\": " << pre_tokenizer(data) << ",\n"
      << "  \"post_processor\": null,\n  \"decoder\": " << byte_level(true, true)
      << ",\n  \"model\": {\n";
  write_model(out, data);
  out << "  }\n}\n";
}

}  // namespace

void write_tokenizer_json(const std::filesystem::path& path, const TokenizerData& data) {
  std::ostringstream text;
  write_all(text, data);
  write_text_file(path, text.str());
}

}  // namespace tokenwalk
