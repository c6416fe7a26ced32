#pragma once

#include <optional>
#include <string>
#include <vector>

#include "chapters/04_transformer/forward_full.h"
#include "chapters/04_transformer/reference_kernels.h"
#include "chapters/05_naive_generate/generate_naive.h"
#include "tests/support/dice.h"
#include "tests/support/tiny_random_model.h"

namespace tokenwalk {

inline const char* const kEnds = "page 05, When a text ends";

// Inputs and right answers that the tests of chapter 05 and those of its known-wrong functions
// share: what the right function gets right, the wrong one must get wrong.

/// A new token and what it means, with eos ids 7 and 9, stop ids 3 and 9, at most 5 new tokens.
struct EndCase {
  const char* what;
  int id;
  std::size_t n_new;
  bool ignore_eos;
  std::optional<Finish> finish;  ///< nothing: goes on

  std::string expected() const { return finish ? finish_name(*finish) : "goes on"; }
};

inline const std::vector<EndCase> kEndCases = {
    {"an ordinary id", 4, 1, false, {}},
    {"an ordinary id before the last", 4, 4, false, {}},
    {"an ordinary id as the last", 4, 5, false, Finish::kLength},
    {"the first eos id", 7, 1, false, Finish::kEos},
    {"an eos id as the last", 7, 5, false, Finish::kEos},
    {"a stop id", 3, 1, false, Finish::kStopToken},
    {"a stop id as the last", 3, 5, false, Finish::kStopToken},
    {"an id that is eos and stop", 9, 2, false, Finish::kEos},
    {"an eos id to be ignored", 7, 1, true, {}},
    {"an eos id to be ignored, as the last", 7, 5, true, Finish::kLength},
    {"an id that is eos, to be ignored, and stop", 9, 2, true, Finish::kStopToken},
    {"a stop id while eos is ignored", 3, 2, true, Finish::kStopToken},
};

/// What a function like ends_text says to a case: the name of the finish, or "goes on".
template <typename EndsText>
std::string end_of(EndsText function, const EndCase& test) {
  ModelConfig config;
  config.eos_ids = {7, 9};
  GenerateOptions options;
  options.max_new_tokens = 5;
  options.stop_ids = {3, 9};
  options.ignore_eos = test.ignore_eos;
  Finish finish = Finish::kCallback;
  return function(config, test.id, test.n_new, options, finish) ? finish_name(finish) : "goes on";
}

/// A model on the reference kernels with one thread.
struct Desk {
  explicit Desk(const TinySpec& spec) : random(spec), model(random.build(*kernels)) {}

  ThreadPool pool{1};
  std::unique_ptr<KernelSet> kernels = reference_kernel_set(pool);
  TinyRandomModel random;
  Model model;
};

/// A random model and prompt, and the 12 tokens that follow if every one is sampled from the last
/// row of the whole sequence with the number of its position.
struct LoopCase {
  explicit LoopCase(std::uint64_t seed) : desk(draw_spec(seed)) {
    Dice dice(seed, 9);
    prompt = dice.ids(dice.between(1, 10), desk.model.config.vocab);
    options.max_new_tokens = 12;
    options.seed = seed;
    std::vector<int> ids = prompt;
    while (expected.size() < 12) {
      const FullForward full = forward_full(desk.model, ids, LogitRows::kLast);
      evaluated += ids.size();
      expected.push_back(sample_at(full.logits, ids.size(), options));
      ids.push_back(expected.back());
    }
  }

  Desk desk;
  std::vector<int> prompt;
  GenerateOptions options;
  std::vector<int> expected;
  std::size_t evaluated = 0;
};

}  // namespace tokenwalk
