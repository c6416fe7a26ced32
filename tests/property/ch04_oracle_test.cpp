// The forward pass against a float64 oracle that shares no code with it (tests/support/oracle.h),
// and mistakes that the oracle must see.

#include <gtest/gtest.h>

#include <algorithm>
#include <functional>

#include "chapters/04_transformer/known_wrong.h"
#include "chapters/04_transformer/program/forwarding_kernels.h"
#include "chapters/04_transformer/reference_kernels.h"
#include "tests/support/dice.h"
#include "tests/support/oracle.h"
#include "tests/support/random_cases.h"
#include "tests/support/runs.h"
#include "tests/support/tiny_random_model.h"

namespace tokenwalk {
namespace {

// The keys or values of all layers of a run, [n_layers][n_tokens, kv_size].
std::vector<std::vector<float>> split_kv(const ModelConfig& config, const RunResult& run,
                                         bool keys) {
  const std::size_t size = config.attention.kv_size();
  const std::size_t per_layer = run.kv.size() / config.n_layers;
  std::vector<std::vector<float>> layers(config.n_layers);
  for (std::size_t i = 0; i < run.kv.size(); ++i) {
    if ((i / size) % 2 == (keys ? 0u : 1u)) layers[i / per_layer].push_back(run.kv[i]);
  }
  return layers;
}

// By how many deviations logits, K or V are off where they are off most.
double worst_off(const ModelConfig& config, const OracleResult& oracle, const RunResult& run) {
  double worst = worst_deviations(oracle.logits, run.logits);
  const auto keys = split_kv(config, run, true), values = split_kv(config, run, false);
  for (std::size_t i = 0; i < config.n_layers; ++i) {
    worst = std::max({worst, worst_deviations(oracle.keys[i], keys[i]),
                      worst_deviations(oracle.values[i], values[i])});
  }
  return worst;
}

void expect_agreement(const TinyRandomModel& random, const std::vector<int>& ids) {
  const OracleResult oracle = oracle_forward(random.config(), random.source(), ids);
  ThreadPool pool(2);
  for (const auto& kernels : exact_kernel_sets(pool)) {
    const RunResult run = run_full(random.build(*kernels), ids);
    ASSERT_LE(worst_off(random.config(), oracle, run), kDeviations)
        << "deviations; kernels " << kernels->name() << ", " << ids.size() << " tokens, "
        << random.spec() << "\n  read: page 04, The forward pass";
  }
}

// Llama and Qwen3 shapes, every exact kernel set.
TEST(Ch04Transformer, ForwardAgreesWithTheFloat64Oracle) {
  for (const std::uint64_t seed : case_seeds(40)) {
    const TinyRandomModel random(draw_spec(seed));
    Dice dice(seed, 4);
    expect_agreement(random, dice.ids(dice.between(1, 30), random.config().vocab));
  }
}

TEST(Ch04Transformer, ForwardAgreesWithTheOracleOverManyPositions) {
  for (const std::uint64_t seed : case_seeds(2)) {
    TinySpec spec = draw_spec(seed);
    spec.qwen3 = seed % 2 == 0;
    spec.n_layers = 1;
    spec.hidden = 24;
    expect_agreement(TinyRandomModel(spec), Dice(seed).ids(300, spec.vocab));
  }
}

TEST(Ch04Transformer, ForwardAgreesWithTheOracleOnSharpAttention) {
  for (const std::uint64_t seed : case_seeds(6)) {
    TinySpec spec = draw_spec(seed);
    spec.kind = WeightKind::kSharp;
    spec.n_layers = 1;
    expect_agreement(TinyRandomModel(spec), Dice(seed).ids(20, spec.vocab));
  }
}

// ---- what the oracle must see -------------------------------------------------------------------

// Two layers, 4 heads over 2, QK-norm, and what the oracle says to 30 tokens.
struct Desk {
  // How far a model of the same weights but another shape or other kernels is off.
  double off(const ModelConfig& config, const KernelSet& set) const {
    const WeightSource source = [&](const std::string& name, std::size_t n_rows,
                                    std::size_t n_cols) {
      std::vector<float> values = random.tensors().at(name);
      values.resize(n_rows * (n_cols == 0 ? 1 : n_cols), 0.1f);
      return values;
    };
    return worst_deviations(oracle.logits, run_full(build_model(config, source, set), ids).logits);
  }

