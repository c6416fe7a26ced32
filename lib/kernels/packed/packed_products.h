#pragma once

#include <cstddef>
#include <span>

#include "lib/kernels/kernels.h"
#include "lib/kernels/packed/ops.h"

namespace tokenwalk {

/// y = W x for n_rows rows of x and each of the products, whose matrices are PackedMatrix of one
/// format and one n_in. x is rounded once, as the format asks; then all threads take parts of all
/// outputs, one by one.
void packed_products(const PackedOps& ops, std::span<const Projection> products, const float* x,
                     std::size_t n_rows, ThreadPool& pool);

}  // namespace tokenwalk
