#pragma once

#include <vector>

#include "chapters/10_scoring/score_text.h"
#include "tools/tokenwalk/json_request.h"

namespace tokenwalk {

/// A scored text: its ids, and a score for each but the first, if they are kept.
struct ScoredText {
  std::vector<int> ids;
  std::vector<TokenScore> scores;
  TextScore sum;
};

/// score_text; keep: with every score, which a long file has no room for. Throws what check_score
/// throws; Error(kBadFile) where the model's logits are no numbers. options.on_score hears of the
/// scores in any case.
ScoredText score_ids(const Model& model, std::vector<int> ids, ScoreOptions options, bool keep);

/// ids, log_probs (null for the first), mean_nll and perplexity (null if nothing is predicted),
/// predicted; `top` for each id, if alternatives were asked for (null for the first).
Json score_json(const ScoredText& text, std::size_t top);

/// One new token of `generate`: id, log_prob, top.
Json token_score_json(const TokenScore& score);

}  // namespace tokenwalk
