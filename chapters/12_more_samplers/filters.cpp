#include "chapters/12_more_samplers/filters.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>
#include <vector>

#include "lib/base/math.h"

namespace tokenwalk {
namespace {

//! [12-keep-if]
// Brings those to keep to the front; cut_top_k of chapter 03 drops the rest, renormalises and
// sorts. The list is unchanged if all are kept. At least one must be.
template <typename Keep>
Candidates keep_if(Candidates candidates, const Keep& keep) {
  const auto end = std::partition(candidates.begin(), candidates.end(), keep);
  const auto n_kept = static_cast<int>(end - candidates.begin());
  return cut_top_k(std::move(candidates), n_kept);
}
//! [12-keep-if]

double surprise(const Candidate& c) {
  return c.prob > 0 ? -math::log(c.prob) : std::numeric_limits<double>::infinity();
}

double entropy(const Candidates& candidates) {
  double sum = 0;
  for (const Candidate& c : candidates) sum += c.prob > 0 ? c.prob * surprise(c) : 0;
  return sum;
}

}  // namespace

//! [12-typical]
Candidates cut_typical(Candidates candidates, double p) {
  // BEGIN SOLUTION 12.5
  if (p == 1) return candidates;
  const double mean = entropy(candidates);
  struct Typical {
    double distance;
    int id;
    double prob;
  };
  std::vector<Typical> nearest;
  for (const Candidate& c : candidates) {
    nearest.push_back({std::abs(surprise(c) - mean), c.id, c.prob});
  }
  const auto nearer = [](const Typical& a, const Typical& b) {
    return a.distance != b.distance ? a.distance < b.distance : a.id < b.id;
  };
  std::sort(nearest.begin(), nearest.end(), nearer);
  double running = nearest[0].prob;
  std::size_t last = 0;
  while (running < p - kReached && last + 1 < nearest.size()) running += nearest[++last].prob;
  return keep_if(std::move(candidates), [&](const Candidate& c) {
    return !nearer(nearest[last], {std::abs(surprise(c) - mean), c.id, c.prob});
  });
  // END SOLUTION
}
//! [12-typical]

//! [12-top-n-sigma]
Candidates cut_top_n_sigma(Candidates candidates, double n) {
  // BEGIN SOLUTION 12.6
  if (n == 0) return candidates;
  const auto count = static_cast<double>(candidates.size());
  double max = candidates[0].logit, sum = 0, squares = 0;
  for (const Candidate& c : candidates) {
    max = std::max(max, c.logit);
    sum += c.logit;
  }
  for (const Candidate& c : candidates) {
    const double off = c.logit - sum / count;
    squares += off * off;
  }
  const double least = max - n * std::sqrt(squares / count);
  return keep_if(std::move(candidates), [&](const Candidate& c) { return c.logit >= least; });
  // END SOLUTION
}
//! [12-top-n-sigma]

//! [12-xtc]
Candidates cut_xtc(Candidates candidates, double probability, double threshold, double coin) {
  // BEGIN SOLUTION 12.7
  if (coin >= probability) return candidates;
  double least = 1;  // of the top choices; the list is sorted, so the last one seen
  for (const Candidate& c : candidates) {
    if (c.prob >= threshold && c.prob > 0) least = c.prob;
  }
  return keep_if(std::move(candidates), [&](const Candidate& c) { return c.prob <= least; });
  // END SOLUTION
}
//! [12-xtc]

}  // namespace tokenwalk
