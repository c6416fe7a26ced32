#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <string_view>

#include "lib/kernels/kernels.h"

namespace tokenwalk {

/// A float32 matrix, laid out for one way of multiplying.
class Rung {
 public:
  virtual ~Rung() = default;

  /// y[r, o] = dot(row o of W, row r of x). x [n_rows, n_in], y [n_rows, n_out].
  virtual void multiply(const float* x, std::size_t n_rows, float* y) const = 0;
};

/// A way of multiplying, and how to climb on it.
struct RungKind {
  std::string_view name;
  std::string_view idea;
  /// Copies of w [n_out, n_in] are laid out anew; w may be freed. pool must outlive the rung.
  std::unique_ptr<Rung> (*make)(MatrixView w, ThreadPool& pool);
};

/// From the plain loop to all threads. Every rung gives the bits of the first.
std::span<const RungKind> ladder();

}  // namespace tokenwalk
