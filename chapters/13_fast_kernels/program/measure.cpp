#include "chapters/13_fast_kernels/program/measure.h"

#include <fstream>
#include <functional>
#include <vector>

#include "chapters/04_transformer/reference_kernels.h"
#include "chapters/06_cached_generate/program/timing.h"
#include "chapters/13_fast_kernels/ladder.h"
#include "chapters/13_fast_kernels/program/roofline.h"
#include "lib/base/format.h"
#include "lib/base/machine_peaks.h"

namespace tokenwalk {
namespace {

constexpr std::size_t kOut = 8192, kIn = 2048, kRows = 128;  // 64 MiB of float32

using Multiply = std::function<void(const float* x, std::size_t n_rows, float* y)>;

// What one way of multiplying reaches.
struct Reached {
  std::string name;
  double weight_bytes;  // of the whole matrix
  double one_row_s, many_rows_s;

  double ops(std::size_t n_rows) const { return 2.0 * kOut * kIn * static_cast<double>(n_rows); }
  double one_row_ops() const { return ops(1) / one_row_s; }
  double many_rows_ops() const { return ops(kRows) / many_rows_s; }
  double one_row_bytes() const { return weight_bytes / one_row_s; }
};

Reached measure_one(const std::string& name, double weight_bytes, const Multiply& multiply) {
  const std::vector<float> x(kRows * kIn, 0.25f);
  std::vector<float> y(kRows * kOut);
  return {name, weight_bytes, time_of([&] { multiply(x.data(), 1, y.data()); }),
          time_of([&] { multiply(x.data(), kRows, y.data()); })};
}

std::vector<float> some_weights() {
  std::vector<float> w(kOut * kIn);
  for (std::size_t i = 0; i < w.size(); ++i) w[i] = static_cast<float>(i % 997) / 997 - 0.5f;
  return w;
}

std::vector<Reached> measure_rungs(const std::vector<float>& w, ThreadPool& pool) {
  std::vector<Reached> all;
  for (const RungKind& kind : ladder()) {
    const auto rung = kind.make({w.data(), kOut, kIn}, pool);
    all.push_back(
        measure_one(std::string(kind.name), sizeof(float) * w.size(),
                    [&](const float* x, std::size_t n, float* y) { rung->multiply(x, n, y); }));
  }
  return all;
}

// A whole kernel set with all threads.
Reached measure_set(const KernelSet& set, const std::string& name, WeightFormat format,
                    const std::vector<float>& w) {
  const std::size_t row_bytes = weight_row_bytes(format, kIn);
  const auto matrix =
      set.pack({kOut, kIn, format, [&](std::size_t first, std::size_t n, std::byte* out) {
                  for (std::size_t i = 0; i < n; ++i) {
                    write_row({w.data() + (first + i) * kIn, kIn}, format, out + i * row_bytes);
                  }
                }});
  return measure_one(
      name, static_cast<double>(kOut * row_bytes),
      [&](const float* x, std::size_t n, float* y) { set.matmul(*matrix, x, n, y); });
}

std::string row_of(const Reached& r, const MachinePeaks& peaks) {
  return format("| %s | %.1f | %.1f | %.0f %% | %.1f | %.0f %% |\n", r.name.c_str(),
                r.one_row_ops() / 1e9, r.one_row_bytes() / 1e9,
                100 * r.one_row_bytes() / peaks.read_bytes, r.many_rows_ops() / 1e9,
                100 * r.many_rows_ops() / peaks.f32_ops);
}

}  // namespace

std::string measure(const ProgramFlags& flags) {
  ThreadPool pool(flags.number("--threads", available_processors(), kMostThreads));
  const MachinePeaks peaks = measure_peaks(pool);
  const std::vector<float> w = some_weights();
  std::vector<Reached> all = measure_rungs(w, pool);
  if (flags.has("--figure")) {
    std::vector<RooflinePoint> points;
    for (const Reached& r : all) {
      points.push_back({r.name, 2.0 / sizeof(float), r.one_row_ops()});
      points.push_back({r.name, 2.0 * kRows / sizeof(float), r.many_rows_ops()});
    }
    std::ofstream(flags.text("--figure", ""))
        << draw_roofline(points, peaks.read_bytes, peaks.f32_ops);
  }
  const auto fast = kernel_set_named("auto", pool), library = eigen_kernel_set(pool);
  for (const WeightFormat format :
       {WeightFormat::kF32, WeightFormat::kBF16, WeightFormat::kQ8_0, WeightFormat::kQ4_1}) {
    const std::string name = std::string(weight_format_name(format)) + ", the engine";
    all.push_back(measure_set(*fast, name, format, w));
  }
  all.push_back(measure_set(*library, "f32, Eigen", WeightFormat::kF32, w));

  std::string text = format(
      "%zu outputs, %zu inputs, measured on %s: %s, %d threads (the first five rungs use one), "
      "kernel set `%s`, shortest of %d runs. At most: %.1f GB/s from memory, %.1f GFLOP/s "
      "(%s).\n\n",
      kOut, kIn, today().c_str(), flags.text("--machine", "a machine without a name").c_str(),
      pool.size(), std::string(fast->name()).c_str(), kRuns, peaks.read_bytes / 1e9,
      peaks.f32_ops / 1e9, peaks.f32_by.c_str());
  text +=
      "| rung | 1 row, GFLOP/s | weights read, GB/s | of the most | 128 rows, GFLOP/s | of the "
      "most in float32 |\n| --- | ---: | ---: | ---: | ---: | ---: |\n";
  for (const Reached& r : all) text += row_of(r, peaks);
  return text;
}

}  // namespace tokenwalk
