#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "chapters/01_tokenizer/published.h"
#include "lib/base/thread_pool.h"
#include "lib/model/model.h"

namespace tokenwalk {

namespace cuda {
class Device;
}

/// Which files and which part of the machine to use.
struct EngineOptions {
  std::string model;             ///< folder or GGUF file; empty: the bundled model
  std::string tokenizer;         ///< folder or file; empty: the model's
  int threads = 0;               ///< at most kMostThreads; 0: as many as this process may use
  std::string kernels = "auto";  ///< the name of a kernel set; auto: the fastest
  std::string precision;         ///< of all matrices: f32, bf16, ...; empty: as they are stored
  std::string kv;                ///< of the cache: f32, f16, bf16; empty: as the precision asks
  std::string device = "cpu";    ///< cpu or cuda

  // What a caller says of the model, looked at when it is loaded.
  int vocab_size = 0;  ///< must be the model's; 0: not said
  int context = 0;     ///< positions at most, not above the model's; 0: its own
  std::optional<std::vector<int>> eos_ids;  ///< end a text in place of the model's own
};

/// Model, tokenizer and kernels, each loaded when it is first asked for.
class Engine {
 public:
  /// Throws Error(kBadValue) for an unknown kernel set, precision, type of K and V, or device.
  explicit Engine(EngineOptions options);

  const EngineOptions& options() const { return options_; }
  const ModelOptions& model_options() const { return model_options_; }
  const KernelSet& kernels() const { return *kernels_; }
  int threads() const { return pool_->size(); }

  /// The path of the model's folder or file. Throws Error(kBadFile) where there is no model.
  std::string model_path() const;
  bool is_bundled() const { return options_.model.empty(); }

  /// Both throw Error(kBadFile); Error(kNoModel) if a tokenizer was given without a model and a
  /// model is asked for, or if the bundled one is missing; Error(kBadValue) if the model is not as
  /// the options say. Without eos_ids the model's EOS ids are those that its own files name, also
  /// where another tokenizer serves.
  const Model& model();
  bool has_tokenizer();  ///< false for a model without one: ids alone can be served
  const PublishedTokenizer& tokenizer();

  /// progress hears of the layers loaded.
  void set_progress(std::function<void(std::size_t, std::size_t)> progress) {
    progress_ = std::move(progress);
  }

 private:
  EngineOptions options_;
  ModelOptions model_options_;
  std::unique_ptr<ThreadPool> pool_;
  std::shared_ptr<cuda::Device> gpu_;  // null: the processor computes
  std::unique_ptr<KernelSet> kernels_;
  std::optional<Model> model_;
  std::optional<PublishedTokenizer> tokenizer_;
  std::optional<bool> has_tokenizer_;
  std::function<void(std::size_t, std::size_t)> progress_;
};

}  // namespace tokenwalk
