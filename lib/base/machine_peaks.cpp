#include "lib/base/machine_peaks.h"

#include <algorithm>
#include <fstream>
#include <vector>

#include "lib/base/peak_loops.h"
#include "lib/base/stopwatch.h"

namespace tokenwalk {
namespace {

constexpr int kRounds = 5;
constexpr std::size_t kReadFloats = std::size_t{1} << 27;  // 512 MiB
constexpr std::size_t kChunkFloats = std::size_t{1} << 20;
constexpr std::size_t kLoopsPerThread = 8;
constexpr std::size_t kLoopSteps = 400000;  // 1 to 3 milliseconds

// Results of the loops go here, so that no compiler leaves a loop out.
volatile float kept_float = 0;
volatile int kept_int = 0;

/// The best of the rounds: `amount` of something for each second that `round` takes.
template <typename Round>
double best_rate(double amount, const Round& round) {
  double best = 0;
  for (int i = 0; i < kRounds; ++i) {
    const Stopwatch watch;
    round();
    best = std::max(best, amount / watch.seconds());
  }
  return best;
}

double measure_reading(ThreadPool& pool) {
  const std::vector<float> data(kReadFloats, 1.0f);
  return best_rate(kReadFloats * sizeof(float), [&] {
    pool.for_chunks(kReadFloats, kChunkFloats, [&](std::size_t begin, std::size_t end) {
      kept_float = read_streams(data.data() + begin, end - begin);
    });
  });
}

double measure_loop(ThreadPool& pool, const PeakLoop& loop) {
  const std::size_t n_loops = static_cast<std::size_t>(pool.size()) * kLoopsPerThread;
  const double ops = static_cast<double>(n_loops * kLoopSteps) * loop.ops_per_step;
  return best_rate(ops, [&] {
    pool.for_chunks(n_loops, 1, [&](std::size_t begin, std::size_t end) {
      for (; begin < end; ++begin) kept_int = loop.run(kLoopSteps);
    });
  });
}

}  // namespace

MachinePeaks measure_peaks(ThreadPool& pool) {
  const PeakLoop f32 = f32_peak_loop(), int8 = int8_peak_loop();
  return {measure_reading(pool), measure_loop(pool, f32), measure_loop(pool, int8), f32.name,
          int8.name};
}

std::string processor_name() {
  std::ifstream file("/proc/cpuinfo");
  for (std::string line; std::getline(file, line);) {
    if (line.rfind("model name", 0) != 0) continue;
    const std::size_t colon = line.find(": ");
    if (colon != std::string::npos) return line.substr(colon + 2);
  }
  return "an unknown processor";
}

}  // namespace tokenwalk
