#pragma once

#include <span>
#include <vector>

namespace tokenwalk {

/// Throws Error(kBadValue) unless the logits can be sampled from: at least one, no NaN, no +inf
/// (the message names the id), not all -inf. -inf alone is fine: it masks its id.
void check_logits(std::span<const float> logits);

/// Throws Error(kBadValue) unless 0 <= temperature < inf.
void check_temperature(double temperature);

/// Index of the largest logit; the lowest index among equal ones.
/// logits: [vocab], checked by check_logits.
int argmax(std::span<const float> logits);

/// (logit - max) / temperature in double, [vocab]; temperature > 0. Softmax does not change
/// when every logit is shifted by the same amount; with the largest at 0 no temperature overflows.
std::vector<double> scale_logits(std::span<const float> logits, double temperature);

/// exp(scaled_i - max) / sum over j of exp(scaled_j - max), [vocab], sums to 1.
/// -inf gives exactly 0. The sum runs in 16 lanes by id (lib/base/lanes.h), so that every machine
/// rounds alike. scaled must hold a finite number and neither NaN nor +inf.
std::vector<double> softmax_scaled(std::span<const double> scaled);

/// The logarithm of softmax_scaled, computed without it: scaled_i - max - log(sum).
std::vector<double> log_softmax_scaled(std::span<const double> scaled);

/// Softmax with temperature, logits checked. Temperature 0 is the limit: all the probability on
/// argmax(logits). Small temperatures sharpen, large ones flatten.
/// Source: Ackley, Hinton, Sejnowski, "A learning algorithm for Boltzmann machines" (1985).
std::vector<double> softmax(std::span<const float> logits, double temperature = 1);

/// Its logarithm; -inf where the probability is 0.
std::vector<double> log_softmax(std::span<const float> logits, double temperature = 1);

/// Known to be wrong, kept for the page and the tests: exp(l) / sum without the maximum overflows.
std::vector<float> softmax_overflowing(std::span<const float> logits);

}  // namespace tokenwalk
