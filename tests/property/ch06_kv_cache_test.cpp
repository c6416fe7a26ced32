#include <gtest/gtest.h>

#include <limits>

#include "chapters/06_cached_generate/forward_cached.h"
#include "chapters/06_cached_generate/generate_cached.h"
#include "chapters/06_cached_generate/proof.h"
#include "lib/base/check.h"
#include "tests/support/dice.h"
#include "tests/support/machines.h"
#include "tests/support/runs.h"
#include "tests/support/tiny_random_model.h"
#include "tests/support/told.h"

namespace tokenwalk {
namespace {

const TinySpec kSpec = {.seed = 5,
                        .qwen3 = true,
                        .n_layers = 2,
                        .n_kv_heads = 2,
                        .heads_per_kv = 3,
                        .half_head_dim = 4,
                        .hidden = 20,
                        .intermediate = 30,
                        .vocab = 40};

// A model on the reference kernels with one thread, and 20 tokens.
struct Desk {
  ThreadPool pool{1};
  std::unique_ptr<KernelSet> kernels = reference_kernel_set(pool);
  Model model = TinyRandomModel(kSpec).build(*kernels);
  std::vector<int> ids = Dice(1).ids(20, kSpec.vocab);
};

TEST(Ch06CachedGenerate, TheCacheStartsEmpty) {
  const Desk desk;
  const KvCache cache(desk.model);
  expect_same(0, cache.length(), {"a new cache", "page 06, The cache"});
  expect_same(0, cache.bytes(), {"bytes() of a new cache", "page 06, The memory formula"});
}

TEST(Ch06CachedGenerate, BytesFollowTheFormula) {
  const Desk desk;
  KvCache cache(desk.model);
  std::size_t length = 0;
  for (const std::size_t upto : {1, 2, 255, 256, 257, 300, 513}) {
    const std::vector<int> ids(upto - length, 3);
    prefill(desk.model, cache, ids);
    length = upto;
    const std::size_t blocks = (length + kKvBlock - 1) / kKvBlock;
    // 2 n_layers n_kv_heads head_dim 4, for every position of every block begun
    expect_same(2 * 2 * 2 * 8 * 4 * kKvBlock * blocks, cache.bytes(),
                {"bytes() with " + std::to_string(length) +
                     " positions of 2 layers, 2 K/V heads, "
                     "head_dim 8",
                 "page 06, The memory formula"});
  }
  cache.truncate(3);
  expect_same(2 * 2 * 2 * 8 * 4 * kKvBlock * 3, cache.bytes(),
              {"bytes() after truncate(3): the memory stays", "page 06, The memory formula"});
}

TEST(Ch06CachedGenerate, TruncateForgetsPositions) {
  const Desk desk;
  KvCache cache(desk.model);
  prefill(desk.model, cache, desk.ids);
  cache.truncate(20);
  expect_same(20, cache.length(), {"truncate(20) of 20 positions", "page 06, The cache"});
  cache.truncate(7);
  expect_same(7, cache.length(), {"truncate(7) of 20 positions", "page 06, The cache"});
  cache.truncate(0);
  expect_same(0, cache.length(), {"truncate(0) of 7 positions", "page 06, The cache"});
}

TEST(Ch06CachedGenerate, TruncateRefusesToGrow) {
  const Desk desk;
  KvCache cache(desk.model);
  prefill(desk.model, cache, desk.ids);
  EXPECT_THROW(cache.truncate(21), CheckFailure) << "20 positions cannot be cut down to 21";
  EXPECT_EQ(cache.length(), 20u);
}

TEST(Ch06CachedGenerate, AnotherEndAfterTruncate) {
  const Desk desk;
  KvCache cache(desk.model);
  prefill(desk.model, cache, desk.ids);
  cache.truncate(12);
  const std::vector<int> end = {1, 2, 3};
  const std::vector<float> logits = prefill(desk.model, cache, end);
  std::vector<int> all(desk.ids.begin(), desk.ids.begin() + 12);
  all.insert(all.end(), end.begin(), end.end());
  const RunResult full = run_full(desk.model, all);
  const std::span<const float> last = {full.logits.data() + 14 * kSpec.vocab, kSpec.vocab};
  EXPECT_EQ(describe_difference("logits", kSpec.vocab, last, logits), "")
      << "20 tokens, truncate(12), 3 other tokens: what was cut must not be seen any more\n"
      << "  read: page 06, The cache";
}

TEST(Ch06CachedGenerate, KeysAreRotatedBeforeTheyAreStored) {
  const Desk desk;
  KvCache cache(desk.model);
  prefill(desk.model, cache, desk.ids);
  const RunResult full = run_full(desk.model, desk.ids);
  std::vector<float> kv;
  for (std::size_t i = 0; i < 2; ++i) append_kv(desk.model, cache.layer(i), desk.ids.size(), kv);
  EXPECT_EQ(describe_difference("K and V (rows: layer, position)", 2 * 16, full.kv, kv), "")
      << "20 tokens: the cache must hold what the full forward computes, keys rotated\n"
      << "  read: page 06, Appending";
}

TEST(Ch06CachedGenerate, PrefillReturnsTheLogitsOfTheLastToken) {
  const Desk desk;
  const RunResult full = run_full(desk.model, desk.ids);
  const std::span<const float> last = {full.logits.data() + 19 * kSpec.vocab, kSpec.vocab};
  for (const std::size_t chunk : {1, 2, 7, 19, 20, 21, 512}) {
    KvCache cache(desk.model);
    const std::vector<float> logits = prefill(desk.model, cache, desk.ids, chunk);
    const std::string how = "20 tokens in chunks of " + std::to_string(chunk);
    expect_same(20, cache.length(), {how + ": positions held", "page 06, Prefill"});
    EXPECT_EQ(describe_difference("logits", kSpec.vocab, last, logits), "")
        << "  input: " << how << "\n  read:  page 06, Prefill";
  }
}

TEST(Ch06CachedGenerate, PrefillRefusesNothingAndChunksOfNothing) {
  const Desk desk;
  KvCache cache(desk.model);
  EXPECT_THROW(prefill(desk.model, cache, {}), CheckFailure);
  EXPECT_THROW(prefill(desk.model, cache, desk.ids, 0), CheckFailure);
  EXPECT_EQ(cache.length(), 0u);
}

TEST(Ch06CachedGenerate, RowsThatDoNotContinueTheirCacheAreRefused) {
  const Desk desk;
  KvCache cache(desk.model);
  prefill(desk.model, cache, desk.ids);
  const auto feed = [&](std::vector<ForwardRow> rows) { forward_cached(desk.model, rows); };
  EXPECT_THROW(feed({{1, 19, &cache, true}}), CheckFailure) << "position 19 is taken";
  EXPECT_THROW(feed({{1, 21, &cache, true}}), CheckFailure) << "position 20 would be left out";
  EXPECT_THROW(feed({{1, 20, &cache, true}, {1, 20, &cache, true}}), CheckFailure);
  EXPECT_THROW(feed({{1, 21, &cache, true}, {1, 20, &cache, true}}), CheckFailure);
  EXPECT_THROW(feed({{-1, 20, &cache, true}}), CheckFailure);
  EXPECT_THROW(feed({{40, 20, &cache, true}}), CheckFailure) << "the vocabulary ends at 39";
  EXPECT_EQ(cache.length(), 20u) << "a refused call changes nothing";
}

TEST(Ch06CachedGenerate, OnlyTheRowsAskedForGiveLogits) {
  const Desk desk;
  KvCache cache(desk.model);
  std::vector<ForwardRow> rows;
  for (std::size_t t = 0; t < 20; ++t) rows.push_back({desk.ids[t], t, &cache, t == 4 || t == 11});
  const std::vector<float> logits = forward_cached(desk.model, rows);
  const RunResult full = run_full(desk.model, desk.ids);
  std::vector<float> expected;
  for (const std::size_t t : {4, 11}) {
    const auto row = full.logits.begin() + static_cast<std::ptrdiff_t>(t * kSpec.vocab);
    expected.insert(expected.end(), row, row + static_cast<std::ptrdiff_t>(kSpec.vocab));
  }
  EXPECT_EQ(describe_difference("logits of rows 4 and 11", kSpec.vocab, expected, logits), "");
}

TEST(Ch06CachedGenerate, TheProofCountsEveryNumber) {
  const Desk desk;
  const std::vector<std::size_t> sizes = {3, 1, 16};
  const Proof proof = prove_cached_equals_full(desk.model, desk.ids, sizes);
  EXPECT_EQ(proof.logits, 20u * 40);
  EXPECT_EQ(proof.kv, 2u * 20 * 2 * 16);
  EXPECT_EQ(proof.logits_differ, 0u);
  EXPECT_EQ(proof.kv_differ, 0u);
}

TEST(Ch06CachedGenerate, TheProofCountsBitsAndTakesAllNansAsOne) {
  const float nan = std::numeric_limits<float>::quiet_NaN();
  const float inf = std::numeric_limits<float>::infinity();
  const std::vector<float> a = {0.0f, 1.0f, nan, inf, nan, 2.0f};
  const std::vector<float> b = {-0.0f, 1.0f, -nan, -inf, 3.0f, std::nextafter(2.0f, 3.0f)};
  EXPECT_EQ(count_different_bits(a, b), 4u) << "-0, -inf, 3 for NaN and the next float differ";
  EXPECT_EQ(count_different_bits(a, a), 0u);
  EXPECT_THROW(count_different_bits(a, std::span(b).first(5)), CheckFailure);
}

// A cache that is wrong in one number must show: the proof is worth something.
TEST(Ch06CachedGenerate, OneWrongNumberInTheCacheShowsInTheLogits) {
  const Desk desk;
  KvCache cache(desk.model), wrong(desk.model);
  prefill(desk.model, cache, desk.ids);
  prefill(desk.model, wrong, desk.ids);
  std::vector<float> k(16), v(16);
  desk.kernels->kv_read(wrong.layer(1), 3, k.data(), v.data());
  v[5] = std::nextafter(v[5], 1e9f) + 1e-3f;
  desk.kernels->kv_write(wrong.layer(1), 3, k.data(), v.data());
  const int id = 7;
  EXPECT_GT(count_different_bits(prefill(desk.model, cache, {&id, 1}),
                                 prefill(desk.model, wrong, {&id, 1})),
            0u);
}

}  // namespace
}  // namespace tokenwalk
