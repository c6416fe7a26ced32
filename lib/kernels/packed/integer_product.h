#pragma once

#include "lib/kernels/packed/ops.h"
#include "lib/kernels/packed/product.h"

// Products with weights of 8 and 4 bits. In each block the integers are summed exactly, in whatever
// order is quick, and only then become one float32 term:
//     acc = fma(float(sum), d_w * d_x, acc)
// See IntegerProduct in ops.h for the layout, i8x64_portable.h for the types.

namespace tokenwalk {
namespace {

// Bytes of a block of 32 terms and 16 outputs, and its f16 numbers.
struct EightBits {
  static constexpr size_t kBlockBytes = 512;
  static constexpr size_t kScales = 16;
};
struct FourBits {
  static constexpr size_t kBlockBytes = 256;
  static constexpr size_t kScales = 32;
};

constexpr int kPrefetchBytes = 4096;

// sums[r][l] = the integers of block `b`, as floats.
template <int kRows, int kLines>
[[gnu::always_inline]] inline void sum_block(EightBits, const IntegerProduct& p, const uint8_t* w,
                                             const int8_t* x, size_t x_stride,
                                             f32x16 (&sums)[kRows][kLines]) {
  WideSum sum[kRows][kLines];
  SignedBias bias[kLines];
#pragma GCC unroll 16
  for (int l = 0; l < kLines; ++l) bias[l] = zero_bias();
#pragma GCC unroll 16
  for (int r = 0; r < kRows; ++r) {
#pragma GCC unroll 16
    for (int l = 0; l < kLines; ++l) sum[r][l] = zero_wide();
  }
  for (int g = 0; g < 8; ++g) {
#pragma GCC unroll 16
    for (int l = 0; l < kLines; ++l) {
      const uint8_t* line = w + l * p.group_stride + g * 64;
      if constexpr (kRows == 1) __builtin_prefetch(line + kPrefetchBytes, 0, 2);
      const SignedLine weights = load_signed(line);
      bias[l] = add_bias(bias[l], weights);
#pragma GCC unroll 16
      for (int r = 0; r < kRows; ++r) {
        sum[r][l] = add_dot(sum[r][l], weights, broadcast4(x + r * x_stride + 4 * g));
      }
    }
  }
#pragma GCC unroll 16
  for (int r = 0; r < kRows; ++r) {
#pragma GCC unroll 16
    for (int l = 0; l < kLines; ++l) sums[r][l] = to_float(sum[r][l], bias[l]);
  }
}

template <int kRows, int kLines>
[[gnu::always_inline]] inline void sum_block(FourBits, const IntegerProduct& p, const uint8_t* w,
                                             const int8_t* x, size_t x_stride,
                                             f32x16 (&sums)[kRows][kLines]) {
  NarrowSum sum[kRows][kLines];
#pragma GCC unroll 16
  for (int r = 0; r < kRows; ++r) {
#pragma GCC unroll 16
    for (int l = 0; l < kLines; ++l) sum[r][l] = zero_narrow();
  }
  for (int g = 0; g < 4; ++g) {
#pragma GCC unroll 16
    for (int l = 0; l < kLines; ++l) {
      const uint8_t* line = w + l * p.group_stride + g * 64;
      if constexpr (kRows == 1) __builtin_prefetch(line + kPrefetchBytes, 0, 2);
      const UnsignedLine low = load_low_halves(line);
#pragma GCC unroll 16
      for (int r = 0; r < kRows; ++r) {
        sum[r][l] = add_small_dot(sum[r][l], low, broadcast4(x + r * x_stride + 4 * g));
      }
      const UnsignedLine high = load_high_halves(line);
#pragma GCC unroll 16
      for (int r = 0; r < kRows; ++r) {
        sum[r][l] = add_small_dot(sum[r][l], high, broadcast4(x + r * x_stride + 16 + 4 * g));
      }
    }
  }
#pragma GCC unroll 16
  for (int r = 0; r < kRows; ++r) {
#pragma GCC unroll 16
    for (int l = 0; l < kLines; ++l) sums[r][l] = to_float(sum[r][l]);
  }
}

// acc + the block's terms of one row and one line.
[[gnu::always_inline]] inline f32x16 add_scaled(EightBits, f32x16 acc, f32x16 sum,
                                                const Half* scales, float d, float) {
  return fma(sum, load(scales) * broadcast(d), acc);
}

[[gnu::always_inline]] inline f32x16 add_scaled(FourBits, f32x16 acc, f32x16 sum,
                                                const Half* scales, float d, float d_sum) {
  acc = fma(sum, load(scales) * broadcast(d), acc);
  return fma(load(scales + 16), broadcast(d_sum), acc);
}

template <typename Bits, int kRows, int kLines>
inline void compute_integer_tile(const IntegerProduct& p, size_t row, size_t line) {
  const size_t n_blocks = p.x.n_blocks, x_stride = n_blocks * kSumBlock;
  const uint8_t* w = static_cast<const uint8_t*>(p.w) + line * p.group_stride;
  const Half* scales = p.scales + line * p.scales_stride;
  f32x16 acc[kRows][kLines];
  for (int r = 0; r < kRows; ++r) {
    for (int l = 0; l < kLines; ++l) acc[r][l] = broadcast(0.0f);
  }
  for (size_t b = 0; b < n_blocks; ++b) {
    f32x16 sums[kRows][kLines];
    sum_block(Bits{}, p, w + b * Bits::kBlockBytes, p.x.q + row * x_stride + b * kSumBlock,
              x_stride, sums);
#pragma GCC unroll 16
    for (int r = 0; r < kRows; ++r) {
      const size_t at = (row + r) * n_blocks + b;
#pragma GCC unroll 16
      for (int l = 0; l < kLines; ++l) {
        const Half* block = scales + l * p.scales_stride + b * Bits::kScales;
        acc[r][l] = add_scaled(Bits{}, acc[r][l], sums[r][l], block, p.x.d[at], p.x.d_sum[at]);
      }
    }
  }
  float* y = p.y + row * p.y_stride + line * 16;
  const size_t width = p.n_outputs - line * 16;  // outputs from here on
  for (int r = 0; r < kRows; ++r) {
    for (int l = 0; l < kLines; ++l) {
      store_first(y + r * p.y_stride + l * 16, acc[r][l], smaller(width - l * 16, 16));
    }
  }
}

// All outputs of rows row .. row + kRows - 1.
template <typename Bits, int kRows>
inline void compute_integer_rows(const IntegerProduct& p, size_t row) {
  constexpr int kLines = kRows == 1 ? kIntegerRowLines : 1;
  const size_t n_lines = (p.n_outputs + 15) / 16;
  size_t line = 0;
  for (; line + kLines <= n_lines; line += kLines) {
    compute_integer_tile<Bits, kRows, kLines>(p, row, line);
  }
  for (; line < n_lines; ++line) compute_integer_tile<Bits, kRows, 1>(p, row, line);
}

template <typename Bits, int kRows>
inline void compute_last_integer_rows(const IntegerProduct& p, size_t row) {
  if constexpr (kRows > 0) {
    if (p.n_rows - row == kRows) {
      compute_integer_rows<Bits, kRows>(p, row);
    } else {
      compute_last_integer_rows<Bits, kRows - 1>(p, row);
    }
  }
}

template <typename Bits>
inline void integer_product(const IntegerProduct* p) {
  size_t row = 0;
  for (; row + kIntegerTileRows <= p->n_rows; row += kIntegerTileRows) {
    compute_integer_rows<Bits, kIntegerTileRows>(*p, row);
  }
  compute_last_integer_rows<Bits, kIntegerTileRows - 1>(*p, row);
}

}  // namespace
}  // namespace tokenwalk
