#pragma once

#include <cstddef>
#include <span>

namespace tokenwalk {

// What a sampler asks of a whole vocabulary, by the widest instructions of this machine. Results
// are the same on every machine, to the bit.

/// Numbers that block_maxima takes together.
inline constexpr std::size_t kMaximaBlock = 256;

/// How many maxima n numbers have.
constexpr std::size_t n_maxima(std::size_t n) {
  return (n + kMaximaBlock - 1) / kMaximaBlock;
}

/// The largest of each kMaximaBlock numbers of x, [n_maxima(x.size())].
/// False if one of all numbers is NaN or +inf; maxima then hold anything.
bool block_maxima(std::span<const float> x, std::span<float> maxima);

/// Places that a scan may write behind the last one it collects.
inline constexpr std::size_t kScanSlack = 16;

/// The terms e_i = math::exp((logits[i] - max) / temperature) of a softmax: lanes [16] get their
/// sums by index (lib/base/lanes.h), ids and terms those with logits[i] >= bound, ascending ids.
/// Returns how many these are. ids and terms: at least logits.size() + kScanSlack places.
/// max: the largest logit, finite; temperature above 0. -inf counts 0.
std::size_t scan_softmax(std::span<const float> logits, double max, double temperature,
                         double bound, std::span<double> lanes, std::span<int> ids,
                         std::span<double> terms);
std::size_t scan_softmax(std::span<const double> logits, double max, double temperature,
                         double bound, std::span<double> lanes, std::span<int> ids,
                         std::span<double> terms);

}  // namespace tokenwalk
