#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace tokenwalk {

/// How the numbers of a weight matrix are kept. The format also fixes what its products do with
/// the other side, the activations (lib/base/dot.h).
enum class WeightFormat {
  kF32,
  kBF16,
  kQ8_0,  ///< blocks of 32: value d * q
  kQ4_1,  ///< blocks of 32: value d * q + m
};

/// "f32", "bf16", "q8_0" or "q4_1".
std::string_view weight_format_name(WeightFormat format);

/// The format of that name, none for any other.
std::optional<WeightFormat> weight_format_named(std::string_view name);

/// Numbers in a block of the formats that have blocks. A short last block is filled with zeros.
inline constexpr std::size_t kWeightBlock = 32;

/// Blocks as GGUF files store them (ggml-common.h, block_q8_0 and block_q4_1).
struct Q8Block {
  std::uint16_t d;              // f16
  std::int8_t q[kWeightBlock];  // -127 .. 127 where we made them; files may hold -128
};
struct Q4Block {
  std::uint16_t d, m;                // f16
  std::uint8_t q[kWeightBlock / 2];  // low halves: numbers 0 .. 15; high halves: 16 .. 31
};
static_assert(sizeof(Q8Block) == 34 && sizeof(Q4Block) == 20);

/// Bytes of a row of n numbers.
std::size_t weight_row_bytes(WeightFormat format, std::size_t n);

/// A row of weights that somebody else owns, aligned for its format.
struct WeightRow {
  const void* data = nullptr;
  std::size_t size = 0;  // numbers
  WeightFormat format = WeightFormat::kF32;
};

/// The row's values: out.size() == row.size. d * q is exact in float; q4_1 rounds once, in + m.
void read_row(const WeightRow& row, std::span<float> out);

/// Rounds values to a format and writes weight_row_bytes(format, values.size()) bytes.
///
///   bf16  nearest, ties to even
///   q8_0  d = f16(amax / 127), amax the greatest magnitude; q = rint(w / d) within +-127; 0 if d
///   is q4_1  m = f16(least), d = f16((greatest - least) / 15); q = rint((w - m) / d) within 0 ..
///   15
///
/// Every step rounds in float32, ties to even. Throws Error(kBadValue) where a block of q8_0 or
/// q4_1 holds NaN, infinity or numbers too large for its f16.
void write_row(std::span<const float> values, WeightFormat format, void* out);

}  // namespace tokenwalk
