#pragma once

#include <cstddef>

#include "lib/base/weight_row.h"
#include "lib/io/stored_tensor.h"

namespace tokenwalk {

/// The format in which products take a tensor as it is stored: BF16 bf16, Q8_0 q8_0, Q4_0 and Q4_1
/// q4_1, all others f32.
WeightFormat natural_format(DType dtype);

/// Row `row` of a stored tensor in the given format: weight_row_bytes(format, row_length(tensor))
/// bytes. BF16, Q8_0 and Q4_1 keep their bits in their own format; Q4_0 becomes q4_1 with the same
/// d and m = -8 d. Everything else is widened exactly (lib/io/widen.h), then rounded (write_row).
/// out is aligned for the format.
void read_stored_row(const StoredTensor& tensor, std::size_t row, WeightFormat format,
                     std::byte* out);

}  // namespace tokenwalk
