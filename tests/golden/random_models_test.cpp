// Small random models that transformers wrote (and CS336's, by a reference in torch), against the
// logits that it computed: data/golden/models, which tools/random_models made.

#include <gtest/gtest.h>

#include <cmath>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>

#include "chapters/04_transformer/forward_full.h"
#include "chapters/06_cached_generate/proof.h"
#include "lib/base/data_path.h"
#include "lib/io/safetensors.h"
#include "lib/model/weight_files.h"
#include "lib/tensor/npy.h"
#include "tests/support/dice.h"
#include "tests/support/machines.h"
#include "tests/support/runs.h"

namespace tokenwalk {
namespace {

namespace fs = std::filesystem;

constexpr double kModelsAllowed = 1e-4;  // of the largest logit, between two float32 computations
constexpr double kMoved = 1e-2;          // what a mistake must move them by

struct GoldenModel {
  std::string name;
  std::size_t first_row = 0;  // of logits
};

struct Goldens {
  std::vector<std::vector<int>> ids;
  std::size_t last_rows = 0;  // of each list that logits holds
  std::vector<GoldenModel> models;
  Tensor logits;  // [rows, vocab]
};

fs::path models_folder() {
  return data_path("golden") / "models";
}

Goldens load_goldens() {
  const auto tree = nlohmann::json::parse(std::ifstream(models_folder() / "models.json"));
  Goldens goldens;
  tree.at("ids").get_to(goldens.ids);
  tree.at("last_rows").get_to(goldens.last_rows);
  for (const auto& [name, entry] : tree.at("models").items()) {
    goldens.models.push_back({name, entry.at("first_row").get<std::size_t>()});
  }
  goldens.logits = load_npy_f32(models_folder() / "logits.npy");
  return goldens;
}

// The rows that the goldens keep: the last of each list.
std::vector<float> kept_rows(const Model& model, const Goldens& goldens) {
  std::vector<float> kept;
  for (const std::vector<int>& ids : goldens.ids) {
    const std::vector<float> all = forward_full(model, ids, LogitRows::kAll).logits;
    const std::size_t n = std::min(ids.size(), goldens.last_rows) * model.config.vocab;
    kept.insert(kept.end(), all.end() - static_cast<std::ptrdiff_t>(n), all.end());
  }
  return kept;
}

// The largest difference in units of the largest expected number; infinite for a NaN.
double relative_difference(std::span<const float> expected, std::span<const float> got) {
  double largest = 0, off = 0;
  for (std::size_t i = 0; i < expected.size(); ++i) {
    const double difference = std::abs(double{expected[i]} - got[i]);
    largest = std::max(largest, std::abs(double{expected[i]}));
    off = std::isnan(difference) ? INFINITY : std::max(off, difference);
  }
  return off / largest;
}

std::span<const float> expected_rows(const Goldens& goldens, const GoldenModel& golden,
                                     std::size_t n_floats) {
  return std::span(goldens.logits.values)
      .subspan(golden.first_row * goldens.logits.shape.at(1), n_floats);
}

// How far a model is from what transformers says of the golden one.
double off(const Goldens& goldens, const GoldenModel& golden, const Model& model) {
  const std::vector<float> got = kept_rows(model, goldens);
  return relative_difference(expected_rows(goldens, golden, got.size()), got);
}

// The folder and, where there is one, the GGUF file.
std::vector<fs::path> paths_of(const GoldenModel& golden) {
  const fs::path folder = models_folder() / golden.name;
  const fs::path gguf = models_folder() / (golden.name + ".gguf");
  return fs::exists(gguf) ? std::vector{folder, gguf} : std::vector{folder};
}

TEST(RandomModels, AreAllHere) {
  EXPECT_EQ(load_goldens().models.size(), 10u);
}

TEST(RandomModels, LogitsAgreeWithTransformers) {
  const Goldens goldens = load_goldens();
  double largest = 0;
  for_each_exact_set([&](const KernelSet& kernels) {
    for (const GoldenModel& golden : goldens.models) {
      for (const fs::path& path : paths_of(golden)) {
        const double distance = off(goldens, golden, load_model(path, kernels, kFloat32));
        EXPECT_LE(distance, kModelsAllowed) << path;
        largest = std::max(largest, distance);
      }
    }
  });
  testing::Test::RecordProperty("largest_difference", std::to_string(largest));
}

TEST(RandomModels, CachedEqualsUncachedInEveryBit) {
  const Goldens goldens = load_goldens();
  for_each_exact_set([&](const KernelSet& kernels) {
    Dice dice(1);
    for (const GoldenModel& golden : goldens.models) {
      const Model model = load_model(models_folder() / golden.name, kernels);
      for (const std::vector<int>& ids : goldens.ids) {
        std::vector<std::size_t> calls;
        for (std::size_t left = ids.size(); left > 0; left -= calls.back()) {
          calls.push_back(dice.between(1, std::min<std::size_t>(left, 20)));
        }
        const Proof proof = prove_cached_equals_full(model, ids, calls);
        EXPECT_EQ(proof.logits, ids.size() * model.config.vocab);
        EXPECT_EQ(proof.logits_differ, 0u) << golden.name;
        EXPECT_EQ(proof.kv_differ, 0u) << golden.name;
      }
    }
  });
}

// A GGUF file holds the same weights, and the same rotary scaling but for Llama 3's, whose divisors
// round in another place than transformers.
TEST(RandomModels, GgufFilesEqualTheirFoldersInEveryBit) {
  const Goldens goldens = load_goldens();
  std::size_t compared = 0;
  for_each_exact_set([&](const KernelSet& kernels) {
    for (const GoldenModel& golden : goldens.models) {
      const std::vector<fs::path> paths = paths_of(golden);
      if (paths.size() < 2) continue;
      const std::vector<float> folder = kept_rows(load_model(paths[0], kernels), goldens);
      const std::vector<float> gguf = kept_rows(load_model(paths[1], kernels), goldens);
      if (golden.name == "llama_llama3") {
        EXPECT_LE(relative_difference(folder, gguf), 1e-5) << golden.name;
      } else {
        EXPECT_EQ(describe_difference(golden.name, goldens.logits.shape.at(1), folder, gguf), "");
      }
      ++compared;
    }
  });
  EXPECT_GE(compared, 6u);
}

// ---- mistakes that the goldens must see ---------------------------------------------------------

// How far a golden model is off when its configuration or the order of its rows is taken wrong.
double off_with(const std::string& name, const std::function<void(ModelConfig&)>& change,
                bool flip_rows = false) {
  const Goldens goldens = load_goldens();
  ThreadPool pool(1);
  const auto kernels = reference_kernel_set(pool);
  const fs::path folder = models_folder() / name;
  ModelConfig config = load_config(folder);
  WeightNaming naming = folder_naming(config);
  if (change) change(config);
  if (flip_rows) naming.interleaved = !naming.interleaved;
  const std::unique_ptr<TensorFile> file = open_safetensors(folder);
  const Model model = build_model(config, *stored_tensors(*file, naming, config), *kernels);
  for (const GoldenModel& golden : goldens.models) {
    if (golden.name == name) return off(goldens, golden, model);
  }
  throw std::runtime_error("no golden model " + name);
}

TEST(RandomModels, KnownWrongNothingChangedIsRight) {
  for (const char* name : {"transformer_lm", "llama_linear", "qwen2"}) {
    EXPECT_LE(off_with(name, {}), kModelsAllowed) << name;
  }
}

TEST(RandomModels, KnownWrongNeighboursTakenForHalvesAreRejected) {
  EXPECT_GT(off_with("transformer_lm", {}, true), kMoved);
}

TEST(RandomModels, KnownWrongHalvesTakenForNeighboursAreRejected) {
  EXPECT_GT(off_with("llama", {}, true), kMoved);
}

TEST(RandomModels, KnownWrongScalingAppliedTwiceIsRejected) {
  const auto twice = [](ModelConfig& c) { c.rope_scaling.factor *= c.rope_scaling.factor; };
  EXPECT_GT(off_with("llama_linear", twice), kMoved);
  EXPECT_GT(off_with("llama_llama3", twice), kMoved);
}

TEST(RandomModels, KnownWrongScalingForgottenIsRejected) {
  const auto forget = [](ModelConfig& c) { c.rope_scaling = {}; };
  EXPECT_GT(off_with("llama_linear", forget), kMoved);
  EXPECT_GT(off_with("llama_llama3", forget), kMoved);
}

TEST(RandomModels, KnownWrongBiasForgottenIsRejected) {
  const auto forget_qkv = [](ModelConfig& c) { c.qkv_bias = false; };
  for (const char* name : {"qwen2", "qwen2_wide", "qwen3_bias", "llama_bias"}) {
    EXPECT_GT(off_with(name, forget_qkv), kMoved) << name;
  }
  EXPECT_GT(off_with("llama_bias", [](ModelConfig& c) { c.o_bias = false; }), kMoved);
  EXPECT_GT(off_with("llama_bias", [](ModelConfig& c) { c.mlp_bias = false; }), kMoved);
}

TEST(RandomModels, KnownWrongQkNormForgottenIsRejected) {
  EXPECT_GT(off_with("qwen3", [](ModelConfig& c) { c.qk_norm = false; }), kMoved);
}

}  // namespace
}  // namespace tokenwalk
