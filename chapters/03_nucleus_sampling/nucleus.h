#pragma once

#include <span>
#include <string>
#include <vector>

namespace tokenwalk {

/// The steps that shape a distribution before the draw.
enum class SamplingStep { kTemperature, kTopK, kTopP, kMinP };

/// What a caller may ask of the sampler. The defaults change nothing.
struct SamplingOptions {
  double temperature = 1;  ///< at least 0; 0 is greedy
  int top_k = 0;           ///< keep the k most likely; 0: off; more than there are: all
  double top_p = 1;        ///< keep the smallest set that reaches this probability; 1: off
  double min_p = 0;        ///< keep what has at least min_p times the best probability; 0: off
  /// Order is data: steps run in this order, those not named do not run.
  std::vector<SamplingStep> order = {SamplingStep::kTemperature, SamplingStep::kTopK,
                                     SamplingStep::kTopP, SamplingStep::kMinP};
};

/// Throws Error(kBadValue) for a value out of range: temperature negative, NaN or inf; top_k
/// negative; top_p or min_p outside [0, 1].
void check_sampling_options(const SamplingOptions& options);

/// A token that may be drawn.
struct Candidate {
  int id = 0;
  double logit = 0;  ///< after the steps so far
  double prob = 0;   ///< the candidates' probabilities sum to 1
};

/// The order of candidates: most likely first, ties: lower id first.
bool more_likely(const Candidate& a, const Candidate& b);

/// At least one candidate, in the order of more_likely, with probabilities that sum to 1. Each step
/// below takes such a list and returns one: it renormalises what it keeps. (Known to be wrong and
/// the exception: cut_nucleus_without_renormalising.)
using Candidates = std::vector<Candidate>;

/// Every id that is not masked (-inf), with its probability at temperature 1. logits: [vocab].
Candidates make_candidates(std::span<const float> logits);

/// Divides the logits by the temperature; 0 keeps only the lowest id among equal maxima.
Candidates apply_temperature(Candidates candidates, double temperature);

/// Exactly the k most likely; ties at the edge: lower id first. k = 0: all.
/// Source: Fan, Lewis, Dauphin, "Hierarchical neural story generation" (2018).
Candidates cut_top_k(Candidates candidates, int k);

/// The nucleus: the smallest set, most likely first, whose probability reaches p. A running sum
/// within kReached below p has reached it, so that 0.5 + 0.3 reaches 0.8 however it was computed.
/// p = 1: exactly off. p = 0: the best one.
/// Source: Holtzman et al., "The curious case of neural text degeneration" (2020).
Candidates cut_nucleus(Candidates candidates, double p);
inline constexpr double kReached = 1e-6;

/// Those with prob >= min_p times the best one's. 0: all.
/// Source: Nguyen et al., "Turning up the heat: min-p sampling" (2024).
Candidates cut_min_p(Candidates candidates, double min_p);

/// The distribution that a token is drawn from: all steps in their order.
/// Throws Error(kBadValue) for logits or options out of range.
Candidates distribution(std::span<const float> logits, const SamplingOptions& options);

/// Draws one id from candidates with u in [0, 1). The running sum goes over ids in ascending order,
/// so that a cut which keeps the same ids cannot change the draw.
int draw_candidate(Candidates candidates, double u);

/// One token: distribution, then draw_candidate. The plain path of the page.
int sample_plain(std::span<const float> logits, const SamplingOptions& options, double u);

/// The same token, faster (nucleus_fast.h). What the program calls.
int sample(std::span<const float> logits, const SamplingOptions& options, double u);

// ---- known to be wrong, kept for the page and the tests ---------------------------------------

/// Drops the token that crosses p, so the set does not reach it.
Candidates cut_nucleus_without_crossing(Candidates candidates, double p);

/// Keeps the set but not the renormalising: the probabilities sum to less than 1, which breaks the
/// contract of Candidates on purpose.
Candidates cut_nucleus_without_renormalising(Candidates candidates, double p);

/// Divides probabilities by the temperature after exp, where the normalising cancels it.
Candidates temperature_after_exp(Candidates candidates, double temperature);

}  // namespace tokenwalk
