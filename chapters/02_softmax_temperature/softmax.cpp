#include "chapters/02_softmax_temperature/softmax.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>

#include "lib/base/error.h"
#include "lib/base/format.h"
#include "lib/base/lanes.h"
#include "lib/base/math.h"

namespace tokenwalk {
namespace {

constexpr double kInf = std::numeric_limits<double>::infinity();

// exp(scaled_i - max) for each i, and their sum.
struct Exponentials {
  std::vector<double> values;
  double sum = 0;
  double max = 0;
};

//! [02-exponentials]
Exponentials exponentials(std::span<const double> scaled) {
  // BEGIN SOLUTION 02.3
  Exponentials e;
  e.max = *std::max_element(scaled.begin(), scaled.end());
  double lane[kLanes] = {};
  for (std::size_t i = 0; i < scaled.size(); ++i) {
    e.values.push_back(math::exp(scaled[i] - e.max));  // the largest becomes exp(0) = 1
    lane[i % kLanes] += e.values[i];
  }
  e.sum = tree_sum(lane);
  return e;
  // END SOLUTION
}
//! [02-exponentials]

// All the mass on one id, as probabilities (1, 0) or their logarithms (0, -inf).
std::vector<double> one_hot(std::size_t n, int id, double hit, double miss) {
  std::vector<double> result(n, miss);
  result[static_cast<std::size_t>(id)] = hit;
  return result;
}

}  // namespace

void check_logits(std::span<const float> logits) {
  bool finite = false;
  for (std::size_t id = 0; id < logits.size(); ++id) {
    const float logit = logits[id];
    if (std::isnan(logit) || logit == std::numeric_limits<float>::infinity()) {
      throw Error(ErrorCode::kBadValue,
                  {"a logit cannot be sampled from",
                   std::string(std::isnan(logit) ? "NaN" : "+inf") + " at id " + std::to_string(id),
                   "finite logits, or -inf for a masked id", ""});
    }
    finite = finite || std::isfinite(logit);
  }
  if (!finite) {
    throw Error(ErrorCode::kBadValue,
                {"no id is left to sample from", logits.empty() ? "no logits" : "-inf for every id",
                 "at least one finite logit", ""});
  }
}

void check_temperature(double temperature) {
  if (temperature >= 0 && temperature < kInf) return;
  throw Error(ErrorCode::kBadValue, {"bad temperature", format_number(temperature),
                                     "a number of at least 0", "0 is greedy, 1 changes nothing"});
}

//! [02-argmax]
int argmax(std::span<const float> logits) {
  // BEGIN SOLUTION 02.1
  std::size_t best = 0;
  for (std::size_t i = 1; i < logits.size(); ++i) {
    if (logits[i] > logits[best]) best = i;  // strictly: the lowest index wins a tie
  }
  return static_cast<int>(best);
  // END SOLUTION
}
//! [02-argmax]

//! [02-scale]
std::vector<double> scale_logits(std::span<const float> logits, double temperature) {
  // BEGIN SOLUTION 02.2
  const double max = *std::max_element(logits.begin(), logits.end());
  std::vector<double> scaled;
  for (const float logit : logits) scaled.push_back((logit - max) / temperature);
  return scaled;
  // END SOLUTION
}
//! [02-scale]

//! [02-softmax]
std::vector<double> softmax_scaled(std::span<const double> scaled) {
  // BEGIN SOLUTION 02.4
  Exponentials e = exponentials(scaled);
  for (double& value : e.values) value /= e.sum;
  return e.values;
  // END SOLUTION
}
//! [02-softmax]

//! [02-log-softmax]
std::vector<double> log_softmax_scaled(std::span<const double> scaled) {
  // BEGIN SOLUTION 02.5
  const Exponentials e = exponentials(scaled);
  const double log_sum = math::log(e.sum);
  std::vector<double> result;
  for (const double z : scaled) result.push_back((z - e.max) - log_sum);
  return result;
  // END SOLUTION
}
//! [02-log-softmax]

std::vector<double> softmax(std::span<const float> logits, double temperature) {
  check_logits(logits);
  check_temperature(temperature);
  if (temperature == 0) return one_hot(logits.size(), argmax(logits), 1, 0);
  return softmax_scaled(scale_logits(logits, temperature));
}

std::vector<double> log_softmax(std::span<const float> logits, double temperature) {
  check_logits(logits);
  check_temperature(temperature);
  if (temperature == 0) return one_hot(logits.size(), argmax(logits), 0, -kInf);
  return log_softmax_scaled(scale_logits(logits, temperature));
}

//! [02-overflow]
std::vector<float> softmax_overflowing(std::span<const float> logits) {
  std::vector<float> probs;
  float sum = 0;
  for (const float logit : logits) {
    probs.push_back(math::exp(logit));  // exp(89) is beyond the largest float
    sum += probs.back();
  }
  for (float& p : probs) p /= sum;  // inf / inf is NaN
  return probs;
}
//! [02-overflow]

}  // namespace tokenwalk
