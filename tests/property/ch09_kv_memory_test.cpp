// What the K/V cache really allocates while it grows: this program counts every byte.

#include <gtest/gtest.h>
#include <malloc.h>

#include <algorithm>
#include <cstdlib>
#include <new>

#include "chapters/06_cached_generate/kv_cache.h"
#include "chapters/06_cached_generate/program/inspect.h"
#include "tests/support/machines.h"
#include "tests/support/tiny_random_model.h"

namespace {

std::size_t live_bytes = 0, peak_bytes = 0;

void* count_in(void* p) {
  if (p == nullptr) throw std::bad_alloc();
  live_bytes += malloc_usable_size(p);
  peak_bytes = std::max(peak_bytes, live_bytes);
  return p;
}

void count_out(void* p) {
  live_bytes -= malloc_usable_size(p);
  std::free(p);
}

}  // namespace

void* operator new(std::size_t n) {
  return count_in(std::malloc(n));
}
void* operator new(std::size_t n, std::align_val_t a) {
  const auto align = static_cast<std::size_t>(a);
  return count_in(std::aligned_alloc(align, (n + align - 1) / align * align));
}
void operator delete(void* p) noexcept {
  count_out(p);
}
void operator delete(void* p, std::size_t) noexcept {
  count_out(p);
}
void operator delete(void* p, std::align_val_t) noexcept {
  count_out(p);
}
void operator delete(void* p, std::size_t, std::align_val_t) noexcept {
  count_out(p);
}

namespace tokenwalk {
namespace {

const TinySpec kSpec = {.n_layers = 4, .n_kv_heads = 2, .half_head_dim = 16, .vocab = 40};

void append(const KernelSet& kernels, KvCache& cache) {
  static const std::vector<float> row(64, 1);
  for (std::size_t i = 0; i < kSpec.n_layers; ++i) {
    kernels.kv_write(cache.layer(i), cache.length(), row.data(), row.data());
  }
  cache.advance();
}

// By blocks, exactly as long as the formula says, and never twice as much on the way: the packed
// sets add a block and copy nothing; `reference` moves the keys or the values of one layer at a
// time.
TEST(Ch09KvMemory, GrowsByBlocksAndNeverDoubles) {
  ThreadPool pool(1);
  for (const auto& kernels : exact_kernel_sets(pool)) {
    const Model model = TinyRandomModel(kSpec).build(*kernels);
    KvCache cache(model);
    while (cache.length() < 20) append(*kernels, cache);  // a thread's scratch is there, too
    while (cache.length() < 3000) {
      const std::size_t before = cache.bytes();
      peak_bytes = live_bytes;
      const std::size_t others = live_bytes - before;
      append(*kernels, cache);
      const std::size_t grown = live_bytes - others;
      ASSERT_EQ(cache.bytes(), kv_cache_bytes(model, cache.length()))
          << kernels->name() << ", " << cache.length() << " positions";
      ASSERT_LE(grown, cache.bytes() + cache.bytes() / 16 + 4096) << "bytes() leaves something out";
      const std::size_t moved = kernels->name() == "reference" ? before / (2 * kSpec.n_layers) : 0;
      ASSERT_LE(peak_bytes - live_bytes, moved + 4096)
          << kernels->name() << ": held on the way to " << cache.length() << " positions, of "
          << cache.bytes() << " bytes";
    }
  }
}

TEST(Ch09KvMemory, GivesEverythingBack) {
  ThreadPool pool(1);
  for (const auto& kernels : exact_kernel_sets(pool)) {
    const Model model = TinyRandomModel(kSpec).build(*kernels);
    std::size_t before = 0;
    for (int run = 0; run < 2; ++run) {  // the first one leaves a thread's scratch behind
      before = live_bytes;
      KvCache cache(model);
      while (cache.length() < 600) append(*kernels, cache);
      const KvCache fork = cache.fork(model);
      EXPECT_GE(live_bytes - before, cache.bytes());
    }
    EXPECT_EQ(live_bytes, before) << kernels->name();
  }
}

}  // namespace
}  // namespace tokenwalk
