#include "chapters/12_more_samplers/options.h"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <limits>
#include <string>

#include "lib/base/error.h"
#include "lib/base/format.h"

namespace tokenwalk {
namespace {

constexpr double kInf = std::numeric_limits<double>::infinity();

constexpr ChainStep kAllSteps[] = {ChainStep::kPenalties,   ChainStep::kBias, ChainStep::kDry,
                                   ChainStep::kTemperature, ChainStep::kTopK, ChainStep::kTypicalP,
                                   ChainStep::kTopP,        ChainStep::kMinP, ChainStep::kTopNSigma,
                                   ChainStep::kXtc};

[[noreturn]] void fail(const std::string& name, const std::string& found, const char* expected,
                       const char* hint) {
  throw Error(ErrorCode::kBadValue, {"bad " + name, found, expected, hint});
}

void check_finite(const char* name, double value) {
  if (std::isfinite(value)) return;
  fail(name, format_number(value), "a finite number", "0 switches it off");
}

void check_at_least(const char* name, double value, double least, const char* expected,
                    const char* hint) {
  if (value >= least && value < kInf) return;
  fail(name, format_number(value), expected, hint);
}

void check_fraction(const char* name, double value, const char* hint) {
  if (value >= 0 && value <= 1) return;
  fail(name, format_number(value), "a number from 0 to 1", hint);
}

void check_window(const char* name, int last_n) {
  if (last_n >= -1) return;
  fail(name, std::to_string(last_n), "a whole number of at least -1", "-1 looks at the whole text");
}

void check_id(const char* name, int id, std::size_t vocab) {
  if (id >= 0 && static_cast<std::size_t>(id) < vocab) return;
  throw Error(ErrorCode::kBadValue,
              {std::string(name) + " names no token", "id " + std::to_string(id),
               "ids from 0 to " + std::to_string(vocab - 1), ""});
}

void check_sequences(const char* name, const std::vector<std::vector<int>>& sequences,
                     std::size_t vocab) {
  for (const std::vector<int>& sequence : sequences) {
    if (sequence.empty()) fail(name, "an empty sequence", "sequences of at least one id", "");
    for (const int id : sequence) check_id(name, id, vocab);
  }
}

void check_bias(const BiasOptions& bias, std::size_t vocab) {
  for (const auto& [id, value] : bias.logit_bias) {
    check_id("logit_bias", id, vocab);
    if (std::isfinite(value) || value == -kInf) continue;
    fail("logit_bias", format_number(value), "a finite number, or -inf", "-inf bans the id");
  }
  for (const int id : bias.allowed.value_or(std::vector<int>())) check_id("allowed_ids", id, vocab);
  check_sequences("bad_ids", bias.banned, vocab);
  check_at_least("no_repeat_ngram", bias.no_repeat_ngram, 0, "a whole number of at least 0",
                 "0 switches it off");
  check_at_least("min_new_tokens", bias.min_new_tokens, 0, "a whole number of at least 0",
                 "0 switches it off");
}

void check_dry(const DryOptions& dry, std::size_t vocab) {
  check_at_least("dry multiplier", dry.multiplier, 0, "a number of at least 0",
                 "0 switches it off");
  check_at_least("dry base", dry.base, 1, "a number of at least 1",
                 "1 makes every repeat cost the same");
  check_at_least("dry allowed_length", dry.allowed_length, 0, "a whole number of at least 0", "");
  check_window("dry last_n", dry.last_n);
  check_sequences("dry breakers", dry.breakers, vocab);
}

void check_order(const std::vector<ChainStep>& order) {
  for (auto step = order.begin(); step != order.end(); ++step) {
    if (std::find(order.begin(), step, *step) == step) continue;
    throw Error(ErrorCode::kBadValue, {"a sampling step stands twice in order", step_name(*step),
                                       "each step at most once", ""});
  }
}

}  // namespace

const char* step_name(ChainStep step) {
  constexpr const char* kNames[] = {"penalties", "bias",  "dry",   "temperature", "top_k",
                                    "typical_p", "top_p", "min_p", "top_n_sigma", "xtc"};
  return kNames[static_cast<std::size_t>(step)];
}

ChainStep step_named(const std::string& name) {
  std::string names;
  for (const ChainStep step : kAllSteps) {
    if (name == step_name(step)) return step;
    names += (names.empty() ? "" : ", ") + std::string(step_name(step));
  }
  throw Error(ErrorCode::kBadValue,
              {"unknown sampling step", name, names, "a step not named does not run"});
}

std::span<const ChainStep> all_steps() {
  return kAllSteps;
}

void check_chain_options(const ChainOptions& options, std::size_t vocab) {
  check_sampling_options(options.basic);
  const PenaltyOptions& penalties = options.penalties;
  if (!(penalties.repetition > 0 && penalties.repetition < kInf)) {
    fail("repetition_penalty", format_number(penalties.repetition), "a number above 0",
         "1 switches it off");
  }
  check_finite("frequency_penalty", penalties.frequency);
  check_finite("presence_penalty", penalties.presence);
  check_window("penalty_last_n", penalties.last_n);
  check_bias(options.bias, vocab);
  check_dry(options.dry, vocab);
  check_fraction("typical_p", options.typical_p, "1 switches it off");
  check_at_least("top_n_sigma", options.top_n_sigma, 0, "a number of at least 0",
                 "0 switches it off");
  check_fraction("xtc_probability", options.xtc_probability, "0 switches it off");
  check_fraction("xtc_threshold", options.xtc_threshold, "above 0.5 nothing can happen");
  check_order(options.order);
}

void check_history(const History& history, std::size_t vocab) {
  for (const int id : history.ids) check_id("history", id, vocab);
}

}  // namespace tokenwalk
