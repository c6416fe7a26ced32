#pragma once

#include <stddef.h>

namespace tokenwalk {
namespace {

// Turns rows [n_rows <= 16][n], which start row_stride apart, into lines [n][16]. Lanes from n_rows
// on keep what they held.
template <typename Element>
inline void rows_to_lines(const Element* rows, size_t row_stride, size_t n_rows, size_t n,
                          Element* lines) {
  for (size_t i = 0; i < n; ++i) {
    for (size_t r = 0; r < n_rows; ++r) lines[i * 16 + r] = rows[r * row_stride + i];
  }
}

}  // namespace
}  // namespace tokenwalk
