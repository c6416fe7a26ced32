#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "chapters/01_tokenizer/pattern.h"
#include "chapters/01_tokenizer/split.h"
#include "chapters/01_tokenizer/split_fast.h"
#include "lib/io/split_step.h"

namespace tokenwalk {

/// Cuts text into pieces by the steps that a tokenizer file names.
class SplitSteps {
 public:
  /// A malformed pattern throws Error(kBadValue).
  explicit SplitSteps(const std::vector<SplitStep>& steps = {});

  /// Calls `take` with each piece, from left to right; none is empty. A piece is a part of `text`,
  /// or of a copy that ends with the call, where a step puts a space before it.
  void cut(std::string_view text, const std::function<void(std::string_view)>& take) const;

 private:
  struct Step {
    SplitStep what;
    std::optional<Pattern> pattern;
    NextPiece next_piece = nullptr;  // does the same, where there is one
  };

  void cut_from(std::size_t step, std::string_view text,
                const std::function<void(std::string_view)>& take) const;

  std::vector<Step> steps_;
};

/// The steps of a pattern by name ("gpt2", "qwen", "llama3", "none") or, if it is none of these, of
/// a regular expression: what it finds and what lies between are the pieces.
std::vector<SplitStep> steps_of_pattern(const std::string& pattern);

/// The steps as a splitter for training. No step may put a space before pieces (CHECK). A
/// malformed pattern throws Error(kBadValue).
Splitter splitter_of(const std::vector<SplitStep>& steps);

/// A part of a text that a step found, or that lies between two such.
struct FoundPart {
  Span span;
  bool found;
};

/// The pieces that `behavior` makes of parts which together are a text: in order, none empty.
std::vector<Span> apply_behavior(const std::vector<FoundPart>& parts, SplitBehavior behavior);

}  // namespace tokenwalk
