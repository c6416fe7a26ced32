#pragma once

#include <type_traits>

#include "lib/kernels/cuda/attention.h"
#include "lib/kernels/cuda/attention_tiles.h"
#include "lib/kernels/cuda/ladder.h"
#include "lib/kernels/cuda/product_rows.h"
#include "lib/kernels/cuda/product_tiles.h"
#include "lib/kernels/cuda/small_kernels.h"

namespace tokenwalk::cuda {

template <typename... Kernels>
struct KernelList {};

/// Every kernel. A device makes a table of them, in this order.
using AllKernels =
    KernelList<Embed<F32>, Embed<Bf16>, Embed<Q8_0>, Embed<Q4_1>, ProductRows<F32, 1>,
               ProductRows<F32, 4>, ProductRows<F32, 8>, ProductRows<Bf16, 1>, ProductRows<Bf16, 4>,
               ProductRows<Bf16, 8>, ProductRows<Q8_0, 1>, ProductRows<Q8_0, 4>,
               ProductRows<Q8_0, 8>, ProductRows<Q4_1, 1>, ProductRows<Q4_1, 4>,
               ProductRows<Q4_1, 8>, ProductTiles<F32>, ProductTiles<Bf16>, ProductTiles<Q8_0>,
               ProductTiles<Q4_1>, Rmsnorm, RotaryAngles, Rotate, SiluGate, Add, KvWrite, KvRead,
               ScoreRows, Exponentials, MixRows, FinishRows, ScoreTiles, MixTiles,
               OneThreadPerOutput, OneThreadPerColumn>;

/// The number of a kernel in the list.
template <typename Kernel, typename... Kernels>
constexpr int index_in(KernelList<Kernels...>) {
  int index = 0, found = -1;
  ((found = std::is_same_v<Kernel, Kernels> ? index : found, ++index), ...);
  return found;
}

}  // namespace tokenwalk::cuda
