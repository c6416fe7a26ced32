#include "tests/unit/sampling_oracle.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "tests/unit/oracle_steps.h"

namespace tokenwalk::oracle {
namespace {

// exp of a gap above the first is a normal double, of one below the second it is 0 even before the
// division by the sum; in between the rounding of double decides.
constexpr long double kSurelyNormal = -690, kSurelyZero = -770;

}  // namespace

void make_probs(Entries& entries, bool& clear) {
  long double max = entries[0].logit, sum = 0;
  for (const Entry& e : entries) max = std::max(max, e.logit);
  for (Entry& e : entries) {
    const long double gap = e.logit - max;
    clear = clear && (gap > kSurelyNormal || gap < kSurelyZero);
    e.prob = gap < kSurelyZero ? 0 : std::exp(gap);
    sum += e.prob;
  }
  for (Entry& e : entries) e.prob /= sum;
  std::sort(entries.begin(), entries.end(), [](const Entry& a, const Entry& b) {
    if ((a.prob > 0 || b.prob > 0) && a.logit != b.logit) return a.logit > b.logit;
    return a.id < b.id;
  });
}

void keep(Entries& entries, std::size_t n) {
  entries.resize(n);
  long double sum = 0;
  for (const Entry& e : entries) sum += e.prob;
  for (Entry& e : entries) e.prob /= sum;
}

void heat(Entries& entries, double temperature, bool& clear) {
  if (temperature == 0) return keep(entries, 1);
  for (Entry& e : entries) e.logit /= temperature;
  make_probs(entries, clear);
}

bool close_but_different(const Entry& a, const Entry& b) {
  return a.prob > 0 && a.logit != b.logit && std::abs(a.logit - b.logit) < kDoubt;
}

void cut_k(Entries& entries, int k, bool& clear) {
  const auto n = static_cast<std::size_t>(k);
  if (k == 0 || n >= entries.size()) return;
  clear = clear && !close_but_different(entries[n - 1], entries[n]);
  keep(entries, n);
}

void cut_p(Entries& entries, double p, bool& clear) {
  if (p == 1) return;
  const long double enough = static_cast<long double>(p) - 1e-6L;
  long double running = 0;
  std::size_t n = 0;
  while (n < entries.size()) {
    running += entries[n++].prob;
    clear = clear && std::abs(running - enough) > kDoubt;
    if (running >= enough) break;
  }
  clear = clear && (n == entries.size() || !close_but_different(entries[n - 1], entries[n]));
  keep(entries, n);
}

void cut_min(Entries& entries, double min_p, bool& clear) {
  if (min_p == 0) return;
  std::size_t n = 1;
  while (n < entries.size() && entries[n].prob >= min_p * entries[0].prob) ++n;
  for (const Entry& e : entries) {
    const long double ratio = e.prob / (min_p * entries[0].prob);
    const bool equal_to_best = e.logit == entries[0].logit;  // exactly equal in double too
    clear = clear && (equal_to_best || std::abs(ratio - 1) > kDoubt);
  }
  keep(entries, n);
}

}  // namespace tokenwalk::oracle

namespace tokenwalk {

OracleDistribution oracle_distribution(std::span<const float> logits,
                                       const SamplingOptions& options) {
  using namespace oracle;
  Entries entries;
  for (std::size_t id = 0; id < logits.size(); ++id) {
    if (std::isfinite(logits[id])) entries.push_back({static_cast<int>(id), logits[id], 0});
  }
  OracleDistribution result;
  make_probs(entries, result.clear);
  for (const SamplingStep step : options.order) {
    if (step == SamplingStep::kTemperature) heat(entries, options.temperature, result.clear);
    if (step == SamplingStep::kTopK) cut_k(entries, options.top_k, result.clear);
    if (step == SamplingStep::kTopP) cut_p(entries, options.top_p, result.clear);
    if (step == SamplingStep::kMinP) cut_min(entries, options.min_p, result.clear);
  }
  for (const Entry& e : entries) {
    result.ids.push_back(e.id);
    result.probs.push_back(e.prob);
  }
  return result;
}

std::vector<float> random_logits(Dice& dice, std::size_t n) {
  const double spread = dice.chance(0.1) ? dice.real(100, 1000) : dice.real(0, 20);
  const bool coarse = dice.chance(0.5);  // many ties
  const double masked = dice.chance(0.5) ? dice.uniform() : 0;
  std::vector<float> logits;
  for (std::size_t i = 0; i < n; ++i) {
    double logit = dice.real(-spread, spread);
    if (coarse) logit = std::floor(logit);
    if (dice.chance(masked)) logit = -std::numeric_limits<double>::infinity();
    logits.push_back(static_cast<float>(logit));
  }
  float& one = logits[dice.below(n)];  // something must be left
  if (!std::isfinite(one)) one = static_cast<float>(std::floor(dice.real(-spread, spread)));
  return logits;
}

SamplingOptions random_options(Dice& dice, std::size_t vocab) {
  SamplingOptions options;
  const double temperatures[] = {0, 0.1, 0.7, 1, 1.5, dice.real(0.01, 5), 1e-300, 1e300};
  options.temperature = temperatures[dice.below(8)];
  const std::size_t ks[] = {0, 0, 1, 2, dice.below(80), dice.below(vocab + 3), vocab, 1000000000};
  options.top_k = static_cast<int>(ks[dice.below(8)]);
  const double ps[] = {0, 1, 1, 0.5, 0.9, dice.uniform(), 1 - 1e-7, 1e-9};
  options.top_p = ps[dice.below(8)];
  const double mins[] = {0, 0, 0, 1, 0.05, dice.uniform(), 1e-9};
  options.min_p = mins[dice.below(7)];
  return options;
}

}  // namespace tokenwalk
