#include "chapters/03_nucleus_sampling/nucleus_fast.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <optional>
#include <utility>

#include "chapters/02_softmax_temperature/draw.h"
#include "chapters/02_softmax_temperature/softmax.h"
#include "chapters/03_nucleus_sampling/likeliest_fast.h"
#include "chapters/03_nucleus_sampling/shortlist.h"
#include "lib/base/check.h"
#include "lib/base/lanes.h"
#include "lib/base/math.h"
#include "lib/kernels/sampler_scan.h"

namespace tokenwalk {
namespace {

constexpr double kLowest = std::numeric_limits<double>::lowest();

// The vocabulary's logits, and what one look at all of them has shown.
template <typename Logit>
struct Vocabulary {
  std::span<const Logit> logits;
  std::vector<float> maxima;  // of blocks of kMaximaBlock; none for logits in double
  double max = 0;
};

// Throws what check_logits throws.
Vocabulary<float> look_at(std::span<const float> logits) {
  Vocabulary<float> v{logits, std::vector<float>(n_maxima(logits.size())), 0};
  const bool fine = block_maxima(logits, v.maxima);
  const float none = -std::numeric_limits<float>::infinity();
  const float max = logits.empty() ? none : *std::max_element(v.maxima.begin(), v.maxima.end());
  if (!fine || max == none) check_logits(logits);
  v.max = max;
  return v;
}

Vocabulary<double> look_at(std::span<const double> logits) {
  return {logits, {}, *std::max_element(logits.begin(), logits.end())};
}

// The lowest id of the largest logit.
int best_id(const Vocabulary<float>& v) {
  const auto block = std::max_element(v.maxima.begin(), v.maxima.end()) - v.maxima.begin();
  const auto begin = v.logits.begin() + block * static_cast<std::ptrdiff_t>(kMaximaBlock);
  const auto best = std::find(begin, v.logits.end(), static_cast<float>(v.max));
  return static_cast<int>(best - v.logits.begin());
}

int best_id(const Vocabulary<double>& v) {
  const auto best = std::find(v.logits.begin(), v.logits.end(), v.max);
  return static_cast<int>(best - v.logits.begin());
}

// A logit that at least k ids reach, or the lowest if that is not known.
template <typename Logit>
double reached_by(const Vocabulary<Logit>& v, int k) {
  const auto place = static_cast<std::size_t>(k) - 1;
  if (place >= v.maxima.size()) return kLowest;
  std::vector<float> maxima = v.maxima;
  const auto kth = maxima.begin() + static_cast<std::ptrdiff_t>(place);
  std::nth_element(maxima.begin(), kth, maxima.end(), std::greater<>());
  return *kth;
}

// Slightly below that: what does not reach it is less likely by more than rounding.
template <typename Logit>
double bound_of_top_k(const Vocabulary<Logit>& v, const SamplingOptions& options) {
  constexpr double kSlightly = 1e-6;
  return std::max(reached_by(v, options.top_k) - kSlightly * options.temperature, kLowest);
}

bool cuts_nothing(const SamplingOptions& options) {
  return options.top_k == 0 && options.top_p == 1 && options.min_p == 0;
}

// How far below the best logit, in units of the temperature, a cut is likely to reach: by min-p,
// exactly that far; by top-p, farther the more it keeps (found by trying normal logits).
double likely_reach(const SamplingOptions& options) {
  constexpr double kSlightly = 1e-6, kUsual = 6.7;
  if (options.top_p == 1) return kSlightly - math::log(options.min_p);
  return kUsual - math::log(1 - options.top_p);
}

// Bounds to try: ids below them are not collected.
template <typename Logit>
std::vector<double> bounds_for(const Vocabulary<Logit>& v, const SamplingOptions& options) {
  if (cuts_nothing(options)) return {kLowest};
  if (options.top_k > 0) return {bound_of_top_k(v, options), kLowest};
  const double reach = likely_reach(options) * options.temperature;
  return {std::max(v.max - reach, kLowest), std::max(v.max - 2 * reach, kLowest), kLowest};
}

// The softmax of the whole vocabulary: its sum, and the terms of the ids that reach the bound.
struct Terms {
  std::span<const int> ids;
  std::span<double> values;
  double sum = 0;
};

// They stand in memory that this thread keeps, until its next scan.
template <typename Logit>
Terms scan_terms(const Vocabulary<Logit>& v, double temperature, double bound) {
  thread_local std::vector<int> ids;
  thread_local std::vector<double> values;
  const std::size_t room = v.logits.size() + kScanSlack;
  if (ids.size() < room) ids.resize(room);
  if (values.size() < room) values.resize(room);
  double lanes[kLanes];
  const std::size_t n = scan_softmax(v.logits, v.max, temperature, bound, lanes, ids, values);
  return {std::span(ids).first(n), std::span(values).first(n), tree_sum(lanes)};
}

// One term, as the scan computes it.
double term_of(double logit, double max, double temperature) {
  return math::exp((logit - max) / temperature);
}

template <typename Logit>
Shortlist make_shortlist(const Vocabulary<Logit>& v, const SamplingOptions& options, double bound) {
  const Terms terms = scan_terms(v, options.temperature, bound);
  std::vector<Shortlist::Entry> by_id(terms.ids.size());
  for (std::size_t i = 0; i < by_id.size(); ++i) {
    by_id[i] = {terms.ids[i], terms.values[i] / terms.sum};
  }
  // exp rounds, so a smaller logit might have a term larger by a few units in the last place.
  constexpr double kRounding = 1 + 1e-12;
  const double sure =
      bound == kLowest ? -1 : term_of(bound, v.max, options.temperature) / terms.sum * kRounding;
  return Shortlist(std::move(by_id), sure, options);
}

// What all cuts leave.
template <typename Logit>
Shortlist cut_shortlist(const Vocabulary<Logit>& v, const SamplingOptions& options) {
  for (const double bound : bounds_for(v, options)) {
    Shortlist list = make_shortlist(v, options, bound);
    if (list.cut(options)) return list;
  }
  CHECK(false);  // not reached: the last list is complete
  return Shortlist({}, -1, options);
}

// A draw from all ids: masked ones have weight 0.
template <typename Logit>
int draw_from_all(const Vocabulary<Logit>& v, double temperature, double u) {
  const Terms terms = scan_terms(v, temperature, kLowest);
  for (double& value : terms.values) value /= terms.sum;
  return terms.ids[static_cast<std::size_t>(draw(terms.values, u))];
}

int draw_from(const Shortlist& list, double u) {
  std::vector<double> weights;
  for (const Shortlist::Entry& e : list.by_id()) weights.push_back(e.prob);
  return list.by_id()[static_cast<std::size_t>(draw(weights, u))].id;
}

// The ids that top-k or min-p may keep, without a look at blocks that have none. Nothing where they
// are many.
std::optional<Likeliest> likeliest_by_blocks(const Vocabulary<float>& v,
                                             const SamplingOptions& options) {
  constexpr std::size_t kMany = 4096;
  const double bound = bounds_for(v, options).front();
  if (bound == kLowest) return {};
  Likeliest likeliest;
  for (std::size_t block = 0; block < v.maxima.size(); ++block) {
    if (v.maxima[block] < bound) continue;
    const std::size_t end = std::min((block + 1) * kMaximaBlock, v.logits.size());
    for (std::size_t id = block * kMaximaBlock; id < end; ++id) {
      if (v.logits[id] < bound) continue;
      const double value = term_of(v.logits[id], v.max, options.temperature);
      likeliest.terms.push_back({static_cast<int>(id), value});
    }
    if (likeliest.terms.size() > kMany) return {};
  }
  return likeliest;
}

// The ids that top-p is likely to keep, and the sum of all others in float, several times as fast
// as in double. Nothing where the ids are many.
std::optional<Likeliest> likeliest_and_rest(const Vocabulary<float>& v,
                                            const SamplingOptions& options) {
  constexpr std::size_t kMany = 16384;
  if (options.temperature < 1e-3 || options.temperature > 1e3) return {};
  thread_local std::vector<int> ids;
  if (ids.size() < v.logits.size()) ids.resize(v.logits.size());
  const float bound = static_cast<float>(bounds_for(v, options).front());
  const float max = static_cast<float>(v.max);
  const SplitLogits split = split_logits(v.logits, max, options.temperature, bound, ids);
  if (split.n_ids > kMany) return {};

  std::vector<float> logits(split.n_ids);
  for (std::size_t i = 0; i < logits.size(); ++i) {
    logits[i] = v.logits[static_cast<std::size_t>(ids[i])];
  }
  const Terms exact =
      scan_terms(Vocabulary<float>{logits, {}, v.max}, options.temperature, kLowest);
  Likeliest likeliest{{}, split.rest, kRestError * split.rest};
  for (std::size_t i = 0; i < logits.size(); ++i) {
    likeliest.terms.push_back({ids[i], exact.values[i]});
  }
  return likeliest;
}

std::optional<int> draw_likeliest(const Vocabulary<float>& v, const SamplingOptions& options,
                                  double u) {
  const bool needs_rest = options.top_k == 0 && options.top_p < 1;
  std::optional<Likeliest> likeliest =
      needs_rest ? likeliest_and_rest(v, options) : likeliest_by_blocks(v, options);
  if (!likeliest) return {};
  return sample_likeliest(std::move(*likeliest), options, u);
}

std::optional<int> draw_likeliest(const Vocabulary<double>&, const SamplingOptions&, double) {
  return {};  // without maxima of blocks there is no bound
}

template <typename Logit>
int sample_default_order(std::span<const Logit> logits, const SamplingOptions& options, double u) {
  const Vocabulary<Logit> v = look_at(logits);
  if (options.temperature == 0) return best_id(v);
  if (cuts_nothing(options)) return draw_from_all(v, options.temperature, u);
  if (const std::optional<int> id = draw_likeliest(v, options, u)) return *id;
  return draw_from(cut_shortlist(v, options), u);
}

template <typename Logit>
Candidates distribution_default_order(std::span<const Logit> logits,
                                      const SamplingOptions& options) {
  const Vocabulary<Logit> v = look_at(logits);
  if (options.temperature == 0) return {{best_id(v), v.max, 1}};
  const Shortlist list = cut_shortlist(v, options);
  Candidates candidates;
  for (const int place : list.ranks()) {
    const Shortlist::Entry& e = list.by_id()[static_cast<std::size_t>(place)];
    const double logit = logits[static_cast<std::size_t>(e.id)];
    candidates.push_back({e.id, (logit - v.max) / options.temperature, e.prob});
  }
  return candidates;
}

}  // namespace

Candidates distribution_fast(std::span<const float> logits, const SamplingOptions& options) {
  if (options.order != SamplingOptions().order) return distribution(logits, options);
  check_sampling_options(options);
  return distribution_default_order(logits, options);
}

int sample_fast(std::span<const float> logits, const SamplingOptions& options, double u) {
  if (options.order != SamplingOptions().order) return sample_plain(logits, options, u);
  check_sampling_options(options);
  return sample_default_order(logits, options, u);
}

Candidates distribution_fast(std::span<const double> logits, const SamplingOptions& options) {
  CHECK(options.order == SamplingOptions().order);
  check_sampling_options(options);
  return distribution_default_order(logits, options);
}

int sample_fast(std::span<const double> logits, const SamplingOptions& options, double u) {
  CHECK(options.order == SamplingOptions().order);
  check_sampling_options(options);
  return sample_default_order(logits, options, u);
}

}  // namespace tokenwalk
