// A random model written as a Hugging Face folder and as a GGUF file loads to the same logits.

#include <gtest/gtest.h>

#include <limits>

#include "chapters/04_transformer/reference_kernels.h"
#include "lib/model/model.h"
#include "tests/property/model_writers.h"
#include "tests/support/dice.h"
#include "tests/support/random_cases.h"
#include "tests/support/runs.h"
#include "tests/support/tiny_random_model.h"
#include "tests/unit/io_test_support.h"

namespace tokenwalk {
namespace {

// The kinds that the file can express are drawn by seed.
TinySpec spec_with(std::uint64_t seed, std::vector<RopeScaling::Kind> kinds) {
  TinySpec spec = draw_spec(seed);
  spec.scaling = kinds[seed % kinds.size()];
  return spec;
}

// A random model, its shapes, and a folder to write it to.
struct Desk {
  explicit Desk(const TinySpec& spec)
      : random(spec), shapes(shapes_of(random, *kernels)), tensors(random.tensors()) {}

  void write_folder() const {
    folder.write("config.json", config_json(random.config()));
    folder.write("model.safetensors", safetensors_of(tensors, shapes));
  }

  ThreadPool pool{1};
  std::unique_ptr<KernelSet> kernels = reference_kernel_set(pool);
  TinyRandomModel random;
  std::map<std::string, TensorShape> shapes;
  std::map<std::string, std::vector<float>> tensors;
  TempFolder folder;
};

void expect_same_model(const Desk& desk, const Model& loaded) {
  const ModelConfig& c = desk.random.config();
  EXPECT_EQ(loaded.config.architecture, c.architecture);
  EXPECT_EQ(loaded.config.tied_head, c.tied_head);
  EXPECT_EQ(loaded.config.rope_theta, c.rope_theta);
  EXPECT_EQ(loaded.config.rms_eps, c.rms_eps);
  const std::vector<int> ids = Dice(desk.random.spec().seed).ids(12, c.vocab);
  EXPECT_EQ(describe_difference(c, run_full(desk.random.build(*desk.kernels), ids),
                                run_full(loaded, ids)),
            "")
      << desk.random.spec();
}

using Kind = RopeScaling::Kind;

TEST(ModelFiles, AFolderLoadsToTheSameBits) {
  for (const std::uint64_t seed : case_seeds(24)) {
    const Desk desk(
        spec_with(seed, {Kind::kDefault, Kind::kLinear, Kind::kDynamic, Kind::kLlama3}));
    desk.write_folder();
    expect_same_model(desk, load_model(desk.folder.path(), *desk.kernels));
  }
}

TEST(ModelFiles, AGgufFileLoadsToTheSameBits) {
  for (const std::uint64_t seed : case_seeds(24)) {
    const Desk desk(spec_with(seed, {Kind::kDefault, Kind::kLinear, Kind::kDivisors}));
    const bool llama = !desk.random.config().qk_norm;
    const auto path = desk.folder.write("m.gguf", gguf_of(desk.random, desk.shapes, llama));
    expect_same_model(desk, load_model(path, *desk.kernels));
  }
}

// The rows of Q and K are stored interleaved for llama only: a file with the other order is not the
// same model.
TEST(ModelFiles, TheOrderOfRowsInGgufMatters) {
  for (const bool qwen3 : {false, true}) {
    const Desk desk({.qwen3 = qwen3, .tied_head = true});
    const auto path = desk.folder.write("m.gguf", gguf_of(desk.random, desk.shapes, qwen3));
    const std::vector<int> ids = {1, 2, 3, 4};
    const RunResult expected = run_full(desk.random.build(*desk.kernels), ids);
    const RunResult got = run_full(load_model(path, *desk.kernels), ids);
    EXPECT_NE(describe_difference(desk.random.config(), expected, got), "");
  }
}

TEST(ModelFiles, ATiedModelDoesNotLookForItsHead) {
  Desk desk({.tied_head = true});
  desk.shapes["lm_head.weight"] = {1, 1};
  desk.tensors["lm_head.weight"] = {1};
  desk.write_folder();
  expect_same_model(desk, load_model(desk.folder.path(), *desk.kernels));
}

TEST(ModelFiles, LoadConfigReadsTheShapeAlone) {
  const Desk desk({.qwen3 = true, .n_layers = 2, .hidden = 20, .vocab = 33});
  desk.folder.write("config.json", config_json(desk.random.config()));
  const ModelConfig folder = load_config(desk.folder.path());
  const ModelConfig gguf =
      load_config(desk.folder.write("m.gguf", gguf_of(desk.random, desk.shapes, false)));
  for (const ModelConfig& c : {folder, gguf}) {
    EXPECT_EQ(c.n_layers, 2u);
    EXPECT_EQ(c.hidden, 20u);
    EXPECT_EQ(c.vocab, 33u);
    EXPECT_TRUE(c.qk_norm);
    EXPECT_FALSE(c.tied_head);
  }
}

TEST(ModelFiles, LoadingTellsOfItsProgress) {
  const Desk desk({.n_layers = 3});
  desk.write_folder();
  std::vector<std::size_t> done;
  load_model(desk.folder.path(), *desk.kernels, {}, [&](std::size_t step, std::size_t all) {
    EXPECT_EQ(all, 4u);
    done.push_back(step);
  });
  EXPECT_EQ(done, (std::vector<std::size_t>{1, 2, 3, 4}));
}

void expect_refused(const Desk& desk, const ErrorSays& says) {
  expect_bad_file([&] { load_model(desk.folder.path(), *desk.kernels); }, says);
}

TEST(ModelFiles, RefusesATensorOfTheWrongShape) {
  const Desk good({.n_layers = 2});
  for (const auto& [name, shape] : good.shapes) {
    SCOPED_TRACE(name);
    Desk desk({.n_layers = 2});
    ASSERT_GE(shape.n_rows, 2u);
    // As many numbers, in another shape.
    desk.shapes[name] = shape.n_cols == 0 ? TensorShape{shape.n_rows / 2, 2}
                                          : TensorShape{shape.n_rows / 2, shape.n_cols * 2};
    desk.write_folder();
    expect_refused(desk, {name, "[" + std::to_string(shape.n_rows / 2),
                          std::to_string(shape.n_rows), "do not agree"});
  }
}

TEST(ModelFiles, RefusesAMissingTensor) {
  const Desk good({.qwen3 = true});
  for (const auto& [name, shape] : good.shapes) {
    SCOPED_TRACE(name);
    Desk desk({.qwen3 = true});
    desk.shapes.erase(name);
    desk.write_folder();
    expect_refused(desk, {"tensors are missing", "1: " + name, "all 14 of this Qwen3", ""});
  }
}

TEST(ModelFiles, NamesTheFirstThreeMissingTensorsAndCountsThem) {
  Desk desk({.n_layers = 4});
  for (const char* part : {"q_proj", "k_proj"}) {
    for (int i = 0; i < 4; ++i) {
      desk.shapes.erase("model.layers." + std::to_string(i) + ".self_attn." + part + ".weight");
    }
  }
  desk.write_folder();
  expect_refused(desk, {"tensors are missing",
                        "8: model.layers.0.self_attn.q_proj.weight, "
                        "model.layers.0.self_attn.k_proj.weight, "
                        "model.layers.1.self_attn.q_proj.weight, ...",
                        "", "another model"});
}

TEST(ModelFiles, NotesTensorsThatItDoesNotUse) {
  Desk desk({.tied_head = true});
  desk.write_folder();
  EXPECT_TRUE(load_model(desk.folder.path(), *desk.kernels).notes.empty());
  for (const char* name : {"lm_head.weight", "z.inv_freq"}) {
    desk.shapes[name] = {1, 1};
    desk.tensors[name] = {1};
  }
  desk.write_folder();
  const std::vector<std::string> notes = load_model(desk.folder.path(), *desk.kernels).notes;
  EXPECT_EQ(notes, (std::vector<std::string>{
                       "tensors that the model does not use, 2: lm_head.weight, z.inv_freq"}));
}

// A million layers would be a hundred gigabytes of names; a lie about the number costs nothing.
TEST(ModelFiles, RefusesMoreLayersThanTheFileHas) {
  Desk desk({.n_layers = 1});
  desk.write_folder();
  std::string config = config_json(desk.random.config());
  const std::string layers = "\"num_hidden_layers\": 1";
  const std::size_t at = config.find(layers);
  ASSERT_NE(at, std::string::npos);
  desk.folder.write("config.json",
                    std::string(config).replace(at, layers.size(), "\"num_hidden_layers\": 16384"));
  expect_refused(desk, {"tensors are missing", "147447: model.layers.1.", "", ""});
  desk.folder.write("config.json",
                    config.replace(at, layers.size(), "\"num_hidden_layers\": 1000000000000"));
  expect_refused(desk, {"num_hidden_layers", "1000000000000", "from 1 to 16384", ""});
}

TEST(ModelFiles, RefusesBadRotaryDivisors) {
  for (const float bad : {0.0f, -1.0f, std::numeric_limits<float>::infinity(),
                          std::numeric_limits<float>::quiet_NaN()}) {
    TinySpec spec;
    spec.scaling = Kind::kDivisors;
    const Desk desk(spec);
    std::string bytes = gguf_of(desk.random, desk.shapes, true);
    const std::string good = float_bytes({desk.random.config().rope_scaling.divisors[0]});
    const std::size_t at = bytes.rfind(float_bytes(desk.random.config().rope_scaling.divisors));
    ASSERT_NE(at, std::string::npos);
    bytes.replace(at, good.size(), float_bytes({bad}));
    const auto path = desk.folder.write("m.gguf", bytes);
    expect_bad_file([&] { load_model(path, *desk.kernels); }, {"rope_freqs", "", "above 0", ""});
  }
}

TEST(ModelFiles, RefusesAFolderWithoutItsFiles) {
  Desk desk({});
  expect_refused(desk, {"config.json", "", "", ""});
  desk.folder.write("config.json", config_json(desk.random.config()));
  expect_refused(desk, {"", "", "", ""});
  EXPECT_THROW(load_model(desk.folder.path() / "nothing_here", *desk.kernels), Error);
}

TEST(ModelFiles, RefusesAFileCutAnywhere) {
  const Desk desk({.n_layers = 1, .hidden = 4, .intermediate = 3, .vocab = 5});
  const std::string whole = safetensors_of(desk.tensors, desk.shapes);
  desk.folder.write("config.json", config_json(desk.random.config()));
  for (std::size_t size = 0; size < whole.size(); size += 97) {
    SCOPED_TRACE("safetensors cut to " + std::to_string(size) + " bytes");
    desk.folder.write("model.safetensors", whole.substr(0, size));
    expect_refused(desk, {"", "", "", ""});
  }
  const std::string gguf = gguf_of(desk.random, desk.shapes, true);
  for (std::size_t size = 4; size < gguf.size(); size += 97) {
    SCOPED_TRACE("GGUF cut to " + std::to_string(size) + " bytes");
    const auto path = desk.folder.write("m.gguf", gguf.substr(0, size));
    expect_bad_file([&] { load_model(path, *desk.kernels); }, {"", "", "", ""});
  }
}

}  // namespace
}  // namespace tokenwalk
