#pragma once

#include "lib/kernels/cuda/device.h"
#include "lib/kernels/kernels.h"

namespace tokenwalk::cuda {

/// A weight matrix on a device, in the layout of weights.h.
class CudaMatrix : public Matrix {
 public:
  CudaMatrix(Device& device, MatrixView rows);

  Weights weights() const;

 private:
  DeviceArray<Chunk> chunks_;
  DeviceArray<std::uint32_t> scales_;
};

}  // namespace tokenwalk::cuda
