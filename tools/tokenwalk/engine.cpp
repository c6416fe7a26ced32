#include "tools/tokenwalk/engine.h"

#include <algorithm>
#include <filesystem>
#include <utility>

#include "chapters/04_transformer/reference_kernels.h"
#include "chapters/14_cuda/device_pass.h"
#include "lib/base/data_path.h"
#include "lib/base/error.h"
#include "lib/io/describe.h"
#include "lib/io/gguf.h"
#include "lib/io/tokenizer_folder.h"
#include "lib/kernels/cuda/cuda_set.h"

namespace tokenwalk {
namespace {

void check_device(const EngineOptions& options) {
  if (options.device != "cpu" && options.device != "cuda") {
    throw Error(ErrorCode::kBadValue, {"unknown device", options.device, "cpu or cuda", ""});
  }
  const bool default_kernels = options.kernels.empty() || options.kernels == "auto";
  if (options.device == "cuda" && !default_kernels) {
    throw Error(ErrorCode::kBadValue,
                {"--kernels names kernels of the processor", options.kernels, "auto",
                 "leave it out with --device cuda, or use --device cpu"});
  }
}

ModelOptions read_model_options(const EngineOptions& options) {
  ModelOptions result;
  result.precision = weight_format_named(options.precision);
  if (!options.precision.empty() && !result.precision) {
    throw Error(ErrorCode::kBadValue,
                {"unknown precision", options.precision, "f32, bf16, q8_0 or q4_1",
                 "without --precision every matrix runs as it is stored"});
  }
  result.kv_type = kv_type_named(options.kv);
  if (!options.kv.empty() && !result.kv_type) {
    throw Error(ErrorCode::kBadValue, {"unknown type of K and V", options.kv, "f32, f16 or bf16",
                                       "without --kv it follows the precision"});
  }
  // The device widens every weight: its bits are those of the processor's f32 mode.
  if (options.device == "cuda" && !result.kv_type) result.kv_type = KvType::kF32;
  return result;
}

namespace fs = std::filesystem;

const char* model_path_hint(const fs::path& path, bool there) {
  if (!there) return "check the path; it is taken from the current folder";
  const bool pytorch = path.extension() == ".pt" || path.extension() == ".pth";
  return pytorch ? "tools/convert_checkpoint makes a model folder of a PyTorch checkpoint"
                 : "name the folder that holds config.json";
}

// Before any file of it is opened: what is no model at all gets the one message that helps.
void check_model_path(const fs::path& path) {
  std::error_code no_matter;
  if (is_gguf(path) || fs::exists(path / "config.json", no_matter)) return;
  const bool there = fs::exists(path, no_matter);
  const bool folder = fs::is_directory(path, no_matter);
  throw Error(ErrorCode::kBadFile, {"there is no model at " + printable(path.string()),
                                    !there   ? "nothing of that name"
                                    : folder ? "a folder without config.json"
                                             : "a file that is no GGUF",
                                    "a model folder (config.json, model.safetensors, "
                                    "tokenizer.json) or a GGUF file",
                                    model_path_hint(path, there)});
}

// Ids alone can be served without a tokenizer.
bool holds_tokenizer(const fs::path& path) {
  if (is_gguf(path)) return GgufFile(path).metadata().contains("tokenizer.ggml.tokens");
  return has_tokenizer_files(path);
}

std::vector<int> union_of(std::vector<int> a, const std::vector<int>& b) {
  a.insert(a.end(), b.begin(), b.end());
  std::sort(a.begin(), a.end());
  a.erase(std::unique(a.begin(), a.end()), a.end());
  return a;
}

[[noreturn]] void refuse(const std::string& message, int found, const std::string& expected,
                         const std::string& hint) {
  throw Error(ErrorCode::kBadValue, {message, std::to_string(found), expected, hint});
}

// Holds the model to what the caller says of it.
void apply_options(const EngineOptions& options, ModelConfig& config) {
  const int vocab = static_cast<int>(config.vocab), context = static_cast<int>(config.context);
  if (options.vocab_size != 0 && options.vocab_size != vocab) {
    refuse("--vocab-size is not the model's", options.vocab_size, std::to_string(vocab),
           "the size is in the model's files; the flag only checks it");
  }
  if (options.context > context) {
    refuse("--context is more than the model was made for", options.context,
           "a number from 1 to " + std::to_string(context), "");
  }
  if (options.context > 0) config.context = static_cast<std::size_t>(options.context);
  if (!options.eos_ids) return;
  for (const int id : *options.eos_ids) {
    if (id >= 0 && id < vocab) continue;
    refuse("--eos-token-id is no token", id, "an id from 0 to " + std::to_string(vocab - 1), "");
  }
  config.eos_ids = *options.eos_ids;
}

}  // namespace

Engine::Engine(EngineOptions options)
    : options_(std::move(options)), model_options_(read_model_options(options_)) {
  check_device(options_);
  pool_ = std::make_unique<ThreadPool>(options_.threads > 0 ? options_.threads
                                                            : available_processors());
  if (options_.device == "cuda") {
    gpu_ = cuda::gpu_device();
    kernels_ = cuda::cuda_kernel_set(gpu_);
  } else {
    kernels_ = kernel_set_named(options_.kernels, *pool_);
  }
}

std::string Engine::model_path() const {
  if (!options_.model.empty()) {
    check_model_path(options_.model);
    return options_.model;
  }
  if (!options_.tokenizer.empty()) {
    throw Error(ErrorCode::kNoModel, {"there is no model", "a tokenizer alone", "a model",
                                      "start with --model as well"});
  }
  try {
    return data_path("tiny").string();
  } catch (const Error& error) {
    throw Error(ErrorCode::kNoModel, error.parts());
  }
}

const Model& Engine::model() {
  if (!model_) {
    const fs::path path = model_path();
    Model model = load_model(path, *kernels_, model_options_, progress_);
    const bool own_tokenizer = options_.tokenizer.empty() && holds_tokenizer(path);
    model.config.eos_ids = union_of(std::move(model.config.eos_ids),
                                    own_tokenizer ? tokenizer().eos : read_model_eos_ids(path));
    apply_options(options_, model.config);
    if (gpu_) model.pass = device_pass(model, gpu_);
    model_ = std::move(model);
  }
  return *model_;
}

bool Engine::has_tokenizer() {
  if (!has_tokenizer_) {
    has_tokenizer_ = !options_.tokenizer.empty() || holds_tokenizer(model_path());
  }
  return *has_tokenizer_;
}

const PublishedTokenizer& Engine::tokenizer() {
  if (!tokenizer_) {
    tokenizer_ = load_tokenizer(options_.tokenizer.empty() ? model_path() : options_.tokenizer);
  }
  return *tokenizer_;
}

}  // namespace tokenwalk
