// The cache, appending to it and prefill, piece by piece.

#include <gtest/gtest.h>

#include <cmath>
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

const char* const kCache = "page 06, The cache";
const char* const kMemory = "page 06, The memory formula";
const char* const kAppend = "page 06, Appending";
const char* const kPrefill = "page 06, Prefill";

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
struct CacheDesk {
  ThreadPool pool{1};
  std::unique_ptr<KernelSet> kernels = reference_kernel_set(pool);
  Model model = TinyRandomModel(kSpec).build(*kernels);
  std::vector<int> ids = Dice(1).ids(20, kSpec.vocab);
};

// All ids in one call; the logits of all.
std::vector<float> feed(const Model& model, KvCache& cache, std::span<const int> ids) {
  std::vector<ForwardRow> rows;
  for (std::size_t i = 0; i < ids.size(); ++i) {
    rows.push_back({ids[i], cache.length() + i, &cache, true});
  }
  return forward_cached(model, rows);
}

// Holds n positions of nothing.
void hold(KvCache& cache, std::size_t n) {
  while (cache.length() < n) cache.advance();
}

std::span<const float> row_of(const std::vector<float>& logits, std::size_t t) {
  return std::span(logits).subspan(t * kSpec.vocab, kSpec.vocab);
}

// ---- the cache ---------------------------------------------------------------------------------

TEST(Ch06CachedGenerate, TheCacheStartsEmpty) {
  const CacheDesk desk;
  expect_same(0, KvCache(desk.model).length(), {"a new cache: length()", kCache});
  expect_same(0, KvCache(desk.model).bytes(), {"a new cache: bytes()", kMemory});
}

TEST(Ch06CachedGenerate, TruncateForgetsPositions) {
  const CacheDesk desk;
  KvCache cache(desk.model);
  hold(cache, 20);
  for (const std::size_t length : {20, 7, 6, 0, 0}) {
    const std::string input = std::to_string(cache.length()) + " positions, truncate(" +
                              std::to_string(length) + "): length()";
    cache.truncate(length);
    expect_same(length, cache.length(), {input, kCache});
  }
}

TEST(Ch06CachedGenerate, TruncateRefusesToGrow) {
  const CacheDesk desk;
  KvCache cache(desk.model);
  hold(cache, 20);
  EXPECT_THROW(cache.truncate(21), CheckFailure)
      << "  input: 20 positions, truncate(21)\n  read:  " << kCache;
  expect_same(20, cache.length(), {"20 positions, truncate(21) refused: length()", kCache});
}

TEST(Ch06CachedGenerate, TruncateMakesRoomForAnotherEnd) {
  const CacheDesk desk;
  KvCache cache(desk.model);
  feed(desk.model, cache, desk.ids);
  cache.truncate(12);
  const std::vector<int> end = {1, 2, 3};
  const std::vector<float> logits = feed(desk.model, cache, end);
  std::vector<int> all(desk.ids.begin(), desk.ids.begin() + 12);
  all.insert(all.end(), end.begin(), end.end());
  const RunResult full = run_full(desk.model, all);
  EXPECT_EQ(describe_difference("logits", kSpec.vocab,
                                std::span(full.logits).subspan(12 * kSpec.vocab), logits),
            "")
      << "  input: 20 tokens, truncate(12), 3 other tokens; what was cut must not be seen again\n"
      << "  read:  " << kCache;
}

TEST(Ch06CachedGenerate, BytesFollowTheFormula) {
  const CacheDesk desk;
  KvCache cache(desk.model);
  const std::vector<float> row(16, 1);
  for (std::size_t length = 1; length <= 520; ++length) {
    for (std::size_t i = 0; i < 2; ++i) {
      desk.kernels->kv_write(cache.layer(i), length - 1, row.data(), row.data());
    }
    cache.advance();
    // 2 n_layers n_kv_heads head_dim 4, for every position of every block begun.
    const std::size_t blocks = (length + kKvBlock - 1) / kKvBlock;
    const std::string input = std::to_string(length) +
                              " positions, 2 layers, 2 K/V heads, head_dim 8, blocks of 256 "
                              "positions: bytes()";
    expect_same(2 * 2 * 2 * 8 * 4 * kKvBlock * blocks, cache.bytes(), {input, kMemory});
  }
}

// ---- appending ---------------------------------------------------------------------------------

TEST(Ch06CachedGenerate, KeysAreRotatedBeforeTheyAreStored) {
  const CacheDesk desk;
  KvCache cache(desk.model);
  feed(desk.model, cache, std::span(desk.ids).first(11));
  feed(desk.model, cache, std::span(desk.ids).subspan(11));
  std::vector<float> kv;
  for (std::size_t i = 0; i < 2; ++i) append_kv(desk.model, cache.layer(i), 20, kv);
  EXPECT_EQ(describe_difference("K and V (rows: layer, position)", 2 * 16,
                                run_full(desk.model, desk.ids).kv, kv),
            "")
      << "  input: 20 tokens in two calls; the cache must hold what the full forward computes, "
      << "keys rotated by their own positions\n  read:  " << kAppend;
}

