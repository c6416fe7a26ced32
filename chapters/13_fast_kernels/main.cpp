// Chapter 13: fast kernels. Six ways to one matrix product and the engine's other formats, each
// with the bits of the plain loop; what an ordinary library gives; with --measure, times instead.
//
//   plain       a dot product for each output               reads W once for each row, one chain of
//   fma transposed  all outputs side by side                    the compiler's vectors; sums go
//   through memory lines       16 outputs in a register                    sums stay in registers
//   tiles       several rows and lines share their loads    a load for several fma
//   blocks      weights stay in cache for many rows         W from memory once for 128 rows
//   threads     parts handed out one by one                 all cores
//
// Run one alone with --rung NAME.
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <string>
#include <vector>

#include "chapters/04_transformer/program/book_model.h"
#include "chapters/04_transformer/reference_kernels.h"
#include "chapters/06_cached_generate/proof.h"
#include "chapters/13_fast_kernels/known_wrong.h"
#include "chapters/13_fast_kernels/ladder.h"
#include "chapters/13_fast_kernels/program/measure.h"
#include "lib/base/data_path.h"
#include "lib/base/dot.h"
#include "lib/base/error.h"
#include "lib/base/rng.h"

namespace tokenwalk {
namespace {

// n numbers between -0.5 and 0.5, others for each stream.
std::vector<float> random_numbers(std::size_t n, std::uint32_t stream) {
  std::vector<float> numbers(n);
  for (std::size_t i = 0; i < n; ++i) {
    numbers[i] = static_cast<float>(uniform_draw(13, stream, i) - 0.5);
  }
  return numbers;
}

struct Shape {
  std::size_t n_out, n_in, n_rows;
};

// On the borders of blocks, lines and tiles, and off them.
constexpr Shape kShapes[] = {{1, 1, 1}, {16, 32, 1}, {17, 33, 3}, {48, 64, 5}, {100, 576, 9}};

// ---- 1. the ladder ---------------------------------------------------------------------------

//! [13-main-ladder]
// How many numbers of all shapes differ from the plain loop's.
std::size_t count_different(const RungKind& kind, ThreadPool& pool) {
  std::size_t differ = 0;
  for (const Shape& s : kShapes) {
    const std::vector<float> w = random_numbers(s.n_out * s.n_in, 1);
    const std::vector<float> x = random_numbers(s.n_rows * s.n_in, 2);
    const auto multiply = [&](const RungKind& rung) {
      std::vector<float> y(s.n_rows * s.n_out);
      rung.make({w.data(), s.n_out, s.n_in}, pool)->multiply(x.data(), s.n_rows, y.data());
      return y;
    };
    differ += count_different_bits(multiply(ladder().front()), multiply(kind));
  }
  return differ;
}

void show_ladder(ThreadPool& pool, const std::string& wanted) {
  std::size_t n = 0, shown = 0;
  for (const Shape& s : kShapes) n += s.n_out * s.n_rows;
  for (const RungKind& kind : ladder()) {
    if (!wanted.empty() && wanted != kind.name) continue;
    ++shown;
    std::printf("  %-11s %-42s %zu of %zu differ\n", std::string(kind.name).c_str(),
                std::string(kind.idea).c_str(), count_different(kind, pool), n);
  }
  if (shown > 0) return;
  std::string names;
  for (const RungKind& kind : ladder())
    names += (names.empty() ? "" : ", ") + std::string(kind.name);
  throw UsageError({"unknown rung", wanted, names, ""});
}
//! [13-main-ladder]

// ---- 2. formats ------------------------------------------------------------------------------

//! [13-main-formats]
// The product of 200 by 576 weights, rounded to a format, with 5 rows.
std::vector<float> product_in(WeightFormat format, const KernelSet& set) {
  constexpr std::size_t kOut = 200, kIn = 576, kRows = 5;
  const std::vector<float> w = random_numbers(kOut * kIn, 3), x = random_numbers(kRows * kIn, 4);
  const std::size_t row_bytes = weight_row_bytes(format, kIn);
  std::vector<std::byte> rounded(kOut * row_bytes);
  for (std::size_t o = 0; o < kOut; ++o) {
    write_row({w.data() + o * kIn, kIn}, format, rounded.data() + o * row_bytes);
  }
  std::vector<float> y(kRows * kOut);
  set.matmul(*set.pack(MatrixView{rounded.data(), kOut, kIn, format}), x.data(), kRows, y.data());
  return y;
}

void show_formats(const KernelSet& reference, const KernelSet& fast) {
  const std::vector<float> exact = product_in(WeightFormat::kF32, reference);
  std::printf("  format  bytes a weight  fast set against plain loops  farthest from f32\n");
  for (const WeightFormat format :
       {WeightFormat::kF32, WeightFormat::kBF16, WeightFormat::kQ8_0, WeightFormat::kQ4_1}) {
    const std::vector<float> plain = product_in(format, reference);
    float farthest = 0;
    for (std::size_t i = 0; i < plain.size(); ++i) {
      farthest = std::max(farthest, std::fabs(plain[i] - exact[i]));
    }
    std::printf("  %-6s  %14.4f  %12zu of %zu differ  %17.4f\n",
                std::string(weight_format_name(format)).c_str(),
                static_cast<double>(weight_row_bytes(format, 32)) / 32,
                count_different_bits(plain, product_in(format, fast)), plain.size(), farthest);
  }
}
//! [13-main-formats]

// ---- 3. another order ------------------------------------------------------------------------

//! [13-main-order]
void show_other_order() {
  constexpr std::size_t kDots = 200;
  for (const std::size_t n : {16, 32, 64, 576}) {
    std::size_t differ = 0;
    for (std::uint32_t i = 0; i < kDots; ++i) {
      const std::vector<float> row = random_numbers(n, 10 + i), x = random_numbers(n, 1000 + i);
      const float by_rule = dot(row, x), in_16_sums = dot_in_16_sums(row, x);
      differ += count_different_bits({&by_rule, 1}, {&in_16_sums, 1});
    }
    std::printf("  %4zu terms  %3zu of %zu dot products differ\n", n, differ, kDots);
  }
}
//! [13-main-order]

// ---- 4. a library ----------------------------------------------------------------------------

//! [13-main-library]
// Is what the cache gives what the full forward gives, with products of this set?
void show_promise(const KernelSet& set, const char* what) {
  const Model model = load_model(data_path("tiny"), set);
  std::vector<int> ids;
  for (int i = 0; i < 48; ++i) ids.push_back(300 + 7 * i);
  const std::size_t calls[] = {40, 1, 1, 6};
  const Proof proof = prove_cached_equals_full(model, ids, calls);
  std::printf("  %-34s cached == uncached: %s\n", what, proof.logits_differ == 0 ? "yes" : "no");
}
//! [13-main-library]

void run(const ProgramFlags& flags) {
  if (flags.has("--measure")) {
    std::printf("%s", measure(flags).c_str());
    return;
  }
  ThreadPool pool(flags.number("--threads", 2, kMostThreads));
  const auto reference = reference_kernel_set(pool);
  const auto fast = kernel_set_named("auto", pool), library = eigen_kernel_set(pool);
  std::printf("== 1. The ladder: float32, %zu shapes\n\n", std::size(kShapes));
  show_ladder(pool, flags.text("--rung", ""));
  std::printf("\n== 2. Smaller weights\n\n");
  show_formats(*reference, *fast);
  std::printf("\n== 3. 16 sums side by side: another order, other bits\n\n");
  show_other_order();
  std::printf("\n== 4. A model on top\n\n");
  show_promise(*fast, "the fastest set of this machine");
  show_promise(*library, "an ordinary library's product");
}

}  // namespace
}  // namespace tokenwalk

int main(int argc, char** argv) {
  const std::vector<tokenwalk::Flag> takes = {
      {"--rung", "NAME", "the check of one rung in section 1"},
      {"--threads", "N", "threads, of which the rung `threads` uses all (default: 2)"},
      {"--measure", "", "times as Markdown, and nothing else"},
      {"--machine", "WORDS", "what the times say they were measured on"},
      {"--figure", "FILE", "where --measure draws the ladder under the machine's limits (SVG)"}};
  return tokenwalk::run_chapter(argc, argv, takes, tokenwalk::run);
}
