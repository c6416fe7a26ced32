#pragma once

#include <string>

#include "lib/base/thread_pool.h"

namespace tokenwalk {

/// What the machine can do at most, measured: the scale beside which a kernel's speed means
/// something.
struct MachinePeaks {
  double read_bytes = 0;  ///< a second, from memory: several read streams a thread, prefetched
  double f32_ops = 0;     ///< a second; a fused multiply-add counts as two
  double int8_ops = 0;  ///< a second, products of int8 summed in int32; an exact pair counts as two
  std::string f32_by;   ///< the instruction that reached it, such as "AVX2 fma"
  std::string int8_by;
};

/// Measures for about a second with all threads of the pool; the best of several rounds. Allocates
/// half a gigabyte for the reading, more than caches hold.
MachinePeaks measure_peaks(ThreadPool& pool);

/// "AMD EPYC 7763" and the like, as the system names it; "an unknown processor" where it does not.
std::string processor_name();

}  // namespace tokenwalk
