#pragma once

#include <algorithm>
#include <memory>
#include <string>
#include <vector>

#include "chapters/09_ragged_batch/ragged_batch.h"
#include "tests/support/dice.h"
#include "tests/support/generation_check.h"

namespace tokenwalk {

/// A model and texts for it, each with its own prompt, options and end.
struct BatchCase {
  TinySpec spec;
  std::vector<int> eos_ids;
  std::vector<GenerationCase> texts;
};

/// 1 to 6 texts for one random model, drawn from a seed as single ones are.
inline BatchCase draw_batch_case(std::uint64_t seed) {
  const GenerationCase first = draw_generation_case(seed);
  BatchCase batch = {first.spec, first.eos_ids, {}};
  Dice dice(seed, 23);
  const std::size_t n = dice.between(1, 6);
  const int vocab = static_cast<int>(batch.spec.vocab);
  for (std::size_t i = 0; i < n; ++i) {
    GenerationCase text = i == 0 ? first : draw_generation_case(seed * 1000 + i);
    for (std::vector<int>* ids : {&text.prompt, &text.options.stop_ids}) {
      for (int& id : *ids) id %= vocab;
    }
    batch.spec.context = std::max(batch.spec.context, text.prompt.size());
    batch.texts.push_back(text);
  }
  return batch;
}

inline Model build_model(const BatchCase& test, const KernelSet& kernels) {
  Model model = TinyRandomModel(test.spec).build(kernels);
  model.config.eos_ids = test.eos_ids;
  return model;
}

/// The options of a text with a callback of their own that cancels where the case says.
inline GenerateOptions fresh_options(const GenerationCase& text) {
  GenerateOptions options = text.options;
  options.on_token = [n = std::size_t{0}, last = text.cancel_after](int) mutable {
    return ++n < last;
  };
  return options;
}

/// "" if a text of a batch is what the text alone is, else what differs.
inline std::string describe_difference(const Generated& expected, const Generated& got) {
  if (got.tokens != expected.tokens) return "other tokens";
  if (got.finish != expected.finish) {
    return std::string("finish ") + finish_name(got.finish) + ", expected " +
           finish_name(expected.finish);
  }
  if (got.evaluated != expected.evaluated) {
    return "evaluated " + std::to_string(got.evaluated) + ", expected " +
           std::to_string(expected.evaluated);
  }
  return "";
}

}  // namespace tokenwalk
