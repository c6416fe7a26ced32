#pragma once

#include <cstddef>
#include <cstdint>

#include "lib/base/both_compilers.h"

namespace tokenwalk::cuda {

/// How many blocks a kernel has in each direction; which of them a block is.
struct Grid {
  std::uint32_t x = 1, y = 1, z = 1;
};

/// One thread's place.
struct Place {
  Grid block;            ///< of the block in the grid
  std::uint32_t thread;  ///< 0 .. kThreads - 1 of the block
};

// A kernel is a struct without members of its own:
//
//   struct Add {
//     struct Args { ... };                            what the launch passes, plain data
//     struct Shared { ... };                          memory of a block
//     struct State { ... };                           registers of a thread, kept between phases
//     static constexpr std::uint32_t kThreads = 256;  of a block
//     static constexpr std::uint32_t kBlocks = 4;     that one multiprocessor should hold at least
//     static std::uint32_t n_phases(const Args&, Grid block);
//     static void phase(const Args&, Place, std::uint32_t phase, Shared&, State&);
//   };
//
// All threads of a block finish a phase before any begins the next: __syncthreads() on a GPU, a
// loop over the threads on the CPU (emulated_device.cpp). Within a phase no thread may read what
// another one writes. So one source is the kernel and its own test.

/// For kernels that need none.
struct Nothing {};

TOKENWALK_BOTH constexpr std::uint32_t divide_up(std::uint32_t n, std::uint32_t by) {
  return (n + by - 1) / by;
}

/// Four floats, loaded and stored together; the address is a multiple of 16.
struct alignas(16) Float4 {
  float v[4];
};

}  // namespace tokenwalk::cuda
