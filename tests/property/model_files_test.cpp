// A random model written as a Hugging Face folder and as a GGUF file loads to the same logits.

#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>
#include <limits>
#include <sstream>

#include "chapters/04_transformer/reference_kernels.h"
#include "lib/model/model.h"
#include "tests/support/dice.h"
#include "tests/support/random_cases.h"
#include "tests/support/runs.h"
#include "tests/support/tiny_random_model.h"
#include "tests/unit/io_test_support.h"

namespace tokenwalk {
namespace {

struct TensorShape {
  std::size_t n_rows = 0;
  std::size_t n_cols = 0;  // 0: a vector
};

// Shapes by name, as build_model asks for them.
std::map<std::string, TensorShape> shapes_of(const TinyRandomModel& random,
                                             const KernelSet& kernels) {
  std::map<std::string, TensorShape> shapes;
  const WeightSource inner = random.source();
  build_model(
      random.config(),
      [&](const std::string& name, std::size_t n_rows, std::size_t n_cols) {
        shapes[name] = {n_rows, n_cols};
        return inner(name, n_rows, n_cols);
      },
      kernels);
  return shapes;
}

const char* json_bool(bool value) {
  return value ? "true" : "false";
}

// The kinds that the file can express are drawn by seed.
TinySpec spec_with(std::uint64_t seed, std::vector<RopeScaling::Kind> kinds) {
  TinySpec spec = draw_spec(seed);
  spec.scaling = kinds[seed % kinds.size()];
  return spec;
}

// ---- a Hugging Face folder ---------------------------------------------------------------------

std::string config_json(const ModelConfig& c) {
  std::ostringstream text;
  text.precision(17);
  text << "{\"architectures\": [\"" << c.architecture
       << "\"], \"num_hidden_layers\": " << c.n_layers << ", \"hidden_size\": " << c.hidden
       << ", \"intermediate_size\": " << c.intermediate
       << ", \"num_attention_heads\": " << c.attention.n_heads
       << ", \"num_key_value_heads\": " << c.attention.n_kv_heads
       << ", \"head_dim\": " << c.attention.head_dim << ", \"vocab_size\": " << c.vocab
       << ", \"max_position_embeddings\": " << c.context << ", \"rope_theta\": " << c.rope_theta
       << ", \"rope_scaling\": {\"rope_type\": \"" << rope_scaling_name(c.rope_scaling)
       << "\", \"factor\": " << c.rope_scaling.factor
       << ", \"low_freq_factor\": " << c.rope_scaling.low_freq_factor
       << ", \"high_freq_factor\": " << c.rope_scaling.high_freq_factor
       << ", \"original_max_position_embeddings\": " << c.rope_scaling.original_context << "}"
       << ", \"attention_bias\": " << json_bool(c.qkv_bias)
       << ", \"mlp_bias\": " << json_bool(c.mlp_bias) << ", \"rms_norm_eps\": " << double{c.rms_eps}
       << ", \"tie_word_embeddings\": " << json_bool(c.tied_head) << "}";
  return text.str();
}

std::string shape_json(TensorShape shape) {
  const std::string rows = std::to_string(shape.n_rows);
  return shape.n_cols == 0 ? "[" + rows + "]"
                           : "[" + rows + ", " + std::to_string(shape.n_cols) + "]";
}

// The bytes of a safetensors file with these tensors in float32.
std::string safetensors_of(const std::map<std::string, std::vector<float>>& tensors,
                           const std::map<std::string, TensorShape>& shapes) {
  std::string header = "{\"__metadata__\": {\"format\": \"pt\"}", data;
  for (const auto& [name, shape] : shapes) {
    const std::size_t begin = data.size();
    data += float_bytes(tensors.at(name));
    header += ", \"" + name + "\": {\"dtype\": \"F32\", \"shape\": " + shape_json(shape) +
              ", \"data_offsets\": [" + std::to_string(begin) + ", " + std::to_string(data.size()) +
              "]}";
  }
  return safetensors_bytes(header + "}", data);
}

// ---- a GGUF file -------------------------------------------------------------------------------

// Row 2 i + j of a head in the file is our row i + j * head_dim / 2.
std::vector<float> interleave(const std::vector<float>& rows, std::size_t head_dim,
                              std::size_t n_cols) {
  std::vector<float> file;
  for (std::size_t head = 0; head < rows.size() / n_cols; head += head_dim) {
    for (std::size_t i = 0; i < head_dim / 2; ++i) {
      for (const std::size_t half : {std::size_t{0}, head_dim / 2}) {
        const auto row = rows.begin() + static_cast<std::ptrdiff_t>((head + i + half) * n_cols);
        file.insert(file.end(), row, row + static_cast<std::ptrdiff_t>(n_cols));
      }
    }
  }
  return file;
}

std::string gguf_tensor_name(std::string name) {
  const std::vector<std::pair<std::string, std::string>> parts = {
      {"model.embed_tokens", "token_embd"},
      {"model.norm", "output_norm"},
      {"lm_head", "output"},
      {"model.layers.", "blk."},
      {"input_layernorm", "attn_norm"},
      {"self_attn.q_proj", "attn_q"},
      {"self_attn.k_proj", "attn_k"},
      {"self_attn.v_proj", "attn_v"},
      {"self_attn.q_norm", "attn_q_norm"},
      {"self_attn.k_norm", "attn_k_norm"},
      {"self_attn.o_proj", "attn_output"},
      {"post_attention_layernorm", "ffn_norm"},
      {"mlp.gate_proj", "ffn_gate"},
      {"mlp.up_proj", "ffn_up"},
      {"mlp.down_proj", "ffn_down"}};
  for (const auto& [from, to] : parts) {
    const std::size_t at = name.find(from);
    if (at != std::string::npos) name.replace(at, from.size(), to);
  }
  return name;
}

GgufWriter gguf_keys(const ModelConfig& c) {
  const std::string name = c.qk_norm ? "qwen3" : "llama";
  const auto number = [](std::size_t n) { return static_cast<std::uint32_t>(n); };
  const auto real = [](double value) { return bytes_of(static_cast<float>(value)); };
  GgufWriter file;
  file.text("general.architecture", name)
      .number(name + ".block_count", number(c.n_layers))
      .number(name + ".embedding_length", number(c.hidden))
      .number(name + ".feed_forward_length", number(c.intermediate))
      .number(name + ".attention.head_count", number(c.attention.n_heads))
      .number(name + ".attention.head_count_kv", number(c.attention.n_kv_heads))
      .number(name + ".attention.key_length", number(c.attention.head_dim))
      .number(name + ".context_length", number(c.context))
      .key(name + ".rope.freq_base", 6, real(c.rope_theta))
      .key(name + ".attention.layer_norm_rms_epsilon", 6, real(double{c.rms_eps}))
      .texts("tokenizer.ggml.tokens", std::vector<std::string>(c.vocab, "x"));
  if (c.rope_scaling.kind == RopeScaling::Kind::kLinear) {
    file.text(name + ".rope.scaling.type", "linear")
        .key(name + ".rope.scaling.factor", 6, real(c.rope_scaling.factor));
  }
  return file;
}

std::string gguf_of(const TinyRandomModel& random, const std::map<std::string, TensorShape>& shapes,
                    bool interleaved) {
  const ModelConfig& c = random.config();
  GgufWriter file = gguf_keys(c);
  std::size_t offset = 0;
  const auto add = [&](const std::string& name, TensorShape shape,
                       const std::vector<float>& values) {
    std::vector<std::uint64_t> sizes = {shape.n_rows};  // innermost first
    if (shape.n_cols != 0) sizes.insert(sizes.begin(), shape.n_cols);
    file.tensor(name, sizes, 0, offset);
    std::string bytes = float_bytes(values);
    bytes.resize((bytes.size() + 31) / 32 * 32, '\0');
    file.data(bytes);
    offset += bytes.size();
  };
  for (const auto& [name, shape] : shapes) {
    std::vector<float> values = random.tensors().at(name);
    const bool rotated =
        name.find("q_proj") != std::string::npos || name.find("k_proj") != std::string::npos;
    if (rotated && interleaved) {
      values = interleave(values, c.attention.head_dim, std::max<std::size_t>(shape.n_cols, 1));
    }
    add(gguf_tensor_name(name), shape, values);
  }
  const std::vector<float>& divisors = c.rope_scaling.divisors;
  if (!divisors.empty()) add("rope_freqs.weight", {divisors.size(), 0}, divisors);
  return file.bytes();
}

// ---- the tests ---------------------------------------------------------------------------------

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
  load_model(desk.folder.path(), *desk.kernels, [&](std::size_t step, std::size_t all) {
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
