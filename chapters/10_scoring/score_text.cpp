#include "chapters/10_scoring/score_text.h"

#include <algorithm>
#include <string>

#include "lib/base/check.h"
#include "lib/base/error.h"
#include "lib/base/math.h"

namespace tokenwalk {
namespace {

// The window's size; throws for sizes that make none.
std::size_t checked_window(const ModelConfig& config, const ScoreOptions& options) {
  const std::size_t window = options.window == 0 ? config.context : options.window;
  if (window < 2 || window > config.context) {
    throw Error(ErrorCode::kBadValue,
                {"bad window", std::to_string(window),
                 "2 to " + std::to_string(config.context) + " ids", "the context bounds it"});
  }
  if (options.stride >= window) {
    throw Error(ErrorCode::kBadValue,
                {"bad stride", std::to_string(options.stride),
                 "1 to " + std::to_string(window - 1) + ", less than the window",
                 "windows overlap, so that no id is predicted from nothing"});
  }
  return window;
}

}  // namespace

void check_score(const ModelConfig& config, std::span<const int> ids, const ScoreOptions& options) {
  const std::size_t window = checked_window(config, options);
  if (ids.empty()) {
    throw Error(ErrorCode::kBadValue, {"nothing to score", "no tokens", "at least one token", ""});
  }
  if (options.stride == 0 && ids.size() > window) {
    throw Error(ErrorCode::kCapacity,
                {"the text is longer than the window", std::to_string(ids.size()) + " tokens",
                 "at most " + std::to_string(window), "give a stride to score it in windows"});
  }
  for (std::size_t i = 0; i < ids.size(); i += window) {  // every id must be a token
    check_generate(config, ids.subspan(i, std::min(window, ids.size() - i)), {});
  }
}

//! [10-windows]
std::vector<ScoreWindow> score_windows(std::size_t n, std::size_t window, std::size_t stride) {
  CHECK_GE(n, std::size_t{1});
  CHECK_GE(stride, std::size_t{1});
  CHECK_LT(stride, window);
  std::vector<ScoreWindow> windows;
  // BEGIN SOLUTION 10.3
  std::size_t predicted = 1;  // ids before this one need no prediction any more
  for (std::size_t begin = 0; windows.empty() || predicted < n; begin += stride) {
    const std::size_t end = std::min(begin + window, n);
    windows.push_back({begin, predicted, end});
    predicted = end;
  }
  // END SOLUTION
  return windows;
}
//! [10-windows]

//! [10-predictions]
void for_each_prediction(const Model& model, KvCache& cache, std::span<const int> ids,
                         std::size_t first, std::size_t chunk,
                         const std::function<void(std::size_t i, std::span<const float>)>& row) {
  CHECK_GE(first, std::size_t{1});
  CHECK_GE(chunk, std::size_t{1});
  // BEGIN SOLUTION 10.4
  const std::size_t vocab = model.config.vocab;
  for (std::size_t begin = 0; begin + 1 < ids.size(); begin += chunk) {
    const std::size_t end = std::min(begin + chunk, ids.size() - 1);
    std::vector<ForwardRow> rows;
    for (std::size_t i = begin; i < end; ++i) {
      rows.push_back({ids[i], cache.length() + i - begin, &cache, i + 1 >= first});
    }
    const std::vector<float> logits = forward_cached(model, rows);  // [n_wanted, vocab]
    const std::size_t n_wanted = logits.size() / vocab;
    for (std::size_t r = 0; r < n_wanted; ++r) {  // row i predicts id i + 1
      row(end + 1 - n_wanted + r, std::span(logits).subspan(r * vocab, vocab));
    }
  }
  // END SOLUTION
}
//! [10-predictions]

//! [10-perplexity]
double TextScore::mean_nll() const {
  return sum_nll / static_cast<double>(predicted);
}

double TextScore::perplexity() const {
  return math::exp(mean_nll());
}
//! [10-perplexity]

//! [10-score-text]
TextScore score_text(const Model& model, std::span<const int> ids, const ScoreOptions& options) {
  check_score(model.config, ids, options);
  TextScore text;
  const std::size_t size = checked_window(model.config, options);
  const std::size_t stride = std::max<std::size_t>(options.stride, 1);
  for (const ScoreWindow& window : score_windows(ids.size(), size, stride)) {
    const std::span<const int> part = ids.subspan(window.begin, window.end - window.begin);
    KvCache cache(model);
    const auto predict = [&](std::size_t i, std::span<const float> logits) {
      const TokenScore score = score_token(logits, part[i], options.top);
      text.sum_nll -= score.log_prob;
      text.predicted += 1;
      if (options.on_score) options.on_score(score);
    };
    for_each_prediction(model, cache, part, window.first - window.begin, options.chunk, predict);
    text.evaluated += part.size() - 1;
  }
  return text;
}
//! [10-score-text]

}  // namespace tokenwalk
