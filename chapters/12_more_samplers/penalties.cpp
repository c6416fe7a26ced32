#include "chapters/12_more_samplers/penalties.h"

#include <map>

#include "chapters/12_more_samplers/shaping.h"

namespace tokenwalk {

//! [12-penalise]
void penalise(std::span<double> logits, std::span<const int> history,
              const PenaltyOptions& options) {
  // BEGIN SOLUTION 12.1
  std::map<int, int> counts;
  for (const int id : last_ids(history, options.last_n)) ++counts[id];
  for (const auto& [id, count] : counts) {
    double& logit = logit_of(logits, id);
    if (logit == kMasked) continue;
    const double r = options.repetition;
    logit = bounded(logit > 0 ? logit / r : logit * r);  // down in both cases
    logit = bounded(logit - (count * options.frequency + options.presence));
  }
  // END SOLUTION
}
//! [12-penalise]

}  // namespace tokenwalk
