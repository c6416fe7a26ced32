#pragma once

#include <cstddef>
#include <span>

#include "lib/model/model.h"

namespace tokenwalk {

/// How many floats of two runs were compared and how many differ in any bit. All NaNs are equal.
struct Proof {
  std::size_t logits = 0;
  std::size_t logits_differ = 0;
  std::size_t kv = 0;
  std::size_t kv_differ = 0;
};

/// Runs ids through forward_cached in calls of the given sizes (their sum is ids.size()) and
/// through forward_full at once, and compares all rows of logits and all of K and V.
Proof prove_cached_equals_full(const Model& model, std::span<const int> ids,
                               std::span<const std::size_t> call_sizes);

/// The same where `cached`, which runs the calls, holds the weights of `full` for other kernels.
Proof prove_cached_equals_full(const Model& full, const Model& cached, std::span<const int> ids,
                               std::span<const std::size_t> call_sizes);

/// The number of positions at which two arrays of floats differ in a bit, any NaN counting as one.
std::size_t count_different_bits(std::span<const float> a, std::span<const float> b);

}  // namespace tokenwalk
