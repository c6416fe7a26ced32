#pragma once

#include <cstdio>
#include <functional>
#include <string>
#include <vector>

#include "chapters/03_nucleus_sampling/nucleus.h"
#include "lib/base/math.h"

namespace tokenwalk {

/// A step with its setting, as the checks take it.
using Cut = std::function<Candidates(Candidates, double)>;
using Ids = std::vector<int>;

/// Candidates with these probabilities, most likely first, and these ids, or 0, 1, 2 ...
inline Candidates ranked(const std::vector<double>& probs, const Ids& ids = {}) {
  Candidates candidates;
  for (std::size_t i = 0; i < probs.size(); ++i) {
    const int id = ids.empty() ? static_cast<int>(i) : ids[i];
    candidates.push_back({id, math::log(probs[i]), probs[i]});
  }
  return candidates;
}

inline std::string show(const Candidates& candidates) {
  std::string text = "{";
  for (const Candidate& c : candidates) {
    char entry[64];
    std::snprintf(entry, sizeof(entry), "%sid %d: %.9g", text.size() > 1 ? ", " : "", c.id, c.prob);
    text += entry;
  }
  return text + "}";
}

inline Ids ids_of(const Candidates& candidates) {
  Ids ids;
  for (const Candidate& c : candidates) ids.push_back(c.id);
  return ids;
}

}  // namespace tokenwalk
