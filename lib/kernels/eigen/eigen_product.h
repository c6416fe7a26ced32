#pragma once

#include <stddef.h>

namespace tokenwalk {

/// y[r, o] = sum over k of x[r, k] * w[o, k], in whatever order the library likes.
struct EigenProduct {
  const float* w;  // [n_out, n_in]
  size_t n_out;
  size_t n_in;
  const float* x;  // [n_rows, n_in]
  size_t n_rows;
  float* y;  // [n_rows, n_out], rows y_stride apart
  size_t y_stride;
};

// The same source (eigen_product.inc) compiled for three sets of instructions.
void eigen_product_baseline(const EigenProduct& p);
void eigen_product_avx2(const EigenProduct& p);
void eigen_product_avx512(const EigenProduct& p);

}  // namespace tokenwalk
