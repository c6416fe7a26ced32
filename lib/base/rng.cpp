#include "lib/base/rng.h"

namespace tokenwalk {
namespace {

// The block of random words that belongs to one token.
std::array<std::uint32_t, 4> token_block(std::uint64_t seed, std::uint32_t stream,
                                         std::uint64_t position) {
  const auto low = [](std::uint64_t word) { return static_cast<std::uint32_t>(word); };
  const auto high = [](std::uint64_t word) { return static_cast<std::uint32_t>(word >> 32); };
  return philox4x32_10({low(position), high(position), high(seed), 0}, {low(seed), stream});
}

double to_uniform(std::uint32_t high, std::uint32_t low) {
  const std::uint64_t bits = (std::uint64_t{high} << 32) | low;
  return static_cast<double>(bits >> 11) * 0x1p-53;
}

}  // namespace

std::array<std::uint32_t, 4> philox4x32_10(std::array<std::uint32_t, 4> counter,
                                           std::array<std::uint32_t, 2> key) {
  constexpr std::uint64_t kMultiplier0 = 0xD2511F53;
  constexpr std::uint64_t kMultiplier1 = 0xCD9E8D57;
  constexpr std::uint32_t kWeyl0 = 0x9E3779B9;  // golden ratio
  constexpr std::uint32_t kWeyl1 = 0xBB67AE85;  // sqrt(3) - 1
  constexpr int kRounds = 10;
  for (int round = 0; round < kRounds; ++round) {
    const std::uint64_t product0 = kMultiplier0 * counter[0];
    const std::uint64_t product1 = kMultiplier1 * counter[2];
    const auto high0 = static_cast<std::uint32_t>(product0 >> 32);
    const auto high1 = static_cast<std::uint32_t>(product1 >> 32);
    counter = {high1 ^ counter[1] ^ key[0], static_cast<std::uint32_t>(product1),
               high0 ^ counter[3] ^ key[1], static_cast<std::uint32_t>(product0)};
    key = {key[0] + kWeyl0, key[1] + kWeyl1};
  }
  return counter;
}

double uniform_draw(std::uint64_t seed, std::uint32_t stream, std::uint64_t position) {
  const auto words = token_block(seed, stream, position);
  return to_uniform(words[1], words[0]);
}

double uniform_coin(std::uint64_t seed, std::uint32_t stream, std::uint64_t position) {
  const auto words = token_block(seed, stream, position);
  return to_uniform(words[3], words[2]);
}

}  // namespace tokenwalk