  TinyRandomModel random{{.seed = 3,
                          .qwen3 = true,
                          .n_layers = 2,
                          .n_kv_heads = 2,
                          .heads_per_kv = 2,
                          .half_head_dim = 8,
                          .hidden = 48,
                          .intermediate = 64,
                          .vocab = 50}};
  std::vector<int> ids = Dice(1).ids(30, 50);
  OracleResult oracle = oracle_forward(random.config(), random.source(), ids);
  ThreadPool pool{1};
  std::unique_ptr<KernelSet> kernels = reference_kernel_set(pool);
};

TEST(Ch04Transformer, OracleIsSureToAFewMillionths) {
  const Desk desk;
  EXPECT_LE(desk.off(desk.random.config(), *desk.kernels), kDeviations);
  EXPECT_LT(std::sqrt(desk.oracle.logits.variance.maxCoeff()), 3e-5)
      << "the deviation of logits up to " << desk.oracle.logits.value.cwiseAbs().maxCoeff();
}

TEST(Ch04Transformer, OracleSeesAWrongShape) {
  const std::vector<std::pair<const char*, std::function<void(ModelConfig&)>>> mistakes = {
      {"rope_theta off by 1 %", [](ModelConfig& c) { c.rope_theta *= 1.01; }},
      {"another eps", [](ModelConfig& c) { c.rms_eps *= 3; }},
      {"as many K/V heads as heads", [](ModelConfig& c) { c.attention.n_kv_heads = 4; }},
      {"no QK-norm", [](ModelConfig& c) { c.qk_norm = false; }},
      {"the embedding table for the head", [](ModelConfig& c) { c.tied_head = true; }},
      {"a layer left out", [](ModelConfig& c) { c.n_layers = 1; }},
  };
  const Desk desk;
  for (const auto& [name, change] : mistakes) {
    ModelConfig config = desk.random.config();
    change(config);
    EXPECT_GT(desk.off(config, *desk.kernels), kDeviations) << name << " goes unseen";
  }
}

struct NeighbourRotation : ForwardingKernels {
  using ForwardingKernels::ForwardingKernels;
  void rotate(float* heads, std::size_t n_heads, std::size_t head_dim,
              RotaryRow angles) const override {
    for (std::size_t h = 0; h < n_heads; ++h) {
      rotate_head_neighbours({heads + h * head_dim, head_dim}, {angles.cosines, head_dim / 2},
                             {angles.sines, head_dim / 2});
    }
  }
};

struct ModuloGroups : ForwardingKernels {
  using ForwardingKernels::ForwardingKernels;
  void attend(AttentionShape shape, std::span<const AttendRow> rows) const override {
    for (const AttendRow& row : rows) {
      std::vector<float> keys, values;
      for (std::size_t t = 0; t <= row.position; ++t) {
        keys.resize((t + 1) * shape.kv_size());
        values.resize(keys.size());
        inner_.kv_read(*row.kv, t, &keys[t * shape.kv_size()], &values[t * shape.kv_size()]);
      }
      attend_grouped_modulo(shape, row.q, keys.data(), values.data(), row.position + 1, row.out);
    }
  }
};

struct OnePositionMore : ForwardingKernels {
  using ForwardingKernels::ForwardingKernels;
  void attend(AttentionShape shape, std::span<const AttendRow> rows) const override {
    std::vector<AttendRow> wrong(rows.begin(), rows.end());
    for (AttendRow& row : wrong) row.position = std::min(row.position + 1, rows.size() - 1);
    inner_.attend(shape, wrong);
  }
};

TEST(Ch04Transformer, OracleSeesWrongKernels) {
  const Desk desk;
  const ModelConfig& config = desk.random.config();
  EXPECT_LE(desk.off(config, ForwardingKernels(*desk.kernels)), kDeviations);
  EXPECT_GT(desk.off(config, NeighbourRotation(*desk.kernels)), kDeviations);
  EXPECT_GT(desk.off(config, ModuloGroups(*desk.kernels)), kDeviations);
  EXPECT_GT(desk.off(config, OnePositionMore(*desk.kernels)), kDeviations);
}

}  // namespace
}  // namespace tokenwalk
