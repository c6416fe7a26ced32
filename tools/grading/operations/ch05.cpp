// Chapter 05 as operations.
#include "tools/grading/operations/models.h"
#include "tools/grading/worker/operations.h"

namespace tokenwalk::grading {
namespace {

json sample(const json& args) {
  const std::vector<float> logits = to_floats(args.at("logits"));
  return sample_at(logits, args.at("position"), options_of(args.at("options")));
}

json ends(const json& args) {
  ModelConfig config;
  config.eos_ids = ids_of(args, "eos");
  Finish finish = Finish::kCallback;  // what the function may leave as it was
  const bool end =
      ends_text(config, args.at("id"), args.at("n_new"), options_of(args.at("options")), finish);
  return {{"ends", end}, {"finish", end ? finish_name(finish) : ""}};
}

json generate(const json& args) {
  const Model model = model_of(args.at("model"));
  return generated(generate_naive(model, ids_of(args, "prompt"), options_of(args.at("options"))));
}

}  // namespace

const Operations& chapter_operations() {
  static const Operations operations = {
      {"sample_at", sample}, {"ends_text", ends}, {"generate_naive", generate}};
  return operations;
}

}  // namespace tokenwalk::grading
