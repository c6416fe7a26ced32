#include "tools/tokenwalk/scoring.h"

#include <utility>

#include "tools/tokenwalk/model_fault.h"

namespace tokenwalk {
namespace {

Json top_json(const TokenScore& score) {
  Json top = Json::array();
  for (const IdLogProb& other : score.top) top.push_back({other.id, to_json(other.log_prob)});
  return top;
}

}  // namespace

ScoredText score_ids(const Model& model, std::vector<int> ids, ScoreOptions options, bool keep) {
  check_score(model.config, ids, options);
  ScoredText text;
  options.on_score = [&text, keep, hears = options.on_score](const TokenScore& score) {
    if (keep) text.scores.push_back(score);
    if (hears) hears(score);
  };
  text.sum = blame_model([&] { return score_text(model, ids, options); });
  text.ids = std::move(ids);
  return text;
}

Json score_json(const ScoredText& text, std::size_t top) {
  Json log_probs = Json::array({nullptr}), tops = log_probs;
  for (const TokenScore& score : text.scores) {
    log_probs.push_back(to_json(score.log_prob));
    tops.push_back(top_json(score));
  }
  Json reply = {{"ids", text.ids},
                {"log_probs", std::move(log_probs)},
                {"mean_nll", nullptr},
                {"perplexity", nullptr},
                {"predicted", text.sum.predicted}};
  if (text.sum.predicted > 0) {
    reply["mean_nll"] = to_json(text.sum.mean_nll());
    reply["perplexity"] = to_json(text.sum.perplexity());
  }
  if (top > 0) reply["top"] = std::move(tops);
  return reply;
}

Json token_score_json(const TokenScore& score) {
  return {{"id", score.id}, {"log_prob", to_json(score.log_prob)}, {"top", top_json(score)}};
}

}  // namespace tokenwalk
