#include "chapters/10_scoring/known_wrong.h"

#include <algorithm>

#include "chapters/04_transformer/forward_full.h"
#include "chapters/10_scoring/score_text.h"
#include "lib/base/math.h"

namespace tokenwalk {

//! [10-wrong-shifted]
std::vector<double> log_probs_shifted(const Model& model, std::span<const int> ids) {
  const std::size_t vocab = model.config.vocab;
  const std::vector<float> logits = forward_full(model, ids, LogitRows::kAll).logits;
  std::vector<double> log_probs;
  for (std::size_t t = 1; t < ids.size(); ++t) {  // row t predicts ids[t + 1]
    log_probs.push_back(
        score_token(std::span(logits).subspan(t * vocab, vocab), ids[t], 0).log_prob);
  }
  return log_probs;
}
//! [10-wrong-shifted]

//! [10-wrong-exponentials]
double perplexity_of_exponentials(std::span<const double> log_probs) {
  double sum = 0;
  for (const double log_prob : log_probs) sum += math::exp(-log_prob);
  return sum / static_cast<double>(log_probs.size());
}
//! [10-wrong-exponentials]

//! [10-wrong-pieces]
double mean_nll_in_pieces(const Model& model, std::span<const int> ids, std::size_t window) {
  TextScore all;
  for (std::size_t begin = 0; begin < ids.size(); begin += window) {
    const std::span<const int> piece = ids.subspan(begin, std::min(window, ids.size() - begin));
    const TextScore score = score_text(model, piece, {});
    all.sum_nll += score.sum_nll;
    all.predicted += score.predicted;
  }
  return all.mean_nll();
}
//! [10-wrong-pieces]

}  // namespace tokenwalk
