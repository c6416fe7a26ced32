#pragma once

#include <gtest/gtest.h>

#include <functional>
#include <string>

#include "chapters/04_transformer/reference_kernels.h"

namespace tokenwalk {

/// "kernels avx2, 3 threads"
inline std::string machine_name(const KernelSet& kernels, int threads) {
  return "kernels " + std::string(kernels.name()) + ", " + std::to_string(threads) +
         (threads == 1 ? " thread" : " threads");
}

/// Calls `body` for every kernel set that promises the reference's bits on this machine, with 1 to
/// 4 threads each.
inline void for_each_machine(
    const std::function<void(const KernelSet& kernels, int threads)>& body) {
  for (int threads = 1; threads <= 4; ++threads) {
    ThreadPool pool(threads);
    for (const auto& kernels : exact_kernel_sets(pool)) body(*kernels, threads);
  }
}

/// Calls `body` for each of these kernel sets with 2 threads, its name in the messages.
inline void for_each_exact_set(const std::function<void(const KernelSet& kernels)>& body) {
  ThreadPool pool(2);
  for (const auto& kernels : exact_kernel_sets(pool)) {
    SCOPED_TRACE("kernels " + std::string(kernels->name()));
    body(*kernels);
  }
}

}  // namespace tokenwalk
