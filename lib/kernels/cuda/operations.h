#pragma once

#include <span>

#include "lib/kernels/cuda/cuda_kv.h"
#include "lib/kernels/cuda/cuda_matrix.h"

// Launches: which kernel, which grid. All pointers are to memory of the device.

namespace tokenwalk::cuda {

/// A matrix of a product, its bias (or null) and where the outputs go.
struct Multiplied {
  const CudaMatrix* matrix;
  const float* bias;
  float* y;  // [n_rows, n_out]
};

/// x[r] = row ids[r] of the table.
void embed(Device& device, const CudaMatrix& table, const std::uint32_t* ids, std::size_t n_rows,
           float* x);

/// y = x W^T (+ bias) for matrices of the same n_in; with `adds`: y = y + that. Neighbours of the
/// same format share a launch. Few rows take ProductRows, many ProductTiles: the bits are the same.
void multiply(Device& device, std::span<const Multiplied> matrices, const float* x,
              std::size_t n_rows, bool adds = false);

void rmsnorm(Device& device, const Rmsnorm::Args& args, std::size_t n_rows);
void rotary_angles(Device& device, const RotaryAngles::Args& args, std::size_t n_rows);
void rotate(Device& device, const Rotate::Args& args, std::size_t n_rows);
void silu_gate(Device& device, float* gate, const float* up, std::size_t n);
void add(Device& device, float* x, const float* y, std::size_t n);
void kv_write(Device& device, const KvWrite::Args& args, std::size_t n_rows);
void kv_read(Device& device, const KvRead::Args& args);

/// Rows up to which a product takes ProductRows.
inline constexpr std::size_t kFewRows = 16;

}  // namespace tokenwalk::cuda
