#pragma once

#include <filesystem>
#include <optional>
#include <string>

namespace tokenwalk {

/// How a model's maker would sample, from generation_config.json beside the weights: what the
/// commands use where no flag says otherwise. Missing keys are empty.
struct Recommended {
  std::optional<double> temperature;  ///< 0 where do_sample is false: greedy
  std::optional<int> top_k;
  std::optional<double> top_p;
  std::optional<double> min_p;
  std::optional<double> repetition_penalty;
};

/// Everything empty if there is no such file (a GGUF file has none). transformers samples only
/// where do_sample is true; a file that does not say so and gives sampling values means them.
/// Throws Error(kBadFile) for a value of the wrong type or out of range.
Recommended read_recommended(const std::filesystem::path& model);

}  // namespace tokenwalk
