#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "chapters/01_tokenizer/flat_map.h"

namespace tokenwalk {

/// The rank of each pair of ids that may be merged, 0 first. Most pairs that are looked up are none
/// of them: a bit for every hash, in 256 KiB that stay in the processor's cache, says so for nearly
/// all (a Bloom filter with one hash function).
class PairRanks {
 public:
  static constexpr std::uint32_t kNone = 0xFFFFFFFF;

  void reserve(std::size_t n) { ranks_.reserve(n); }

  /// Of equal pairs the first keeps its rank.
  void add(PairKey pair, std::uint32_t rank) {
    if (find(pair) != kNone) return;
    const std::uint64_t hash = PairHash()(pair);
    bits_[hash >> kWordShift] |= bit_of(hash);
    ranks_[pair] = rank;
  }

  /// kNone if the pair is not there.
  std::uint32_t find(PairKey pair) const {
    const std::uint64_t hash = PairHash()(pair);
    if ((bits_[hash >> kWordShift] & bit_of(hash)) == 0) return kNone;
    const std::uint32_t* rank = ranks_.find(pair);
    return rank == nullptr ? kNone : *rank;
  }

 private:
  static constexpr int kWordShift = 64 - 15;  // 2^15 words of 64 bits

  static std::uint64_t bit_of(std::uint64_t hash) {
    return std::uint64_t{1} << (hash >> (kWordShift - 6) & 63);
  }

  std::vector<std::uint64_t> bits_ = std::vector<std::uint64_t>(std::size_t{1} << 15);
  FlatMap<PairKey, std::uint32_t, PairHash> ranks_;
};

}  // namespace tokenwalk
