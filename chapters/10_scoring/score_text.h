#pragma once

#include <cstddef>
#include <functional>
#include <span>
#include <vector>

#include "chapters/06_cached_generate/generate_cached.h"
#include "chapters/10_scoring/log_probs.h"

namespace tokenwalk {

/// A part of a text that goes through the model on its own: ids begin .. end - 1, positions from 0.
/// It predicts the ids first .. end - 1, each from those before it in the window.
struct ScoreWindow {
  std::size_t begin = 0, first = 0, end = 0;
};

/// The windows of a text of n ids, with C = `window` and S = `stride`: they begin at 0, S, 2 S, ...
/// and are C ids long; the last one is the first that reaches the end, and ends there. Each
/// predicts what those before it have not: the first one ids 1, 2, ..., any other the ids behind
/// its predecessor's end. So every id but the first is predicted once, from at least C - S ids or
/// all that there are. n >= 1, C >= 2, 1 <= S < C. A text of at most C ids is one window. Source:
/// the strided perplexity of transformers' documentation, whose windows are these.
std::vector<ScoreWindow> score_windows(std::size_t n, std::size_t window, std::size_t stride);

/// How to score a text.
struct ScoreOptions {
  std::size_t top = 0;     ///< alternatives for each token
  std::size_t window = 0;  ///< ids, at most the context; 0: the context
  std::size_t stride = 0;  ///< 0: one window, and a longer text is an error
  std::size_t chunk = 64;  ///< rows a call, which bounds the logits held: [chunk, vocab]
  std::function<void(const TokenScore& score)> on_score;  ///< hears of each predicted id in order
};

/// The sum over the predicted ids, natural logarithms.
struct TextScore {
  std::size_t predicted = 0;
  double sum_nll = 0;         ///< sum of -log_prob
  std::size_t evaluated = 0;  ///< positions run through the model

  double mean_nll() const;    ///< sum_nll / predicted; predicted >= 1
  double perplexity() const;  ///< exp(mean_nll)
};

/// Throws Error for what cannot be scored: no ids, an id that is no token, a window or stride out
/// of range (kBadValue); more ids than the window and no stride (kCapacity).
void check_score(const ModelConfig& config, std::span<const int> ids, const ScoreOptions& options);

/// How likely the model finds a text: for each id but the first the log-probability given the ids
/// before it in its window. Logits are never held for more than `chunk` rows, K and V for one
/// window. Throws what check_score throws, before anything runs; logits that are no numbers throw
/// what check_logits throws.
TextScore score_text(const Model& model, std::span<const int> ids, const ScoreOptions& options);

/// Feeds ids to a cache, `chunk` a call, and calls row(i, logits) for i = first .. ids.size() - 1
/// with the logits [vocab] that predict ids[i]. The last id is not fed. first >= 1.
void for_each_prediction(const Model& model, KvCache& cache, std::span<const int> ids,
                         std::size_t first, std::size_t chunk,
                         const std::function<void(std::size_t i, std::span<const float>)>& row);

}  // namespace tokenwalk
