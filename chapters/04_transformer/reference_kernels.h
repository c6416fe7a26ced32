#pragma once

#include <memory>
#include <string>
#include <vector>

#include "lib/kernels/kernels.h"

namespace tokenwalk {

/// The kernel set `reference`: the plain loops of layers.h, shared out over threads.
/// Weights, K and V are row-major. pool must outlive the set.
std::unique_ptr<KernelSet> reference_kernel_set(ThreadPool& pool);

/// Every set that gives the reference's bits on this machine: reference first, then the packed
/// ones, the fastest last.
std::vector<std::unique_ptr<KernelSet>> exact_kernel_sets(ThreadPool& pool);

/// The set of that name, `eigen` among them; "" or "auto" is the fastest exact one.
/// An unknown name throws Error(kBadValue) that lists those this machine has.
std::unique_ptr<KernelSet> kernel_set_named(const std::string& name, ThreadPool& pool);

}  // namespace tokenwalk
