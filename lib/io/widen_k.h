#pragma once

#include <cstddef>

namespace tokenwalk {

/// Numbers in a super-block of ggml's K types.
inline constexpr std::size_t kSuperBlock = 256;

// One super-block as floats, to the bit what ggml's plain C code gives; `block` need not be
// aligned. Source: ggml-quants.c, dequantize_row_q4_K, _q5_K, _q6_K.

/// 144 bytes: f16 d, f16 m; 12 bytes with eight scales s and eight offsets o of 6 bits each; 128
/// bytes of numbers q in 0..15. Number 32 j + i is (d s_j) q - m o_j; its q lies in byte
/// 32 (j / 2) + i, the low half for even j. One rounding, in the subtraction.
void widen_q4_k(const std::byte* block, float* out);

/// 176 bytes: d, m, scales and offsets as in Q4_K; 32 bytes of fifth bits; 128 bytes as in Q4_K.
/// Bit j of the fifth-bit byte i adds 16 to the q of number 32 j + i.
void widen_q5_k(const std::byte* block, float* out);

/// 210 bytes: 128 bytes of low halves, 64 bytes with two more bits each, 16 signed scales s, f16 d.
/// Number n is (d s) (q - 32) with q in 0..63 and the scale n / 16. In each half of 128 numbers,
/// number 32 k + i has its low half in byte 32 (k % 2) + i, low for k < 2, and its high bits in
/// bits 2 k of byte i.
void widen_q6_k(const std::byte* block, float* out);

}  // namespace tokenwalk
