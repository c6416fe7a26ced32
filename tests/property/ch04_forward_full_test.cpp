// The whole forward pass of chapter 04: what it promises whatever the numbers are.

#include "chapters/04_transformer/forward_full.h"

#include <gtest/gtest.h>

#include <limits>

#include "lib/base/check.h"
#include "tests/support/dice.h"
#include "tests/support/machines.h"
#include "tests/support/random_cases.h"
#include "tests/support/runs.h"
#include "tests/support/tiny_random_model.h"
#include "tests/support/told.h"

namespace tokenwalk {
namespace {

const char* const kForward = "page 04, The forward pass";

TEST(Ch04Transformer, ForwardGivesOneRowOfLogitsForEachToken) {
  ThreadPool pool(1);
  const auto kernels = reference_kernel_set(pool);
  const Model model = TinyRandomModel({.n_layers = 2, .vocab = 37}).build(*kernels);
  const std::vector<int> ids = {1, 2, 3, 36, 0};
  const FullForward full = forward_full(model, ids, LogitRows::kAll);
  expect_same(5 * 37, full.logits.size(), {"5 tokens, vocabulary 37: logits", kForward});
  expect_same(2, full.kv.size(), {"2 layers: K and V", kForward});
}

TEST(Ch04Transformer, ForwardRefusesWhatIsNoToken) {
  ThreadPool pool(1);
  const auto kernels = reference_kernel_set(pool);
  const Model model = TinyRandomModel({.vocab = 37}).build(*kernels);
  const auto run = [&](std::vector<int> ids) { forward_full(model, ids, LogitRows::kLast); };
  EXPECT_THROW(run({}), CheckFailure) << "no tokens at all";
  EXPECT_THROW(run({1, 37}), CheckFailure) << "the vocabulary ends at 36";
  EXPECT_THROW(run({-1}), CheckFailure);
}

TEST(Ch04Transformer, TheLastRowAloneIsTheLastRowOfAll) {
  for_each_machine([](const KernelSet& kernels, int threads) {
    for (const std::uint64_t seed : case_seeds(8)) {
      const Model model = TinyRandomModel(draw_spec(seed)).build(kernels);
      const std::size_t vocab = model.config.vocab;
      Dice dice(seed, 5);
      const std::vector<int> ids = dice.ids(dice.between(1, 40), vocab);
      const std::vector<float> all = forward_full(model, ids, LogitRows::kAll).logits;
      const std::vector<float> last = forward_full(model, ids, LogitRows::kLast).logits;
      ASSERT_EQ(describe_difference("logits", vocab, std::span(all).last(vocab), last), "")
          << machine_name(kernels, threads) << ", " << draw_spec(seed);
    }
  });
}

// What stands later in a text cannot change what was computed for the tokens before it.
TEST(Ch04Transformer, ForwardDoesNotLookAhead) {
  for_each_machine([](const KernelSet& kernels, int threads) {
    for (const std::uint64_t seed : case_seeds(8)) {
      const Model model = TinyRandomModel(draw_spec(seed)).build(kernels);
      Dice dice(seed, 6);
      const std::vector<int> ids = dice.ids(dice.between(2, 50), model.config.vocab);
      const std::size_t n = dice.between(1, ids.size() - 1);
      const std::vector<float> all = run_full(model, ids).logits;
      const std::vector<float> start = run_full(model, std::span(ids).first(n)).logits;
      ASSERT_EQ(describe_difference("logits", model.config.vocab,
                                    std::span(all).first(start.size()), start),
                "")
          << "the first " << n << " of " << ids.size() << " tokens alone and followed by others, "
          << machine_name(kernels, threads) << ", " << draw_spec(seed) << "\n  read: " << kForward;
    }
  });
}

// K and V beyond a row's position may hold anything: NaN and inf there must not reach the row, in
// any kernel set (e = 0 times NaN would).
TEST(Ch04Transformer, WhatIsBeyondThePositionDoesNotMatter) {
  for_each_machine([](const KernelSet& kernels, int threads) {
    for (const std::uint64_t seed : case_seeds(12)) {
      Dice dice(seed);
      const std::size_t n_kv = dice.between(1, 3), group = dice.between(1, 3);
      const AttentionShape shape = {n_kv * group, n_kv, 2 * dice.between(1, 20)};
      const std::size_t n = seed % 4 == 0 ? 270 : 40, position = dice.below(n - 1);
      const std::vector<float> q = dice.floats(shape.q_size());
      const auto clean = kernels.kv_create(shape, KvType::kF32),
                 planted = kernels.kv_create(shape, KvType::kF32);
      for (std::size_t t = 0; t < n; ++t) {
        const std::vector<float> k = dice.floats(shape.kv_size()), v = dice.floats(shape.kv_size());
        const float nan = std::numeric_limits<float>::quiet_NaN();
        const float inf = std::numeric_limits<float>::infinity();
        const std::vector<float> bad(shape.kv_size(), t % 3 == 0 ? nan : t % 3 == 1 ? inf : -inf);
        if (t <= position) kernels.kv_write(*clean, t, k.data(), v.data());
        kernels.kv_write(*planted, t, (t <= position ? k : bad).data(),
                         (t <= position ? v : bad).data());
      }
      std::vector<float> expected(q.size()), got(q.size());
      const AttendRow row = {q.data(), clean.get(), position, expected.data()};
      const AttendRow other = {q.data(), planted.get(), position, got.data()};
      kernels.attend(shape, {&row, 1});
      kernels.attend(shape, {&other, 1});
      ASSERT_EQ(describe_difference("attention (rows: heads)", shape.head_dim, expected, got), "")
          << machine_name(kernels, threads) << ", " << shape.n_heads << " heads over " << n_kv
          << ", head_dim " << shape.head_dim << ", position " << position << " of " << n
          << ", case seed " << seed;
    }
  });
}

// The values that kv_read gives back are those that kv_write was given, bit for bit.
TEST(Ch04Transformer, KvKeepsWhatItIsGiven) {
  for_each_machine([](const KernelSet& kernels, int threads) {
    const AttentionShape shape = {6, 3, 10};
    const auto kv = kernels.kv_create(shape, KvType::kF32);
    Dice dice(4);
    std::vector<float> all, got;
    for (std::size_t t = 0; t < 300; ++t) {
      const std::vector<float> row = dice.floats(60);
      kernels.kv_write(*kv, t, row.data(), row.data() + 30);
      all.insert(all.end(), row.begin(), row.end());
    }
    for (std::size_t t = 0; t < 300; ++t) {
      got.resize((t + 1) * 60);
      kernels.kv_read(*kv, t, got.data() + t * 60, got.data() + t * 60 + 30);
    }
    ASSERT_EQ(describe_difference("K and V (rows: positions)", 60, all, got), "")
        << machine_name(kernels, threads);
    ASSERT_GE(kv->bytes(), 2 * kKvBlock * 60 * sizeof(float)) << machine_name(kernels, threads);
  });
}

// The embedding table comes back out of every layout.
TEST(Ch04Transformer, AMatrixKeepsItsRows) {
  for_each_machine([](const KernelSet& kernels, int threads) {
    for (const std::size_t n_in : {1, 5, 31, 32, 33, 80}) {
      const std::size_t n_out = 50 - n_in % 7;
      const std::vector<float> values = Dice(n_in).floats(n_out * n_in);
      const auto matrix = kernels.pack(MatrixView{values.data(), n_out, n_in});
      std::vector<float> got(values.size());
      for (std::size_t o = 0; o < n_out; ++o) {
        kernels.unpack_row(*matrix, o, std::span(got).subspan(o * n_in, n_in));
      }
      ASSERT_EQ(describe_difference("rows", n_in, values, got), "")
          << machine_name(kernels, threads);
    }
  });
}

}  // namespace
}  // namespace tokenwalk
