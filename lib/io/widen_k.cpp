#include "lib/io/widen_k.h"

#include <cstdint>
#include <cstring>

#include "lib/base/half.h"

namespace tokenwalk {
namespace {

constexpr std::size_t kGroup = 32;  // numbers that share a scale and an offset
constexpr std::size_t kGroups = kSuperBlock / kGroup;
constexpr std::size_t kScaleBytes = 12;

unsigned at(const std::byte* bytes, std::size_t i) {
  return std::to_integer<unsigned>(bytes[i]);
}

float read_half(const std::byte* from) {
  std::uint16_t bits;
  std::memcpy(&bits, from, sizeof bits);
  return float_from_half(bits);
}

// Scale and offset of each group, 6 bits wide. The first four are whole in bytes 0..3 and 4..7;
// the others have their low four bits in bytes 8..11 and the upper two on top of the former.
struct GroupNumbers {
  unsigned scale[kGroups];
  unsigned offset[kGroups];
};

GroupNumbers read_groups(const std::byte* packed) {
  GroupNumbers g;
  for (std::size_t j = 0; j < 4; ++j) {
    g.scale[j] = at(packed, j) & 63u;
    g.offset[j] = at(packed, j + 4) & 63u;
    g.scale[j + 4] = (at(packed, j + 8) & 15u) | (at(packed, j) >> 6 << 4);
    g.offset[j + 4] = (at(packed, j + 8) >> 4) | (at(packed, j + 4) >> 6 << 4);
  }
  return g;
}

// Q4_K, and Q5_K where there are fifth bits.
void widen_q4_or_q5(const std::byte* block, const std::byte* fifth_bits, const std::byte* halves,
                    float* out) {
  const float d = read_half(block);
  const float m = read_half(block + 2);
  const GroupNumbers g = read_groups(block + 4);
  for (std::size_t j = 0; j < kGroups; ++j) {
    const float scale = d * static_cast<float>(g.scale[j]);
    const float offset = m * static_cast<float>(g.offset[j]);
    for (std::size_t i = 0; i < kGroup; ++i) {
      unsigned q = (at(halves, j / 2 * kGroup + i) >> (j % 2 * 4)) & 15u;
      if (fifth_bits != nullptr) q |= ((at(fifth_bits, i) >> j) & 1u) << 4;
      const float product = scale * static_cast<float>(q);
      out[j * kGroup + i] = product - offset;
    }
  }
}

}  // namespace

void widen_q4_k(const std::byte* block, float* out) {
  widen_q4_or_q5(block, nullptr, block + 4 + kScaleBytes, out);
}

void widen_q5_k(const std::byte* block, float* out) {
  const std::byte* const fifth_bits = block + 4 + kScaleBytes;
  widen_q4_or_q5(block, fifth_bits, fifth_bits + kGroup, out);
}

void widen_q6_k(const std::byte* block, float* out) {
  constexpr std::size_t kLowBytes = kSuperBlock / 2, kHighBytes = kSuperBlock / 4;
  const std::byte* const scales = block + kLowBytes + kHighBytes;
  const float d = read_half(scales + kSuperBlock / 16);
  for (std::size_t n = 0; n < kSuperBlock; ++n) {
    const std::size_t half = n / 128, k = n / kGroup % 4, i = n % kGroup;
    const unsigned low = at(block, 64 * half + kGroup * (k % 2) + i) >> (k / 2 * 4) & 15u;
    const unsigned high = at(block + kLowBytes, kGroup * half + i) >> (2 * k) & 3u;
    const auto scale = static_cast<std::int8_t>(at(scales, n / 16));
    const float step = d * static_cast<float>(scale);
    out[n] = step * static_cast<float>(static_cast<int>(low | high << 4) - 32);
  }
}

}  // namespace tokenwalk
