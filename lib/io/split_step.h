#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace tokenwalk {

/// What becomes of the parts of a text that a step finds, and of the text between them. The names
/// are those of Hugging Face's library: SplitDelimiterBehavior in its tokenizers/src/tokenizer.
enum class SplitBehavior {
  kIsolated,            ///< every part found and every part between is a piece
  kRemoved,             ///< the parts between are pieces, what was found is left out
  kMergedWithPrevious,  ///< a part found ends the piece before it
  kMergedWithNext,      ///< a part found begins the piece after it
  kContiguous,          ///< parts found that touch each other are one piece
};

/// One step of cutting text into pieces; every piece of the step before is cut on its own.
struct SplitStep {
  enum class Kind {
    kGpt2,         ///< finds what GPT-2's pattern finds
    kRegex,        ///< finds a regular expression, in the dialect of chapter 01's pattern.h
    kText,         ///< finds a text as it is
    kNumber,       ///< finds single characters of category N
    kPrefixSpace,  ///< cuts nothing: puts a space before a piece that does not begin with one
  };
  Kind kind = Kind::kGpt2;
  std::string pattern;  ///< for kRegex and kText
  SplitBehavior behavior = SplitBehavior::kIsolated;
  bool invert = false;  ///< what was found counts as between, and the other way round

  bool operator==(const SplitStep&) const = default;
};

/// The steps that have a name, first those of whole families of models:
///   "gpt2"    GPT-2's pattern (openai/gpt-2, encoder.py)
///   "smollm"  every character of category N on its own, then GPT-2's pattern (SmolLM2, StarCoder)
///   "qwen2"   the pattern of Qwen2, 2.5 and 3 (their tokenizer.json)
///   "llama3"  the pattern of Llama 3 (meta-llama/llama3, tokenizer.py)
///   "none"    no steps
/// Any other name throws Error(kBadValue).
std::vector<SplitStep> named_split(std::string_view name);

/// The name of the steps, "custom" if they have none.
std::string split_name(const std::vector<SplitStep>& steps);

}  // namespace tokenwalk
