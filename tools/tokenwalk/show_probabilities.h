#pragma once

#include <span>
#include <string>
#include <vector>

#include "tools/tokenwalk/generation.h"

namespace tokenwalk {

/// One row of the picture: a token and its two probabilities.
struct ShownToken {
  std::string text;
  double raw = 0;       ///< softmax of the model's logits
  double sampling = 0;  ///< what it was drawn with; 0: it could not be
  bool drawn = false;
};

/// The rows as lines with bars, the drawn token marked; lines that begin with two blanks:
///
///     > " mat"   0.3655 ███████▎             0.4250 ████████▌
std::string probability_bars(std::span<const ShownToken> rows);

/// Prints, for each new token, the ten likeliest by the model and the drawn one if it is another,
/// with the model's probabilities and those of sampling beside each other. tokenizer: null if
/// there is none. The object must outlive the run.
class ProbabilityBars {
 public:
  explicit ProbabilityBars(const PublishedTokenizer* tokenizer) : tokenizer_(tokenizer) {}

  /// Takes the place in a request where this hears of the draws.
  void attach(SampleRequest& request);

 private:
  void print(std::span<const float> logits, const Candidates& sampling, int drawn);
  std::string text_of(int id) const;

  const PublishedTokenizer* tokenizer_;
  std::size_t n_printed_ = 0;
};

}  // namespace tokenwalk
