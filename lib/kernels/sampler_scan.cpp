#include "lib/kernels/sampler_scan.h"

#include "lib/base/check.h"
#include "lib/base/lanes.h"
#include "lib/kernels/packed/packed_set.h"

namespace tokenwalk {
namespace {

static_assert(kMaximaBlock == kBlockOfMaxima);

const PackedOps& widest() {
  static const PackedOps& ops = *packed_targets().back();
  return ops;
}

template <typename Logit>
Scan<Logit> make_scan(std::span<const Logit> logits, double max, double temperature, double bound,
                      std::span<double> lanes, std::span<int> ids, std::span<double> terms) {
  CHECK_EQ(lanes.size(), kLanes);
  CHECK_GE(ids.size(), logits.size() + kScanSlack);
  CHECK_GE(terms.size(), logits.size() + kScanSlack);
  return {logits.data(), logits.size(), max,        temperature,
          bound,         lanes.data(),  ids.data(), terms.data()};
}

}  // namespace

bool block_maxima(std::span<const float> x, std::span<float> maxima) {
  CHECK_EQ(maxima.size(), n_maxima(x.size()));
  return widest().block_maxima(x.data(), x.size(), maxima.data());
}

std::size_t scan_softmax(std::span<const float> logits, double max, double temperature,
                         double bound, std::span<double> lanes, std::span<int> ids,
                         std::span<double> terms) {
  const auto scan = make_scan(logits, max, temperature, bound, lanes, ids, terms);
  return widest().scan_floats(&scan);
}

std::size_t scan_softmax(std::span<const double> logits, double max, double temperature,
                         double bound, std::span<double> lanes, std::span<int> ids,
                         std::span<double> terms) {
  const auto scan = make_scan(logits, max, temperature, bound, lanes, ids, terms);
  return widest().scan_doubles(&scan);
}

SplitLogits split_logits(std::span<const float> logits, float max, double temperature, float bound,
                         std::span<int> ids) {
  CHECK_GE(ids.size(), logits.size());
  CHECK(temperature >= 1e-3 && temperature <= 1e3);
  Split split = {logits.data(), logits.size(), max, static_cast<float>(1 / temperature),
                 bound,         ids.data(),    0};
  const std::size_t n_ids = widest().split(&split);
  return {n_ids, split.rest};
}

}  // namespace tokenwalk
