#include "lib/io/split_step.h"

#include "lib/base/error.h"

namespace tokenwalk {
namespace {

constexpr const char* kNames[] = {"gpt2", "smollm", "qwen2", "llama3", "none"};

// Differences: Llama 3 takes up to three digits at a time, Qwen 2 one.
constexpr const char* kQwen2 =
    R"((?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*)"
    R"(|\s*[\r\n]+|\s+(?!\S)|\s+)";
constexpr const char* kLlama3 =
    R"((?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*)"
    R"(|\s*[\r\n]+|\s+(?!\S)|\s+)";

SplitStep step(SplitStep::Kind kind, const char* pattern = "") {
  return {kind, pattern, SplitBehavior::kIsolated, false};
}

}  // namespace

std::vector<SplitStep> named_split(std::string_view name) {
  using Kind = SplitStep::Kind;
  if (name == "gpt2") return {step(Kind::kGpt2)};
  if (name == "smollm") return {step(Kind::kNumber), step(Kind::kGpt2)};
  if (name == "qwen2") return {step(Kind::kRegex, kQwen2)};
  if (name == "llama3") return {step(Kind::kRegex, kLlama3)};
  if (name == "none") return {};
  throw Error(ErrorCode::kBadValue, {"unknown way to split text", std::string(name),
                                     "gpt2, smollm, qwen2, llama3 or none", ""});
}

std::string split_name(const std::vector<SplitStep>& steps) {
  for (const char* name : kNames) {
    if (named_split(name) == steps) return name;
  }
  return "custom";
}

}  // namespace tokenwalk
