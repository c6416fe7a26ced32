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

/// The ids of those that reach a bound, and what the softmax's sum has of the others.
struct SplitLogits {
  std::size_t n_ids = 0;
  double rest = 0;  ///< off by less than kRestError times itself
};

/// ids gets those with logits[i] >= bound, ascending; rest is the sum of the terms of scan_softmax
/// of all others, in float. ids: at least logits.size() places. max: the largest logit, finite.
/// temperature: from 1e-3 to 1e3.
SplitLogits split_logits(std::span<const float> logits, float max, double temperature, float bound,
                         std::span<int> ids);

/// Of a term e^x, x = (logit - max) / temperature: x is rounded three times in float, each time by
/// at most 2^-24 |x|; e^x and the sum of a block add less than 2^-19 of it. Terms below e^-32 are
/// off by more, a million of them by less than 1e-12, where the largest logit counts 1.
inline constexpr double kRestError = 8e-6;

}  // namespace tokenwalk
