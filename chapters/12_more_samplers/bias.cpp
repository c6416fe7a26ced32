#include "chapters/12_more_samplers/bias.h"

#include <algorithm>

#include "chapters/12_more_samplers/shaping.h"

namespace tokenwalk {

//! [12-add-bias]
void add_bias(std::span<double> logits, const std::map<int, double>& bias) {
  for (const auto& [id, value] : bias) {
    double& logit = logit_of(logits, id);
    if (logit == kMasked) continue;
    logit = value == kMasked ? kMasked : bounded(logit + value);
  }
}
//! [12-add-bias]

//! [12-allow-only]
void allow_only(std::span<double> logits, std::span<const int> allowed) {
  std::vector<double> masked(logits.size(), kMasked);
  for (const int id : allowed) logit_of(masked, id) = logit_of(logits, id);
  std::copy(masked.begin(), masked.end(), logits.begin());
}
//! [12-allow-only]

//! [12-ban-sequences]
void ban_sequences(std::span<double> logits, std::span<const int> history,
                   std::span<const std::vector<int>> sequences) {
  // BEGIN SOLUTION 12.2
  for (const std::vector<int>& sequence : sequences) {
    const std::size_t n_before = sequence.size() - 1;
    if (n_before > history.size()) continue;
    const std::span<const int> end = history.last(n_before);
    if (std::equal(end.begin(), end.end(), sequence.begin())) {
      logit_of(logits, sequence.back()) = kMasked;
    }
  }
  // END SOLUTION
}
//! [12-ban-sequences]

//! [12-ban-ngrams]
void ban_repeated_ngrams(std::span<double> logits, std::span<const int> history, int n) {
  // BEGIN SOLUTION 12.3
  if (n == 0 || history.size() < static_cast<std::size_t>(n)) return;
  const std::size_t n_before = static_cast<std::size_t>(n) - 1;
  const std::span<const int> end = history.last(n_before);
  for (std::size_t i = 0; i + n_before < history.size(); ++i) {
    const bool again = std::equal(end.begin(), end.end(), history.begin() + i);
    if (again) logit_of(logits, history[i + n_before]) = kMasked;
  }
  // END SOLUTION
}
//! [12-ban-ngrams]

//! [12-ban-ends]
void ban_ends(std::span<double> logits, const History& history, int least) {
  if (history.n_new >= static_cast<std::size_t>(least)) return;
  for (const int id : history.end_ids) logit_of(logits, id) = kMasked;
}
//! [12-ban-ends]

void apply_bias(std::span<double> logits, const History& history, const BiasOptions& options) {
  add_bias(logits, options.logit_bias);
  if (options.allowed) allow_only(logits, *options.allowed);
  ban_sequences(logits, history.ids, options.banned);
  ban_repeated_ngrams(logits, history.ids, options.no_repeat_ngram);
  ban_ends(logits, history, options.min_new_tokens);
}

}  // namespace tokenwalk
