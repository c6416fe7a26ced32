#include <algorithm>
#include <fstream>
#include <string>
#include <thread>

#include "lib/base/thread_pool.h"

#if defined(__linux__)
#include <sched.h>
#endif

namespace tokenwalk {
namespace {

int processors_in_mask() {
#if defined(__linux__)
  cpu_set_t mask;
  if (sched_getaffinity(0, sizeof(mask), &mask) == 0) return CPU_COUNT(&mask);
#endif
  return static_cast<int>(std::thread::hardware_concurrency());
}

// The cgroup's quota in whole processors, rounded up; a large number where there is none.
int processors_in_quota() {
  constexpr int kNoQuota = 1 << 20;
  std::ifstream version2("/sys/fs/cgroup/cpu.max");  // "max 100000" or "150000 100000"
  std::string quota_text;
  double period = 0;
  if (version2 >> quota_text >> period && quota_text != "max" && period > 0) {
    return static_cast<int>((std::stod(quota_text) + period - 1) / period);
  }
  std::ifstream quota_file("/sys/fs/cgroup/cpu/cpu.cfs_quota_us");  // version 1; -1 is no quota
  std::ifstream period_file("/sys/fs/cgroup/cpu/cpu.cfs_period_us");
  double quota = -1;
  if (quota_file >> quota && period_file >> period && quota > 0 && period > 0) {
    return static_cast<int>((quota + period - 1) / period);
  }
  return kNoQuota;
}

}  // namespace

int available_processors() {
  return std::max(1, std::min(processors_in_mask(), processors_in_quota()));
}

}  // namespace tokenwalk
