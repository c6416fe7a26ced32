#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "chapters/03_nucleus_sampling/nucleus.h"

namespace tokenwalk {

/// The steps of the chain. The first three change logits and look back at the text; the others
/// change or cut a list of candidates. Each has its function in this chapter or in chapter 03.
enum class ChainStep {
  kPenalties,
  kBias,
  kDry,
  kTemperature,
  kTopK,
  kTypicalP,
  kTopP,
  kMinP,
  kTopNSigma,
  kXtc,
};

/// Against ids that the text has already (penalties.h).
struct PenaltyOptions {
  double repetition = 1;  ///< above 0; divides or multiplies the logit; 1: off
  double frequency = 0;   ///< taken from the logit for each time the id occurs
  double presence = 0;    ///< taken from it once
  int last_n = -1;        ///< looks at that many last ids; -1: all
};

/// For and against chosen ids (bias.h).
struct BiasOptions {
  std::map<int, double> logit_bias = {};         ///< added to the logit; -inf bans the id
  std::optional<std::vector<int>> allowed = {};  ///< nothing else may come; none: all may
  std::vector<std::vector<int>> banned = {};     ///< sequences that may not be completed
  int no_repeat_ngram = 0;                       ///< no sequence of that length twice; 0: off
  int min_new_tokens = 0;                        ///< no end of the text before that many
};

/// Against going on with a sequence as it went on before (dry.h).
struct DryOptions {
  double multiplier = 0;   ///< of the penalty, at least 0; 0: off
  double base = 1.75;      ///< at least 1: the penalty grows by it with each id
  int allowed_length = 2;  ///< repeats shorter than this are free
  int last_n = -1;         ///< looks at that many last ids; -1: all
  std::vector<std::vector<int>> breakers = {};  ///< sequences that no repeat crosses
};

/// What a caller may ask of the chain. The defaults change nothing.
struct ChainOptions {
  SamplingOptions basic;  ///< chapter 03's settings; `order` below stands in for its order
  PenaltyOptions penalties;
  BiasOptions bias;
  DryOptions dry;
  double typical_p = 1;        ///< 1: off
  double top_n_sigma = 0;      ///< 0: off
  double xtc_probability = 0;  ///< 0: off
  double xtc_threshold = 0.1;
  /// Order is data: steps run in this order, each at most once, those not named do not run.
  std::vector<ChainStep> order = {ChainStep::kPenalties,   ChainStep::kBias, ChainStep::kDry,
                                  ChainStep::kTemperature, ChainStep::kTopK, ChainStep::kTypicalP,
                                  ChainStep::kTopP,        ChainStep::kMinP, ChainStep::kTopNSigma,
                                  ChainStep::kXtc};
};

/// The text before the token to be sampled.
struct History {
  std::span<const int> ids;      ///< prompt and new tokens
  std::size_t n_new = 0;         ///< how many of them are new; the rest is the prompt
  std::span<const int> end_ids;  ///< ids that end a text: the model's and the caller's
};

/// The protocol's name of a step: penalties, bias, ..., xtc.
const char* step_name(ChainStep step);

/// The step of that name. Throws Error(kBadValue) with all names if there is none.
ChainStep step_named(const std::string& name);

/// All steps, in the default order.
std::span<const ChainStep> all_steps();

/// Throws Error(kBadValue) for a value out of range, an id that is no token of `vocab` many, or a
/// step that stands twice in the order.
void check_chain_options(const ChainOptions& options, std::size_t vocab);

/// Throws Error(kBadValue) for an id of the history that is no token.
void check_history(const History& history, std::size_t vocab);

}  // namespace tokenwalk
