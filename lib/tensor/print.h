#pragma once

#include <string>

#include "lib/tensor/tensor.h"

namespace tokenwalk {

/// A tensor as a person wants to see it, every line ended by a newline:
///
///     scores [2, 3]
///        0.50  -1.25   2.00
///       10.00   0.10   -inf
///
/// First the name and the shape; then the rows, numbers in columns, with as many decimals as one of
/// them needs but at most four. If all are tiny or one is huge, they are written like 1.2346e-05.
/// Of more than six entries along a dimension the first three and the last three are shown and …
/// stands for the rest. Three and more dimensions are shown as matrices, each under its leading
/// indices, like [0, 2, :, :]. CHECKs that the view has as many values as its shape says.
std::string format_tensor(const TensorView& tensor, const std::string& name = "tensor");

}  // namespace tokenwalk
