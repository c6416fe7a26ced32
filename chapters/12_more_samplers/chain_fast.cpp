// chain_distribution and chain_sample of chain.h: the bits of the plain path, without sorting the
// whole vocabulary where that can be. What they do: steps on logits at the beginning of the order
// work on a copy of all logits; a temperature and the cuts of chapter 03 behind it take that
// chapter's fast path; the rest has a short list of candidates left, and goes the plain way.

#include <algorithm>
#include <utility>

#include "chapters/02_softmax_temperature/softmax.h"
#include "chapters/03_nucleus_sampling/nucleus_fast.h"
#include "chapters/12_more_samplers/chain.h"

namespace tokenwalk {
namespace {

// The order without the steps that are off, cut into the parts that are done in different ways.
struct Plan {
  std::vector<ChainStep> shaping;  // steps on all logits
  SamplingOptions basic;           // chapter 03's, in its default order; those not in it are off
  bool has_basic = false;          // a temperature comes next, so chapter 03 can go on
  std::vector<ChainStep> rest;
};

// Takes the step into plan.basic if chapter 03 would run it next.
bool take_basic(ChainStep step, const SamplingOptions& options, Plan& plan, int& stage) {
  const auto next = [&](int place) {
    const bool comes = stage < place && (place == 1 || plan.has_basic);
    if (comes) stage = place;
    return comes;
  };
  SamplingOptions& basic = plan.basic;
  if (step == ChainStep::kTemperature && next(1)) {
    basic.temperature = options.temperature;
    plan.has_basic = true;
  } else if (step == ChainStep::kTopK && next(2)) {
    basic.top_k = options.top_k;
  } else if (step == ChainStep::kTopP && next(3)) {
    basic.top_p = options.top_p;
  } else if (step == ChainStep::kMinP && next(4)) {
    basic.min_p = options.min_p;
  } else {
    return false;
  }
  return true;
}

Plan make_plan(const ChainOptions& options) {
  Plan plan;
  int stage = 0;
  for (const ChainStep step : options.order) {
    if (is_off(step, options)) continue;
    if (stage == 0 && plan.rest.empty() && changes_logits(step)) {
      plan.shaping.push_back(step);
    } else if (!plan.rest.empty() || !take_basic(step, options.basic, plan, stage)) {
      plan.rest.push_back(step);
    }
  }
  return plan;
}

std::vector<double> shape_all(std::span<const float> logits, const std::vector<ChainStep>& steps,
                              const ChainOptions& options, const History& history) {
  check_logits(logits);
  std::vector<double> shaped(logits.begin(), logits.end());
  for (const ChainStep step : steps) shape(shaped, step, options, history);
  return shaped;
}

// What apply_temperature takes from every logit.
template <typename Logit>
double shift_of(std::span<const Logit> logits, const SamplingOptions& basic) {
  if (basic.temperature == 0) return 0;
  return static_cast<double>(*std::max_element(logits.begin(), logits.end())) / basic.temperature;
}

template <typename Logit>
Candidates run_rest(std::span<const Logit> logits, const Plan& plan, const ChainOptions& options,
                    const History& history, double coin) {
  ChainState state{distribution_fast(logits, plan.basic), 0, logits.size()};
  if (!plan.rest.empty()) state.shift = shift_of(logits, plan.basic);
  return run_steps(std::move(state), plan.rest, options, history, coin);
}

}  // namespace

Candidates chain_distribution(std::span<const float> logits, const ChainOptions& options,
                              const History& history, double coin) {
  const Plan plan = make_plan(options);
  if (!plan.has_basic) return chain_distribution_plain(logits, options, history, coin);
  check_chain_options(options, logits.size());
  check_history(history, logits.size());
  if (plan.shaping.empty()) return run_rest(logits, plan, options, history, coin);
  const std::vector<double> shaped = shape_all(logits, plan.shaping, options, history);
  return run_rest<double>(shaped, plan, options, history, coin);
}

int chain_sample(std::span<const float> logits, const ChainOptions& options, const History& history,
                 Chance chance) {
  const Plan plan = make_plan(options);
  if (!plan.has_basic || !plan.rest.empty()) {
    return draw_candidate(chain_distribution(logits, options, history, chance.coin), chance.u);
  }
  check_chain_options(options, logits.size());
  check_history(history, logits.size());
  if (plan.shaping.empty()) return sample_fast(logits, plan.basic, chance.u);
  const std::vector<double> shaped = shape_all(logits, plan.shaping, options, history);
  return sample_fast(shaped, plan.basic, chance.u);
}

}  // namespace tokenwalk
