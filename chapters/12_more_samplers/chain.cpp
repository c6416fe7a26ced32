#include "chapters/12_more_samplers/chain.h"

#include <algorithm>
#include <string>
#include <utility>

#include "chapters/02_softmax_temperature/softmax.h"
#include "chapters/12_more_samplers/bias.h"
#include "chapters/12_more_samplers/dry.h"
#include "chapters/12_more_samplers/filters.h"
#include "chapters/12_more_samplers/penalties.h"
#include "chapters/12_more_samplers/shaping.h"
#include "lib/base/check.h"
#include "lib/base/error.h"
#include "lib/base/rng.h"

namespace tokenwalk {
namespace {

//! [12-to-and-fro]
// The candidates' logits at their ids, [vocab], with `shift` added; all others are masked.
std::vector<double> to_logits(const Candidates& candidates, std::size_t vocab, double shift) {
  std::vector<double> logits(vocab, kMasked);
  for (const Candidate& c : candidates) logit_of(logits, c.id) = bounded(c.logit + bounded(shift));
  return logits;
}

// make_candidates of chapter 03 for logits in double: the ids that are not masked.
Candidates to_candidates(std::span<const double> logits) {
  const std::vector<double> probs = softmax_scaled(logits);
  Candidates candidates;
  for (std::size_t id = 0; id < logits.size(); ++id) {
    if (logits[id] != kMasked) candidates.push_back({static_cast<int>(id), logits[id], probs[id]});
  }
  std::sort(candidates.begin(), candidates.end(), more_likely);
  return candidates;
}
//! [12-to-and-fro]

double largest_logit(const Candidates& candidates) {
  double max = candidates[0].logit;
  for (const Candidate& c : candidates) max = std::max(max, c.logit);
  return max;
}

void check_left(std::span<const double> logits, ChainStep step) {
  const auto masked = [](double logit) { return logit == kMasked; };
  if (!std::all_of(logits.begin(), logits.end(), masked)) return;
  throw Error(ErrorCode::kBadValue,
              {"every id is masked", std::string("the step ") + step_name(step) + " left none",
               "at least one id that may come", "allow more ids, or ban fewer"});
}

//! [12-filter]
Candidates filter(Candidates candidates, ChainStep step, const ChainOptions& options, double coin) {
  switch (step) {
    case ChainStep::kTemperature:
      return apply_temperature(std::move(candidates), options.basic.temperature);
    case ChainStep::kTopK:
      return cut_top_k(std::move(candidates), options.basic.top_k);
    case ChainStep::kTypicalP:
      return cut_typical(std::move(candidates), options.typical_p);
    case ChainStep::kTopP:
      return cut_nucleus(std::move(candidates), options.basic.top_p);
    case ChainStep::kMinP:
      return cut_min_p(std::move(candidates), options.basic.min_p);
    case ChainStep::kTopNSigma:
      return cut_top_n_sigma(std::move(candidates), options.top_n_sigma);
    case ChainStep::kXtc:
      return cut_xtc(std::move(candidates), options.xtc_probability, options.xtc_threshold, coin);
    default:
      CHECK(false);  // the steps that change logits go another way
      return candidates;
  }
}
//! [12-filter]

}  // namespace

Chance chance_at(std::uint64_t seed, std::uint32_t stream, std::uint64_t position) {
  return {uniform_draw(seed, stream, position), uniform_coin(seed, stream, position)};
}

bool changes_logits(ChainStep step) {
  return step == ChainStep::kPenalties || step == ChainStep::kBias || step == ChainStep::kDry;
}

bool is_off(ChainStep step, const ChainOptions& options) {
  const BiasOptions& bias = options.bias;
  const PenaltyOptions& penalties = options.penalties;
  switch (step) {
    case ChainStep::kPenalties:
      return penalties.repetition == 1 && penalties.frequency == 0 && penalties.presence == 0;
    case ChainStep::kBias:
      return bias.logit_bias.empty() && !bias.allowed && bias.banned.empty() &&
             bias.no_repeat_ngram == 0 && bias.min_new_tokens == 0;
    case ChainStep::kDry:
      return options.dry.multiplier == 0;
    case ChainStep::kTemperature:
      return false;  // even 1 computes the probabilities anew
    case ChainStep::kTopK:
      return options.basic.top_k == 0;
    case ChainStep::kTypicalP:
      return options.typical_p == 1;
    case ChainStep::kTopP:
      return options.basic.top_p == 1;
    case ChainStep::kMinP:
      return options.basic.min_p == 0;
    case ChainStep::kTopNSigma:
      return options.top_n_sigma == 0;
    case ChainStep::kXtc:
      return options.xtc_probability == 0;
  }
  return false;
}

//! [12-shape]
void shape(std::span<double> logits, ChainStep step, const ChainOptions& options,
           const History& history) {
  if (step == ChainStep::kPenalties) penalise(logits, history.ids, options.penalties);
  if (step == ChainStep::kBias) apply_bias(logits, history, options.bias);
  if (step == ChainStep::kDry) apply_dry(logits, history.ids, options.dry);
  check_left(logits, step);
}
//! [12-shape]

//! [12-chain]
Candidates run_steps(ChainState state, std::span<const ChainStep> steps,
                     const ChainOptions& options, const History& history, double coin) {
  Candidates candidates = std::move(state.candidates);
  double shift = state.shift;
  for (const ChainStep step : steps) {
    if (is_off(step, options)) continue;
    if (changes_logits(step)) {
      std::vector<double> all = to_logits(candidates, state.vocab, shift);
      shape(all, step, options, history);
      candidates = to_candidates(all);
      shift = 0;
      continue;
    }
    const double temperature = options.basic.temperature;
    const bool shifts = step == ChainStep::kTemperature && temperature > 0;
    if (shifts) shift = largest_logit(candidates) / temperature;
    candidates = filter(std::move(candidates), step, options, coin);
  }
  return candidates;
}

Candidates chain_distribution_plain(std::span<const float> logits, const ChainOptions& options,
                                    const History& history, double coin) {
  check_logits(logits);
  check_chain_options(options, logits.size());
  check_history(history, logits.size());
  return run_steps({make_candidates(logits), 0, logits.size()}, options.order, options, history,
                   coin);
}
//! [12-chain]

std::vector<double> shape_logits(std::span<const float> logits, const ChainOptions& options,
                                 const History& history) {
  check_logits(logits);
  check_chain_options(options, logits.size());
  check_history(history, logits.size());
  std::vector<double> shaped(logits.begin(), logits.end());
  for (const ChainStep step : options.order) {
    if (changes_logits(step) && !is_off(step, options)) shape(shaped, step, options, history);
  }
  return shaped;
}

//! [12-picker]
ChainPicker::ChainPicker(ChainOptions options, std::vector<int> text, std::vector<int> end_ids,
                         std::uint64_t seed, std::uint32_t stream)
    : options_(std::move(options)),
      text_(std::move(text)),
      n_prompt_(text_.size()),
      end_ids_(std::move(end_ids)),
      seed_(seed),
      stream_(stream) {}

int ChainPicker::operator()(std::span<const float> logits, std::size_t position) {
  CHECK_EQ(position, text_.size());
  const int id = chain_sample(logits, options_, history(), chance_at(seed_, stream_, position));
  text_.push_back(id);
  return id;
}

Candidates ChainPicker::distribution(std::span<const float> logits, std::size_t position) const {
  CHECK_EQ(position, text_.size());
  const double coin = chance_at(seed_, stream_, position).coin;
  return chain_distribution(logits, options_, history(), coin);
}
//! [12-picker]

}  // namespace tokenwalk