TEST(Ch06CachedGenerate, CachedEqualsUncachedForRowsOfTwoCaches) {
  const CacheDesk desk;
  KvCache first(desk.model), second(desk.model);
  const std::vector<ForwardRow> rows = {{desk.ids[0], 0, &first, true},
                                        {desk.ids[5], 0, &second, true},
                                        {desk.ids[6], 1, &second, true},
                                        {desk.ids[1], 1, &first, true}};
  const std::vector<float> logits = forward_cached(desk.model, rows);
  const RunResult a = run_full(desk.model, std::span(desk.ids).first(2));
  const RunResult b = run_full(desk.model, std::span(desk.ids).subspan(5, 2));
  const std::span<const float> expected[] = {row_of(a.logits, 0), row_of(b.logits, 0),
                                             row_of(b.logits, 1), row_of(a.logits, 1)};
  for (std::size_t r = 0; r < 4; ++r) {
    EXPECT_EQ(describe_difference("row " + std::to_string(r), kSpec.vocab, expected[r],
                                  row_of(logits, r)),
              "")
        << "  input: one call with rows of two caches, mixed\n  read:  " << kAppend;
  }
}

TEST(Ch06CachedGenerate, RowsThatDoNotContinueTheirCacheAreRefused) {
  const CacheDesk desk;
  KvCache cache(desk.model);
  feed(desk.model, cache, desk.ids);
  const auto call = [&](const std::vector<ForwardRow>& rows) { forward_cached(desk.model, rows); };
  EXPECT_THROW(call({{1, 19, &cache, true}}), CheckFailure) << "position 19 is taken";
  EXPECT_THROW(call({{1, 21, &cache, true}}), CheckFailure) << "position 20 would be left out";
  EXPECT_THROW(call({{1, 20, &cache, true}, {1, 20, &cache, true}}), CheckFailure);
  EXPECT_THROW(call({{1, 21, &cache, true}, {1, 20, &cache, true}}), CheckFailure);
  EXPECT_THROW(call({{-1, 20, &cache, true}}), CheckFailure);
  EXPECT_THROW(call({{40, 20, &cache, true}}), CheckFailure) << "the vocabulary ends at 39";
  EXPECT_EQ(cache.length(), 20u) << "a refused call changes nothing";
}

TEST(Ch06CachedGenerate, OnlyTheRowsAskedForGiveLogits) {
  const CacheDesk desk;
  KvCache cache(desk.model);
  std::vector<ForwardRow> rows;
  for (std::size_t t = 0; t < 20; ++t) rows.push_back({desk.ids[t], t, &cache, t == 4 || t == 11});
  const std::vector<float> logits = forward_cached(desk.model, rows);
  ASSERT_EQ(logits.size(), 2 * kSpec.vocab);
  const RunResult full = run_full(desk.model, desk.ids);
  EXPECT_EQ(describe_difference("row 4", kSpec.vocab, row_of(full.logits, 4), row_of(logits, 0)),
            "");
  EXPECT_EQ(describe_difference("row 11", kSpec.vocab, row_of(full.logits, 11), row_of(logits, 1)),
            "");
}

// ---- prefill -----------------------------------------------------------------------------------

TEST(Ch06CachedGenerate, PrefillReturnsTheLogitsOfTheLastToken) {
  const CacheDesk desk;
  const RunResult full = run_full(desk.model, desk.ids);
  for (const std::size_t chunk : {1, 2, 7, 19, 20, 21, 512}) {
    KvCache cache(desk.model);
    const std::vector<float> logits = prefill(desk.model, cache, desk.ids, chunk);
    const std::string how = "20 tokens in chunks of " + std::to_string(chunk);
    expect_same(20, cache.length(), {how + ": positions held", kPrefill});
    EXPECT_EQ(describe_difference("logits", kSpec.vocab, row_of(full.logits, 19), logits), "")
        << "  input: " << how << "\n  read:  " << kPrefill;
  }
}

TEST(Ch06CachedGenerate, PrefillContinuesWhatTheCacheHolds) {
  const CacheDesk desk;
  KvCache cache(desk.model);
  prefill(desk.model, cache, std::span(desk.ids).first(13), 5);
  const std::vector<float> logits = prefill(desk.model, cache, std::span(desk.ids).subspan(13), 3);
  EXPECT_EQ(describe_difference("logits", kSpec.vocab,
                                row_of(run_full(desk.model, desk.ids).logits, 19), logits),
            "")
      << "  input: 13 tokens in chunks of 5, then 7 in chunks of 3\n  read:  " << kPrefill;
}

TEST(Ch06CachedGenerate, PrefillRefusesNothingAndChunksOfNothing) {
  const CacheDesk desk;
  KvCache cache(desk.model);
  EXPECT_THROW(prefill(desk.model, cache, {}), CheckFailure);
  EXPECT_THROW(prefill(desk.model, cache, desk.ids, 0), CheckFailure);
  EXPECT_EQ(cache.length(), 0u);
}

// ---- the proof ---------------------------------------------------------------------------------

TEST(Ch06CachedGenerate, TheProofCountsEveryNumber) {
  const CacheDesk desk;
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

// A cache that is wrong in one number must show, or the proof would be worth nothing.
TEST(Ch06CachedGenerate, OneWrongNumberInTheCacheShowsInTheLogits) {
  const CacheDesk desk;
  KvCache cache(desk.model), wrong(desk.model);
  feed(desk.model, cache, desk.ids);
  feed(desk.model, wrong, desk.ids);
  std::vector<float> k(16), v(16);
  desk.kernels->kv_read(wrong.layer(1), 3, k.data(), v.data());
  v[5] += 1e-3f;
  desk.kernels->kv_write(wrong.layer(1), 3, k.data(), v.data());
  const std::vector<int> next = {7};
  EXPECT_GT(count_different_bits(feed(desk.model, cache, next), feed(desk.model, wrong, next)), 0u);
}

}  // namespace
}  // namespace tokenwalk
