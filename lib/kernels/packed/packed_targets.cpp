#include "lib/base/cpu_features.h"
#include "lib/kernels/packed/packed_set.h"

namespace tokenwalk {

std::vector<const PackedOps*> packed_targets() {
  std::vector<const PackedOps*> targets;
#if defined(__x86_64__)
  const CpuFeatures cpu = cpu_features();
  targets.push_back(cpu.fma ? packed_ops_portable_fma() : packed_ops_portable());
  if (cpu.fma && cpu.avx2) targets.push_back(packed_ops_avx2());
  if (cpu.avx512) targets.push_back(packed_ops_avx512());
#elif defined(__aarch64__)
  targets = {packed_ops_portable(), packed_ops_neon()};
#else
  targets.push_back(packed_ops_portable());
#endif
  return targets;
}

std::vector<std::unique_ptr<KernelSet>> packed_kernel_sets(ThreadPool& pool) {
  std::vector<std::unique_ptr<KernelSet>> sets;
  for (const PackedOps* ops : packed_targets())
    sets.push_back(std::make_unique<PackedKernelSet>(*ops, pool));
  return sets;
}

}  // namespace tokenwalk
