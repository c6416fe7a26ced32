#include "chapters/03_nucleus_sampling/nucleus.h"

#include <algorithm>
#include <limits>
#include <utility>

#include "chapters/02_softmax_temperature/draw.h"
#include "chapters/02_softmax_temperature/softmax.h"
#include "chapters/03_nucleus_sampling/nucleus_fast.h"
#include "lib/base/check.h"
#include "lib/base/error.h"
#include "lib/base/format.h"
#include "lib/base/lanes.h"
#include "lib/base/math.h"

namespace tokenwalk {
namespace {

bool lower_id(const Candidate& a, const Candidate& b) {
  return a.id < b.id;
}

//! [03-renormalise]
// Divides the probabilities by their sum and sorts, most likely first. The sum goes over ascending
// ids in 16 lanes, as in softmax: a sum in another order could differ in its last bit.
void renormalise(Candidates& candidates) {
  std::sort(candidates.begin(), candidates.end(), lower_id);
  double lane[kLanes] = {};
  for (const Candidate& c : candidates) lane[static_cast<std::size_t>(c.id) % kLanes] += c.prob;
  const double sum = tree_sum(lane);
  for (Candidate& c : candidates) c.prob /= sum;
  std::sort(candidates.begin(), candidates.end(), more_likely);
}
//! [03-renormalise]

void check_fraction(const char* name, double value, const char* hint) {
  if (value >= 0 && value <= 1) return;
  throw Error(ErrorCode::kBadValue,
              {std::string("bad ") + name, format_number(value), "a number from 0 to 1", hint});
}

}  // namespace

void check_sampling_options(const SamplingOptions& options) {
  check_temperature(options.temperature);
  check_fraction("top_p", options.top_p, "1 switches it off");
  check_fraction("min_p", options.min_p, "0 switches it off");
  if (options.top_k < 0) {
    throw Error(ErrorCode::kBadValue, {"bad top_k", std::to_string(options.top_k),
                                       "a whole number of at least 0", "0 switches it off"});
  }
}

bool more_likely(const Candidate& a, const Candidate& b) {
  if (a.prob != b.prob) return a.prob > b.prob;
  return a.id < b.id;
}

Candidates make_candidates(std::span<const float> logits) {
  const std::vector<double> probs = softmax(logits);
  Candidates candidates;
  for (std::size_t id = 0; id < logits.size(); ++id) {
    const bool masked = logits[id] == -std::numeric_limits<float>::infinity();
    if (!masked) candidates.push_back({static_cast<int>(id), logits[id], probs[id]});
  }
  std::sort(candidates.begin(), candidates.end(), more_likely);
  return candidates;
}

//! [03-temperature]
Candidates apply_temperature(Candidates candidates, double temperature) {
  // BEGIN SOLUTION 03.1
  if (temperature == 0) {
    Candidate best = candidates[0];
    for (const Candidate& c : candidates) {
      if (c.logit > best.logit || (c.logit == best.logit && c.id < best.id)) best = c;
    }
    best.prob = 1;
    return {best};
  }
  double max = candidates[0].logit;
  for (const Candidate& c : candidates) max = std::max(max, c.logit);
  for (Candidate& c : candidates) {
    c.logit = (c.logit - max) / temperature;
    c.prob = math::exp(c.logit);
  }
  renormalise(candidates);
  return candidates;
  // END SOLUTION
}
//! [03-temperature]

//! [03-top-k]
Candidates cut_top_k(Candidates candidates, int k) {
  // BEGIN SOLUTION 03.2
  const auto n = static_cast<std::size_t>(k);
  if (k == 0 || n >= candidates.size()) return candidates;
  candidates.resize(n);
  renormalise(candidates);
  return candidates;
  // END SOLUTION
}
//! [03-top-k]

//! [03-nucleus]
Candidates cut_nucleus(Candidates candidates, double p) {
  // BEGIN SOLUTION 03.3
  if (p == 1) return candidates;
  double running = 0;
  std::size_t kept = 0;
  do {
    running += candidates[kept].prob;
    ++kept;  // the token that crosses p belongs to the set
  } while (running < p - kReached && kept < candidates.size());
  candidates.resize(kept);
  renormalise(candidates);
  return candidates;
  // END SOLUTION
}
//! [03-nucleus]

//! [03-min-p]
Candidates cut_min_p(Candidates candidates, double min_p) {
  // BEGIN SOLUTION 03.4
  if (min_p == 0) return candidates;
  const double least = min_p * candidates[0].prob;
  std::size_t kept = 1;
  while (kept < candidates.size() && candidates[kept].prob >= least) ++kept;
  candidates.resize(kept);
  renormalise(candidates);
  return candidates;
  // END SOLUTION
}
//! [03-min-p]

//! [03-distribution]
Candidates distribution(std::span<const float> logits, const SamplingOptions& options) {
  check_sampling_options(options);
  Candidates candidates = make_candidates(logits);
  for (const SamplingStep step : options.order) {
    switch (step) {
      case SamplingStep::kTemperature:
        candidates = apply_temperature(std::move(candidates), options.temperature);
        break;
      case SamplingStep::kTopK:
        candidates = cut_top_k(std::move(candidates), options.top_k);
        break;
      case SamplingStep::kTopP:
        candidates = cut_nucleus(std::move(candidates), options.top_p);
        break;
      case SamplingStep::kMinP:
        candidates = cut_min_p(std::move(candidates), options.min_p);
        break;
    }
  }
  return candidates;
}
//! [03-distribution]

//! [03-draw]
int draw_candidate(Candidates candidates, double u) {
  // BEGIN SOLUTION 03.5
  std::sort(candidates.begin(), candidates.end(), lower_id);
  std::vector<double> weights;
  for (const Candidate& c : candidates) weights.push_back(c.prob);
  return candidates[static_cast<std::size_t>(draw(weights, u))].id;
  // END SOLUTION
}
//! [03-draw]

int sample_plain(std::span<const float> logits, const SamplingOptions& options, double u) {
  return draw_candidate(distribution(logits, options), u);
}

int sample(std::span<const float> logits, const SamplingOptions& options, double u) {
  return sample_fast(logits, options, u);
}

// ---- known to be wrong -----------------------------------------------------------------------

Candidates cut_nucleus_without_crossing(Candidates candidates, double p) {
  double running = 0;
  std::size_t kept = 0;
  while (kept < candidates.size() && running + candidates[kept].prob <= p) {
    running += candidates[kept++].prob;
  }
  candidates.resize(std::max<std::size_t>(kept, 1));
  renormalise(candidates);
  return candidates;
}

Candidates cut_nucleus_without_renormalising(Candidates candidates, double p) {
  const Candidates kept = cut_nucleus(candidates, p);
  candidates.resize(kept.size());
  return candidates;
}

Candidates temperature_after_exp(Candidates candidates, double temperature) {
  for (Candidate& c : candidates) c.prob /= temperature;
  renormalise(candidates);  // divides the temperature out again
  return candidates;
}

}  // namespace tokenwalk
