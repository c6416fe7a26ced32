#include "tools/tokenwalk/engine.h"

#include <algorithm>
#include <utility>

#include "chapters/04_transformer/reference_kernels.h"
#include "lib/base/data_path.h"
#include "lib/base/error.h"

namespace tokenwalk {
namespace {

void check_options(const EngineOptions& options) {
  if (options.precision != "f32") {
    throw Error(ErrorCode::kBadValue, {"unknown precision", options.precision, "f32",
                                       "this version computes in float32 only"});
  }
  if (options.device != "cpu") {
    throw Error(ErrorCode::kBadValue,
                {"unknown device", options.device, "cpu", "this version computes on the CPU only"});
  }
  if (options.threads < 0 || options.threads > kMostThreads) {
    throw Error(ErrorCode::kBadValue, {"bad number of threads", std::to_string(options.threads),
                                       "from 1 to " + std::to_string(kMostThreads),
                                       "0 takes as many as this process may use"});
  }
}

std::vector<int> union_of(std::vector<int> a, const std::vector<int>& b) {
  a.insert(a.end(), b.begin(), b.end());
  std::sort(a.begin(), a.end());
  a.erase(std::unique(a.begin(), a.end()), a.end());
  return a;
}

}  // namespace

Engine::Engine(EngineOptions options) : options_(std::move(options)) {
  check_options(options_);
  pool_ = std::make_unique<ThreadPool>(options_.threads > 0 ? options_.threads
                                                            : available_processors());
  kernels_ = kernel_set_named(options_.kernels, *pool_);
}

std::string Engine::model_path() const {
  if (!options_.model.empty()) return options_.model;
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
    Model model = load_model(model_path(), *kernels_, progress_);
    const std::vector<int> eos = options_.tokenizer.empty() ? tokenizer().eos : std::vector<int>();
    model.config.eos_ids = union_of(std::move(model.config.eos_ids), eos);
    model_ = std::move(model);
  }
  return *model_;
}

const PublishedTokenizer& Engine::tokenizer() {
  if (!tokenizer_) {
    tokenizer_ = load_tokenizer(options_.tokenizer.empty() ? model_path() : options_.tokenizer);
  }
  return *tokenizer_;
}

}  // namespace tokenwalk
