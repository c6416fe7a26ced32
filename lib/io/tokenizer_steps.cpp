#include "lib/io/tokenizer_steps.h"

#include <array>
#include <utility>
#include <vector>

#include "lib/io/describe.h"

namespace tokenwalk {

using nlohmann::json;

const json& json_member(const json& object, const char* key) {
  static const json kNull;
  const auto found = object.find(key);
  return found == object.end() ? kNull : *found;
}

std::string component_type(const json& component) {
  const json& type = json_member(component, "type");
  return type.is_string() ? type.get<std::string>() : "";
}

bool component_flag(const json& component, const char* key, bool fallback) {
  const json& value = json_member(component, key);
  return value.is_boolean() ? value.get<bool>() : fallback;
}

std::string component_text(const json& component) {
  constexpr std::size_t kLongest = 200;
  std::string text = component.dump();
  if (text.size() > kLongest) text = quote(text, kLongest);
  const std::string type = component_type(component);
  return type.empty() ? text : printable(type) + ", " + text;
}

namespace {

constexpr const char* kPreTokenizers = "Split, Digits, and ByteLevel as the last one";
constexpr std::size_t kMostSteps = 100;  // published files have three or four

[[noreturn]] void fail(const TokenizerData& data, const std::string& problem, const json& found,
                       const std::string& expected) {
  throw_bad_file(data.source + " " + problem, component_text(found), expected);
}

// The steps of a Sequence, whose list is called `list`, or the component alone.
std::vector<const json*> steps_of(const json& component, const char* list,
                                  const TokenizerData& data) {
  if (component_type(component) != "Sequence") return {&component};
  std::vector<const json*> steps;
  for (const json& step : json_member(component, list)) steps.push_back(&step);
  if (steps.size() > kMostSteps) {
    fail(data, "has too many " + std::string(list), steps.size(),
         "at most " + std::to_string(kMostSteps));
  }
  return steps;
}

SplitBehavior read_behavior(const json& step, const TokenizerData& data) {
  static constexpr std::array<std::pair<const char*, SplitBehavior>, 5> kBehaviors = {{
      {"Isolated", SplitBehavior::kIsolated},
      {"Removed", SplitBehavior::kRemoved},
      {"MergedWithPrevious", SplitBehavior::kMergedWithPrevious},
      {"MergedWithNext", SplitBehavior::kMergedWithNext},
      {"Contiguous", SplitBehavior::kContiguous},
  }};
  const json& behavior = json_member(step, "behavior");
  for (const auto& [name, value] : kBehaviors) {
    if (behavior == name) return value;
  }
  fail(data, "splits text with an unknown behavior", step,
       "Isolated, Removed, MergedWithPrevious, MergedWithNext or Contiguous");
}

SplitStep read_split(const json& step, const TokenizerData& data) {
  const json& pattern = json_member(step, "pattern");
  const json& regex = json_member(pattern, "Regex");
  const json& text = json_member(pattern, "String");
  if (regex.is_string() == text.is_string()) {
    fail(data, "splits text by no pattern", step, R"({"Regex": "..."} or {"String": "..."})");
  }
  SplitStep split;
  split.kind = regex.is_string() ? SplitStep::Kind::kRegex : SplitStep::Kind::kText;
  split.pattern = (regex.is_string() ? regex : text).get<std::string>();
  split.behavior = read_behavior(step, data);
  split.invert = component_flag(step, "invert", false);
  return split;
}

SplitStep read_digits(const json& step) {
  const bool one_by_one = component_flag(step, "individual_digits", false);
  return {SplitStep::Kind::kNumber, "",
          one_by_one ? SplitBehavior::kIsolated : SplitBehavior::kContiguous, false};
}

// The template's token before or after the text; -1 if `piece` is the text itself.
int template_id(const json& piece, const json& tokens, const TokenizerData& data) {
  const json& name = json_member(json_member(piece, "SpecialToken"), "id");
  if (!name.is_string()) return -1;
  const json& ids = json_member(json_member(tokens, name.get<std::string>().c_str()), "ids");
  const bool is_one = ids.is_array() && ids.size() == 1 && ids[0].is_number_unsigned() &&
                      ids[0].get<std::uint64_t>() < data.vocab.size();
  if (!is_one) {
    fail(data, "puts a token around every text that it does not define", piece,
         "one id of the vocabulary for it under \"special_tokens\"");
  }
  return ids[0].get<int>();
}

// "<bos> text <eos>", where either token may be missing.
void read_template(const json& component, TokenizerData& data) {
  const json& single = json_member(component, "single");
  const json& tokens = json_member(component, "special_tokens");
  std::vector<int> before, after;
  int texts = 0;
  if (single.is_array()) {
    for (const json& piece : single) {
      const int id = template_id(piece, tokens, data);
      if (id >= 0) (texts == 0 ? before : after).push_back(id);
      const bool is_text = json_member(json_member(piece, "Sequence"), "id") == "A";
      if (is_text) ++texts;
      if (id < 0 && !is_text) texts = 2;  // something else: refused below
    }
  }
  if (texts != 1 || before.size() > 1 || after.size() > 1) {
    fail(data, "puts more around a text than can be read", single,
         "a template of the text and at most one token on either side");
  }
  data.add_bos = !before.empty();
  if (data.add_bos) data.bos = before[0];
  if (!after.empty()) data.eos = {data.last = after[0]};
}

}  // namespace

void read_normalizer(const json& component, TokenizerData& data) {
  if (component.is_null()) return;
  for (const json* step : steps_of(component, "normalizers", data)) {
    if (component_type(*step) != "NFC") {
      fail(data, "normalises text in a way that is not known", component,
           "null, NFC, or a Sequence of NFC");
    }
    data.nfc = true;
  }
}

void read_pre_tokenizer(const json& component, TokenizerData& data) {
  const std::vector<const json*> steps = steps_of(component, "pretokenizers", data);
  data.split.clear();
  for (const json* step : steps) {
    const std::string type = component_type(*step);
    const bool is_last = step == steps.back();
    if (type == "Split" && !is_last) {
      data.split.push_back(read_split(*step, data));
    } else if (type == "Digits" && !is_last) {
      data.split.push_back(read_digits(*step));
    } else if (type == "ByteLevel" && is_last) {
      if (component_flag(*step, "add_prefix_space", true)) {
        data.split.push_back({SplitStep::Kind::kPrefixSpace, "", SplitBehavior::kIsolated, false});
      }
      if (component_flag(*step, "use_regex", true)) data.split.push_back({});
    } else {
      fail(data, "splits text in a way that is not known", *step, kPreTokenizers);
    }
  }
  if (steps.empty())
    fail(data, "splits text in a way that is not known", component, kPreTokenizers);
}

void read_post_processor(const json& component, TokenizerData& data) {
  if (component.is_null()) return;
  for (const json* step : steps_of(component, "processors", data)) {
    const std::string type = component_type(*step);
    if (type == "TemplateProcessing") {
      read_template(*step, data);
    } else if (type != "ByteLevel") {
      fail(data, "has a post-processor that is not known", *step,
           "ByteLevel, TemplateProcessing, or a Sequence of these");
    }
  }
}

}  // namespace tokenwalk
