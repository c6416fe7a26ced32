#include "chapters/14_cuda/program/ladder.h"

#include <algorithm>
#include <functional>
#include <set>
#include <vector>

#include "chapters/06_cached_generate/proof.h"
#include "lib/base/format.h"
#include "lib/base/rng.h"
#include "lib/base/stopwatch.h"
#include "lib/kernels/cuda/operations.h"

namespace tokenwalk {
namespace {

using cuda::DeviceArray;

// The shape of SmolLM2's down projection.
constexpr std::size_t kOut = 576, kIn = 1536;

std::vector<float> draw(std::size_t n, std::uint32_t stream) {
  std::vector<float> values(n);
  for (std::size_t i = 0; i < n; ++i) {
    values[i] = static_cast<float>(2 * uniform_draw(14, stream, i) - 1);
  }
  return values;
}

DeviceArray<float> upload(cuda::Device& device, const std::vector<float>& values) {
  DeviceArray<float> array(device, values.size());
  array.upload(values.data(), values.size());
  return array;
}

// Sectors of 32 bytes that the threads of a warp touch when thread t reads `bytes` from offset(t).
std::size_t sectors(std::size_t bytes, const std::function<std::size_t(std::size_t)>& offset) {
  std::set<std::size_t> touched;
  for (std::size_t t = 0; t < 32; ++t) {
    for (std::size_t b = 0; b < bytes; ++b) touched.insert((offset(t) + b) / 32);
  }
  return touched.size();
}

// Sectors at a load of weights in the engine's layout, and the bytes it brings.
std::size_t unit_sectors(const cuda::Weights& w, std::uint32_t n_chunks) {
  return sectors(sizeof(cuda::Chunk), [&](std::size_t t) {
    const auto output = static_cast<std::uint32_t>(t % cuda::kGroupOutputs);
    const auto unit = static_cast<std::uint32_t>(t / cuda::kGroupOutputs);
    return cuda::chunk_index(cuda::place_of_unit(w, output, unit), n_chunks, 0) *
           sizeof(cuda::Chunk);
  });
}

// A step of the ladder.
struct Rung {
  std::string name;
  std::size_t n_rows;
  std::size_t threads;       // that a launch starts
  std::size_t weight_bytes;  // that it must read
  std::size_t load_bytes;    // that a warp asks for at a load
  std::size_t load_sectors;
  std::function<void(float* y)> launch;
  const std::vector<float>& expected;
};

std::string run(cuda::Device& device, const Rung& rung, bool measure) {
  DeviceArray<float> y(device, rung.n_rows * kOut);
  rung.launch(y.data());
  std::vector<float> got(y.size());
  y.download(got.data(), got.size());
  const std::size_t differ = count_different_bits(got, rung.expected);
  std::string line =
      format("%-28s %4zu %7zu %9zu %5zu/%-4zu %6zu", rung.name.c_str(), rung.n_rows, rung.threads,
             rung.weight_bytes, rung.load_bytes, 32 * rung.load_sectors, differ);
  if (measure && differ == 0) {
    constexpr int kRuns = 200;
    const Stopwatch watch;
    for (int i = 0; i < kRuns; ++i) rung.launch(y.data());
    y.download(got.data(), 1);
    const double seconds = watch.seconds() / kRuns;
    const double operations = 2.0 * static_cast<double>(rung.n_rows * kOut * kIn);
    line += format(" %8.1f us %7.1f GB/s %8.1f GFLOP/s", seconds * 1e6,
                   static_cast<double>(rung.weight_bytes) / seconds * 1e-9,
                   operations / seconds * 1e-9);
  }
  return line + "\n";
}

std::vector<float> product(const KernelSet& set, const std::vector<float>& w,
                           const std::vector<float>& x, std::size_t n_rows) {
  std::vector<float> y(n_rows * kOut);
  set.matmul(*set.pack({w.data(), kOut, kIn}), x.data(), n_rows, y.data());
  return y;
}

}  // namespace

std::string ladder_table(cuda::Device& device, const KernelSet& kernels, const KernelSet& reference,
                         bool measure) {
  constexpr std::size_t kMany = 64;
  const std::vector<float> w = draw(kOut * kIn, 0), x = draw(kMany * kIn, 1);
  std::vector<float> columns(w.size());  // w transposed
  for (std::size_t i = 0; i < w.size(); ++i) columns[i % kIn * kOut + i / kIn] = w[i];
  std::vector<std::uint16_t> narrow(w.size());
  write_row(w, WeightFormat::kBF16, narrow.data());
  std::vector<float> rounded(w.size());  // what bf16 keeps
  read_row({narrow.data(), w.size(), WeightFormat::kBF16}, rounded);

  const std::vector<float> one = product(reference, w, x, 1);
  const std::vector<float> one_rounded = product(reference, rounded, x, 1);
  const std::vector<float> many_rounded = product(reference, rounded, x, kMany);

  const DeviceArray<float> on_rows = upload(device, w), on_columns = upload(device, columns);
  const DeviceArray<float> on_x = upload(device, x);
  const auto wide = kernels.pack({w.data(), kOut, kIn});
  const auto half = kernels.pack({narrow.data(), kOut, kIn, WeightFormat::kBF16});
  const auto& f32 = static_cast<const cuda::CudaMatrix&>(*wide);
  const auto& bf16 = static_cast<const cuda::CudaMatrix&>(*half);
  const std::uint32_t blocks = cuda::divide_up(kOut, cuda::OnePhase::kThreads);
  const auto multiply = [&](const cuda::CudaMatrix& matrix, std::size_t n_rows) {
    return [&, n_rows](float* y) {
      const cuda::Multiplied part = {&matrix, nullptr, y};
      cuda::multiply(device, {&part, 1}, on_x.data(), n_rows);
    };
  };
  const std::size_t groups = kOut / cuda::kGroupOutputs, bytes = w.size() * sizeof(float);
  const std::vector<Rung> rungs = {
      {"one thread per output", 1, blocks * 256, bytes, 128,
       sectors(4, [](std::size_t t) { return t * kIn * 4; }),
       [&](float* y) {
         device.launch<cuda::OneThreadPerOutput>({blocks, 1, 1},
                                                 {on_rows.data(), on_x.data(), y, kOut, kIn});
       },
       one},
      {"weights transposed", 1, blocks * 256, bytes, 128,
       sectors(4, [](std::size_t t) { return t * 4; }),
       [&](float* y) {
         device.launch<cuda::OneThreadPerColumn>({blocks, 1, 1},
                                                 {on_columns.data(), on_x.data(), y, kOut, kIn});
       },
       one},
      {"one thread per 32 terms", 1, groups * 256, bytes, 512,
       unit_sectors(f32.weights(), cuda::F32::kChunks), multiply(f32, 1), one},
      {"weights as bf16", 1, groups * 256, bytes / 2, 512,
       unit_sectors(bf16.weights(), cuda::Bf16::kChunks), multiply(bf16, 1), one_rounded},
      {"the same, 64 rows", kMany, kOut / cuda::kTileColumns * cuda::kTileThreads, bytes / 2, 512,
       unit_sectors(bf16.weights(), cuda::Bf16::kChunks), multiply(bf16, kMany), many_rounded}};
  std::string table = format("%-28s %4s %7s %9s %10s %6s\n", "", "rows", "threads", "bytes",
                             "load/fetch", "differ");
  for (const Rung& rung : rungs) table += run(device, rung, measure);
  return table;
}

}  // namespace tokenwalk
