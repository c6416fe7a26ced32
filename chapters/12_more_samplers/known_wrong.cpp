#include "chapters/12_more_samplers/known_wrong.h"

#include <algorithm>
#include <utility>

#include "chapters/12_more_samplers/dry.h"
#include "chapters/12_more_samplers/shaping.h"

namespace tokenwalk {

//! [12-wrong-dividing]
void penalise_dividing(std::span<double> logits, std::span<const int> history,
                       const PenaltyOptions& options) {
  for (const int id : last_ids(history, options.last_n)) logit_of(logits, id) /= options.repetition;
}
//! [12-wrong-dividing]

//! [12-wrong-across]
void apply_dry_across_breakers(std::span<double> logits, std::span<const int> history,
                               const DryOptions& options) {
  DryOptions without = options;
  without.breakers.clear();
  apply_dry(logits, history, without);
}
//! [12-wrong-across]

//! [12-wrong-xtc]
Candidates cut_xtc_all(Candidates candidates, double probability, double threshold, double coin) {
  if (coin >= probability) return candidates;
  std::reverse(candidates.begin(), candidates.end());
  std::size_t below = 0;
  while (below < candidates.size() && candidates[below].prob < threshold) ++below;
  return cut_top_k(std::move(candidates), static_cast<int>(std::max<std::size_t>(below, 1)));
}
//! [12-wrong-xtc]

}  // namespace tokenwalk
