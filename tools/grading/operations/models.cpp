#include "tools/grading/operations/models.h"

#include <memory>

#include "chapters/04_transformer/reference_kernels.h"

namespace tokenwalk {

// reference_kernels.cpp offers every set there is. These programs need the plain one alone; leaving
// the library's products out makes them smaller and quicker to link.
std::unique_ptr<KernelSet> eigen_kernel_set(ThreadPool&) {
  return nullptr;
}

namespace grading {

Model model_of(const json& args) {
  static ThreadPool pool(1);
  static const std::unique_ptr<KernelSet> kernels = reference_kernel_set(pool);
  TinySpec spec;
  spec.seed = args.value("seed", 1u);
  spec.n_layers = args.value("layers", 1u);
  spec.n_kv_heads = args.value("kv_heads", 1u);
  spec.heads_per_kv = args.value("heads_per_kv", 2u);
  spec.context = args.value("context", 64u);
  spec.vocab = args.value("vocab", 24u);
  Model model = TinyRandomModel(spec).build(*kernels);
  if (args.contains("eos")) model.config.eos_ids = ids_of(args, "eos");
  return model;
}

GenerateOptions options_of(const json& args) {
  GenerateOptions o;
  o.max_new_tokens = args.value("max_new_tokens", 8);
  o.sampling.temperature = args.value("temperature", 1.0);
  o.sampling.top_k = args.value("top_k", 0);
  o.sampling.top_p = args.value("top_p", 1.0);
  o.seed = args.value("seed", 0u);
  o.stream = args.value("stream", 0u);
  o.ignore_eos = args.value("ignore_eos", false);
  if (args.contains("stop_ids")) o.stop_ids = ids_of(args, "stop_ids");
  if (args.contains("cancel_after")) {
    o.on_token = [left = args.at("cancel_after").get<int>()](int) mutable { return --left > 0; };
  }
  return o;
}

json generated(const Generated& result) {
  return {{"tokens", result.tokens},
          {"finish", finish_name(result.finish)},
          {"evaluated", result.evaluated}};
}

std::vector<int> ids_of(const json& args, const char* name) {
  return args.at(name).get<std::vector<int>>();
}

}  // namespace grading
}  // namespace tokenwalk
