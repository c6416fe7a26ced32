// Chapter 10 as operations.
#include "chapters/10_scoring/continuations.h"
#include "chapters/10_scoring/score_text.h"
#include "tools/grading/operations/models.h"
#include "tools/grading/worker/operations.h"

namespace tokenwalk::grading {
namespace {

json scored(const TokenScore& score) {
  json top = json::array();
  for (const IdLogProb& t : score.top)
    top.push_back({{"id", t.id}, {"log_prob", number(t.log_prob)}});
  return {{"id", score.id}, {"log_prob", number(score.log_prob)}, {"top", top}};
}

json token(const json& args) {
  const std::vector<float> logits = to_floats(args.at("logits"));
  return scored(score_token(logits, args.at("id"), args.at("k")));
}

json two(const json& args) {
  const std::vector<float> logits = to_floats(args.at("logits"));
  const SamplingOptions options = options_of(args.at("options")).sampling;
  json list = json::array();
  for (const TwoProbs& p : compare_distributions(logits, options, args.at("k"))) {
    list.push_back({{"id", p.id}, {"raw", number(p.raw)}, {"sampling", number(p.sampling)}});
  }
  return list;
}

json windows(const json& args) {
  json list = json::array();
  for (const ScoreWindow& w : score_windows(args.at("n"), args.at("window"), args.at("stride"))) {
    list.push_back({w.begin, w.first, w.end});
  }
  return list;
}

// The rows of logits, cut to their first four numbers, and how long the cache is.
json predictions(const json& args) {
  const Model model = model_of(args.at("model"));
  KvCache cache(model);
  const std::vector<int> before = args.value("before", std::vector<int>());
  if (!before.empty()) prefill(model, cache, before);
  json rows = json::array();
  for_each_prediction(
      model, cache, ids_of(args, "ids"), args.at("first"), args.at("chunk"),
      [&](std::size_t i, std::span<const float> logits) {
        rows.push_back(
            {{"predicts", i}, {"n", logits.size()}, {"logits", numbers(logits.first(4))}});
      });
  return {{"rows", rows}, {"length", cache.length()}};
}

json text(const json& args) {
  const Model model = model_of(args.at("model"));
  ScoreOptions options;
  options.window = args.value("window", 0u);
  options.stride = args.value("stride", 0u);
  options.chunk = args.value("chunk", 64u);
  options.top = args.value("top", 0u);
  json tokens = json::array();
  options.on_score = [&](const TokenScore& score) { tokens.push_back(scored(score)); };
  const TextScore score = score_text(model, ids_of(args, "ids"), options);
  return {{"predicted", score.predicted}, {"sum_nll", number(score.sum_nll)}, {"tokens", tokens}};
}

json continuations(const json& args) {
  const Model model = model_of(args.at("model"));
  const std::vector<std::vector<int>> list = args.at("continuations");
  json scores = json::array();
  for (const ContinuationScore& s : score_continuations(model, ids_of(args, "prompt"), list)) {
    scores.push_back({{"sum", number(s.sum)}, {"n", s.n}});
  }
  return scores;
}

}  // namespace

const Operations& chapter_operations() {
  static const Operations operations = {
      {"score_token", token},     {"compare_distributions", two},
      {"score_windows", windows}, {"predictions", predictions},
      {"score_text", text},       {"continuations", continuations}};
  return operations;
}

}  // namespace tokenwalk::grading
