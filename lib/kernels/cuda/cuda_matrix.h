#pragma once

#include "lib/kernels/cuda/device.h"
#include "lib/kernels/kernels.h"

namespace tokenwalk::cuda {

/// A weight matrix on a device, in its own format and the layout of weights.h.
class CudaMatrix : public Matrix {
 public:
  CudaMatrix(Device& device, const WeightRows& rows);

  Weights weights() const;

 private:
  template <typename Format>
  void upload(Device& device, const WeightRows& rows);

  DeviceArray<Chunk> chunks_;
  DeviceArray<std::uint32_t> scales_;
};

/// Calls function(F32{}), function(Bf16{}), ... for a format.
template <typename Function>
void with_format(WeightFormat format, Function&& function) {
  switch (format) {
    case WeightFormat::kF32:
      return function(F32{});
    case WeightFormat::kBF16:
      return function(Bf16{});
    case WeightFormat::kQ8_0:
      return function(Q8_0{});
    case WeightFormat::kQ4_1:
      return function(Q4_1{});
  }
}

}  // namespace tokenwalk::cuda
