#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "chapters/12_more_samplers/options.h"

namespace tokenwalk {

/// Random numbers of one draw, both from one block of Philox (lib/base/rng.h).
struct Chance {
  double u = 0;     ///< draws the token
  double coin = 0;  ///< xtc's
};

/// The numbers of the token at `position`: uniform_draw and uniform_coin.
Chance chance_at(std::uint64_t seed, std::uint32_t stream, std::uint64_t position);

/// The distribution that a token is drawn from: all steps in their order. With chapter 03's options
/// alone, and its steps in the same order, the result is that of its `distribution` to the bit.
/// A step that changes logits works on those of the candidates that are left; after a temperature
/// on logits / temperature.
/// Throws Error(kBadValue) for logits, options or history out of range, and where a step masks
/// every id that was left (the message names the step). The plain path of the page.
Candidates chain_distribution_plain(std::span<const float> logits, const ChainOptions& options,
                                    const History& history, double coin);

/// The same to the bit, faster: without sorting the whole vocabulary where temperature comes before
/// the cuts of chapter 03.
Candidates chain_distribution(std::span<const float> logits, const ChainOptions& options,
                              const History& history, double coin);

/// The logits [vocab] after the penalties, bias and dry that the order names, in its order, and
/// before all else, wherever they stand in it. Throws what chain_distribution throws.
std::vector<double> shape_logits(std::span<const float> logits, const ChainOptions& options,
                                 const History& history);

/// One token: chain_distribution, then chapter 03's draw_candidate, or its faster equal.
int chain_sample(std::span<const float> logits, const ChainOptions& options, const History& history,
                 Chance chance);

/// A picker for GenerateOptions::pick (chapter 05): remembers the text and samples each next token
/// from it. text: all ids before the first new token. end_ids: what min_new_tokens masks. The token
/// depends on the logits, the ids, seed, stream and position alone, so a cache, a fork or a batch
/// cannot change it. One picker serves one text: copy it before use to make two.
class ChainPicker {
 public:
  ChainPicker(ChainOptions options, std::vector<int> text, std::vector<int> end_ids,
              std::uint64_t seed, std::uint32_t stream);

  int operator()(std::span<const float> logits, std::size_t position);

  /// What the token of `position` would be drawn from; nothing is appended.
  Candidates distribution(std::span<const float> logits, std::size_t position) const;

 private:
  History history() const { return {text_, text_.size() - n_prompt_, end_ids_}; }

  ChainOptions options_;
  std::vector<int> text_;
  std::size_t n_prompt_;
  std::vector<int> end_ids_;
  std::uint64_t seed_;
  std::uint32_t stream_;
};

// ---- parts, for the fast path ------------------------------------------------------------------

/// True for a step whose options change nothing.
bool is_off(ChainStep step, const ChainOptions& options);

/// True for penalties, bias and dry.
bool changes_logits(ChainStep step);

/// One step that changes logits [vocab], in place. Throws Error(kBadValue) if it masks all.
void shape(std::span<double> logits, ChainStep step, const ChainOptions& options,
           const History& history);

/// A list of candidates on its way through the chain.
struct ChainState {
  Candidates candidates;
  double shift = 0;       ///< what apply_temperature has taken from their logits
  std::size_t vocab = 0;  ///< ids that there are
};

/// Runs the steps, those that are off left out.
Candidates run_steps(ChainState state, std::span<const ChainStep> steps,
                     const ChainOptions& options, const History& history, double coin);

}  // namespace tokenwalk
