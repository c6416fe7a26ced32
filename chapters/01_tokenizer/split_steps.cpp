#include "chapters/01_tokenizer/split_steps.h"

#include <algorithm>

#include "chapters/01_tokenizer/char_class.h"
#include "chapters/01_tokenizer/utf8.h"
#include "lib/base/check.h"

namespace tokenwalk {
namespace {

std::vector<Span> find_numbers(std::string_view text) {
  std::vector<Span> spans;
  for (std::size_t i = 0; i < text.size();) {
    const Utf8Char c = read_utf8(text.substr(i));
    if (c.valid && char_class(c.code_point) == CharClass::kNumber) spans.push_back({i, i + c.size});
    i += c.size;
  }
  return spans;
}

std::vector<Span> find_gpt2(std::string_view text) {
  std::vector<Span> spans;
  for (const std::string_view piece : split_gpt2(text)) {
    const std::size_t begin = static_cast<std::size_t>(piece.data() - text.data());
    spans.push_back({begin, begin + piece.size()});
  }
  return spans;
}

// The steps that are written by hand.
Splitter fast_splitter(const std::vector<SplitStep>& steps) {
  if (steps == named_split("gpt2")) return split_gpt2;
  if (steps == named_split("qwen2")) return split_qwen2;
  if (steps == named_split("llama3")) return split_llama3;
  return nullptr;
}

// What was found, with the parts between.
std::vector<FoundPart> cover(std::size_t size, const std::vector<Span>& found) {
  std::vector<FoundPart> parts;
  std::size_t done = 0;
  for (const Span span : found) {
    if (done < span.begin) parts.push_back({{done, span.begin}, false});
    parts.push_back({span, true});
    done = span.end;
  }
  if (done < size) parts.push_back({{done, size}, false});
  return parts;
}

// Neighbours of one kind become one piece.
std::vector<Span> join_equal(const std::vector<FoundPart>& parts) {
  std::vector<Span> pieces;
  bool before = false;
  for (const FoundPart& part : parts) {
    if (part.found == before && !pieces.empty())
      pieces.back().end = part.span.end;
    else
      pieces.push_back(part.span);
    before = part.found;
  }
  return pieces;
}

// A part found that follows one not found ends that piece. Reads the parts backwards where
// `to_next`, so that it begins the piece after it.
std::vector<Span> join_found(std::vector<FoundPart> parts, bool to_next) {
  if (to_next) std::reverse(parts.begin(), parts.end());
  std::vector<Span> pieces;
  bool before = false;
  for (const FoundPart& part : parts) {
    if (part.found && !before && !pieces.empty()) {
      (to_next ? pieces.back().begin : pieces.back().end) =
          to_next ? part.span.begin : part.span.end;
    } else {
      pieces.push_back(part.span);
    }
    before = part.found;
  }
  if (to_next) std::reverse(pieces.begin(), pieces.end());
  return pieces;
}

}  // namespace

std::vector<Span> apply_behavior(const std::vector<FoundPart>& parts, SplitBehavior behavior) {
  std::vector<Span> pieces;
  switch (behavior) {
    case SplitBehavior::kIsolated:
    case SplitBehavior::kRemoved:
      for (const FoundPart& part : parts) {
        if (behavior == SplitBehavior::kIsolated || !part.found) pieces.push_back(part.span);
      }
      break;
    case SplitBehavior::kMergedWithPrevious:
    case SplitBehavior::kMergedWithNext:
      pieces = join_found(parts, behavior == SplitBehavior::kMergedWithNext);
      break;
    case SplitBehavior::kContiguous:
      pieces = join_equal(parts);
      break;
  }
  std::erase_if(pieces, [](Span piece) { return piece.begin == piece.end; });
  return pieces;
}

SplitSteps::SplitSteps(const std::vector<SplitStep>& steps) {
  using Kind = SplitStep::Kind;
  for (const SplitStep& step : steps) {
    const NextPiece next_piece = next_piece_of(fast_splitter({step}));
    Step& added = steps_.emplace_back(Step{step, std::nullopt, next_piece});
    if (step.kind == Kind::kRegex) added.pattern.emplace(step.pattern);
    if (step.kind == Kind::kText) added.pattern.emplace(step.pattern, Pattern::Syntax::kLiteral);
  }
}

std::vector<SplitStep> steps_of_pattern(const std::string& pattern) {
  if (pattern == "qwen") return named_split("qwen2");
  for (const char* name : {"gpt2", "llama3", "none"}) {
    if (pattern == name) return named_split(name);
  }
  return {{SplitStep::Kind::kRegex, pattern, SplitBehavior::kIsolated, false}};
}

Splitter splitter_of(const std::vector<SplitStep>& steps) {
  if (Splitter fast = fast_splitter(steps)) return fast;
  for (const SplitStep& step : steps) CHECK(step.kind != SplitStep::Kind::kPrefixSpace);
  return [cutter = SplitSteps(steps)](std::string_view text) {
    std::vector<std::string_view> pieces;
    cutter.cut(text, [&](std::string_view piece) { pieces.push_back(piece); });
    return pieces;
  };
}

void SplitSteps::cut(std::string_view text,
                     const std::function<void(std::string_view)>& take) const {
  cut_from(0, text, take);
}

void SplitSteps::cut_from(std::size_t step, std::string_view text,
                          const std::function<void(std::string_view)>& take) const {
  if (text.empty()) return;
  if (step == steps_.size()) return take(text);
  const SplitStep& what = steps_[step].what;
  if (what.kind == SplitStep::Kind::kPrefixSpace) {
    if (text[0] == ' ') return cut_from(step + 1, text, take);
    return cut_from(step + 1, " " + std::string(text), take);
  }
  if (const NextPiece next_piece = steps_[step].next_piece; next_piece != nullptr) {
    for (std::size_t size = 0; !text.empty(); text.remove_prefix(size)) {
      size = next_piece(text);
      cut_from(step + 1, text.substr(0, size), take);
    }
    return;
  }
  std::vector<Span> found;
  if (what.kind == SplitStep::Kind::kGpt2)
    found = find_gpt2(text);
  else if (what.kind == SplitStep::Kind::kNumber)
    found = find_numbers(text);
  else
    found = steps_[step].pattern->find_all(text);

  std::vector<FoundPart> parts = cover(text.size(), found);
  for (FoundPart& part : parts) part.found = part.found != what.invert;
  for (const Span piece : apply_behavior(parts, what.behavior)) {
    cut_from(step + 1, text.substr(piece.begin, piece.end - piece.begin), take);
  }
}

}  // namespace tokenwalk
