#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "lib/base/rng.h"

namespace tokenwalk {

/// Random numbers for tests, from our own Philox: the same for a seed on every machine.
class Dice {
 public:
  explicit Dice(std::uint64_t seed, std::uint32_t stream = 0) : seed_(seed), stream_(stream) {}

  /// In [0, 1).
  double uniform() { return uniform_draw(seed_, stream_, position_++); }

  /// In [low, high).
  double real(double low, double high) { return low + (high - low) * uniform(); }

  /// One of 0 .. n - 1.
  std::size_t below(std::size_t n) {
    return static_cast<std::size_t>(uniform() * static_cast<double>(n));
  }

  /// One of low .. high, both included.
  std::size_t between(std::size_t low, std::size_t high) { return low + below(high - low + 1); }

  bool chance(double probability) { return uniform() < probability; }

  /// n floats in [low, high).
  std::vector<float> floats(std::size_t n, double low = -1, double high = 1) {
    std::vector<float> values(n);
    for (float& value : values) value = static_cast<float>(real(low, high));
    return values;
  }

  /// n token ids below vocab.
  std::vector<int> ids(std::size_t n, std::size_t vocab) {
    std::vector<int> list(n);
    for (int& id : list) id = static_cast<int>(below(vocab));
    return list;
  }

 private:
  std::uint64_t seed_;
  std::uint32_t stream_;
  std::uint64_t position_ = 0;
};

}  // namespace tokenwalk
