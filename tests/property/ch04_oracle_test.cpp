// The forward pass against a float64 oracle that shares no code with it (tests/support/oracle.h).

#include <gtest/gtest.h>

#include <algorithm>
#include <functional>

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

// The largest share of the oracle's bound over logits, K and V.
double worst_share(const ModelConfig& config, const OracleResult& oracle, const RunResult& run) {
  double worst = worst_share_of_bound(oracle.logits, run.logits);
  const auto keys = split_kv(config, run, true), values = split_kv(config, run, false);
  for (std::size_t i = 0; i < config.n_layers; ++i) {
    worst = std::max({worst, worst_share_of_bound(oracle.keys[i], keys[i]),
                      worst_share_of_bound(oracle.values[i], values[i])});
  }
  return worst;
}

std::vector<int> draw_ids(std::uint64_t seed, std::size_t vocab) {
  Dice dice(seed, 4);
  return dice.ids(dice.between(1, 40), vocab);
}

// Llama and Qwen3 shapes, every exact kernel set.
TEST(Ch04Transformer, ForwardAgreesWithTheFloat64Oracle) {
  ThreadPool pool(2);
  double worst = 0;
  for (const std::uint64_t seed : case_seeds(40)) {
    const TinyRandomModel random(draw_spec(seed));
    const std::vector<int> ids = draw_ids(seed, random.config().vocab);
    const OracleResult oracle = oracle_forward(random.config(), random.source(), ids);
    for (const auto& kernels : exact_kernel_sets(pool)) {
      const RunResult run = run_full(random.build(*kernels), ids);
      const double share = worst_share(random.config(), oracle, run);
      worst = std::max(worst, share);
      ASSERT_LE(share, 1) << "of the bound; kernels " << kernels->name() << ", " << ids.size()
                          << " tokens, " << random.spec() << "\n  read: page 04";
    }
  }
  RecordProperty("worst_share_of_bound", std::to_string(worst));
}

// Sharp attention, and a few hundred positions.
TEST(Ch04Transformer, ForwardAgreesWithTheOracleOverManyPositions) {
  ThreadPool pool(2);
  for (const std::uint64_t seed : case_seeds(2)) {
    TinySpec spec = draw_spec(seed);
    spec.qwen3 = seed % 2 == 0;
    spec.n_layers = 1;
    spec.hidden = 24;
    const TinyRandomModel random(spec);
    const std::vector<int> ids = Dice(seed).ids(300, spec.vocab);
    const OracleResult oracle = oracle_forward(random.config(), random.source(), ids);
    for (const auto& kernels : exact_kernel_sets(pool)) {
      const RunResult run = run_full(random.build(*kernels), ids);
      ASSERT_LE(worst_share(random.config(), oracle, run), 1) << kernels->name() << ", " << spec;
    }
  }
}

// ---- the bound is small enough to see mistakes --------------------------------------------------

struct Mistake {
  const char* name;
  std::function<void(ModelConfig& config)> change;  // of the shape that the model is run with
};

TEST(Ch04Transformer, TheOraclesBoundSeesMistakes) {
  const std::vector<Mistake> mistakes = {
      {"none", [](ModelConfig&) {}},
      {"rope_theta off by 1 %", [](ModelConfig& c) { c.rope_theta *= 1.01; }},
      {"eps 1e-3", [](ModelConfig& c) { c.rms_eps = 1e-3f; }},
      {"heads and K/V heads equal", [](ModelConfig& c) { c.attention.n_kv_heads = 4; }},
      {"no QK-norm", [](ModelConfig& c) { c.qk_norm = false; }},
      {"the embedding table for the head", [](ModelConfig& c) { c.tied_head = true; }},
      {"a layer left out", [](ModelConfig& c) { c.n_layers = 1; }},
  };
  const TinyRandomModel random({.seed = 3,
                                .qwen3 = true,
                                .n_layers = 2,
                                .n_kv_heads = 2,
                                .heads_per_kv = 2,
                                .half_head_dim = 8,
                                .hidden = 48,
                                .intermediate = 64,
                                .vocab = 50});
  const std::vector<int> ids = Dice(1).ids(30, 50);
  const OracleResult oracle = oracle_forward(random.config(), random.source(), ids);
  EXPECT_LT(oracle.logits.error.maxCoeff(), 2e-3) << "the bound for logits of about 2";
  ThreadPool pool(1);
  const auto kernels = reference_kernel_set(pool);
  for (const Mistake& mistake : mistakes) {
    ModelConfig config = random.config();
    mistake.change(config);
    const WeightSource source = [&](const std::string& name, std::size_t n_rows,
                                    std::size_t n_cols) {
      std::vector<float> values = random.tensors().at(name);
      values.resize(n_rows * (n_cols == 0 ? 1 : n_cols), 0.1f);
      return values;
    };
    const RunResult run = run_full(build_model(config, source, *kernels), ids);
    const double share = worst_share_of_bound(oracle.logits, run.logits);
    if (std::string(mistake.name) == "none") {
      EXPECT_LE(share, 1);
    } else {
      EXPECT_GT(share, 1) << mistake.name << " goes unseen";
    }
  }
}

}  // namespace
}  // namespace tokenwalk
