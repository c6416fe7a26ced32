#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "lib/io/stored_tensor.h"

namespace tokenwalk {

/// Row `row` of a stored tensor as floats: out.size() == row_length(tensor), row <
/// row_count(tensor).
///
/// F32, F16 and BF16 keep their exact values. The quantised types give to the bit what ggml's plain
/// C code gives (d and m are the block's f16 numbers, q its integers):
///   Q8_0: d * q        Q4_0: d * (q - 8)        Q4_1: d * q + m
/// The product is exact in float (11 bits of d times at most 8 of q), so that only Q4_1 rounds,
/// once, in its addition. In Q4_0 and Q4_1 the low halves of the 16 bytes are numbers 0..15 of the
/// block, the high halves 16..31. Source: ggml-quants.c, dequantize_row_q8_0, _q4_0, _q4_1. The
/// types Q4_K, Q5_K, Q6_K: lib/io/widen_k.h. CHECKs the sizes and that the type can be read.
void widen_row(const StoredTensor& tensor, std::size_t row, std::span<float> out);

/// All rows, one after the other: out.size() == element_count(tensor).
void widen(const StoredTensor& tensor, std::span<float> out);

/// All rows in a new vector.
std::vector<float> widen(const StoredTensor& tensor);

}  // namespace tokenwalk
