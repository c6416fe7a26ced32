// Chapter 09 as operations.
#include "chapters/09_ragged_batch/ragged_batch.h"
#include "tools/grading/operations/models.h"
#include "tools/grading/worker/operations.h"

namespace tokenwalk::grading {
namespace {

json shares(const json& args) {
  const std::vector<std::size_t> unfed = args.at("unfed");
  return share_rows(unfed, args.at("prompt_rows"));
}

// Texts that join before the given steps; what each has and how long its cache is after each step.
json batch(const json& args) {
  const Model model = model_of(args.at("model"));
  RaggedBatch batch(model, args.value("prompt_rows", kPromptRows));
  json heard = json::array();
  json trace = json::array();
  std::size_t n_texts = 0;
  bool running = true;
  for (int step = 0; running; ++step) {
    for (const json& text : args.at("texts")) {
      if (text.value("joins", 0) != step) continue;
      std::vector<GenerateOptions> samples;
      for (const json& o : text.at("samples")) {
        samples.push_back(options_of(o));
        samples.back().on_token = [&heard, n = n_texts++, own = samples.back().on_token](int id) {
          heard.push_back({n, id});
          return !own || own(id);
        };
      }
      batch.join(ids_of(text, "prompt"), samples);
    }
    running = batch.step() || step < args.value("last_join", 0);
    json lengths = json::array();
    for (std::size_t i = 0; i < n_texts; ++i) {
      const KvCache* cache = batch.cache(i);
      lengths.push_back(cache == nullptr ? json() : json(cache->length()));
    }
    trace.push_back(lengths);
  }
  json results = json::array();
  for (std::size_t i = 0; i < n_texts; ++i) results.push_back(generated(batch.result(i)));
  return {{"results", results}, {"heard", heard}, {"lengths", trace}};
}

}  // namespace

const Operations& chapter_operations() {
  static const Operations operations = {{"share_rows", shares}, {"batch", batch}};
  return operations;
}

}  // namespace tokenwalk::grading
