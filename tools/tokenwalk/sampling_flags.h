#pragma once

#include <CLI/CLI.hpp>
#include <cstdint>
#include <string>
#include <vector>

#include "chapters/03_nucleus_sampling/nucleus.h"

namespace tokenwalk {

/// How the commands that generate are told to sample.
struct SamplingFlags {
  double temperature = 1;
  int top_k = 0;
  double top_p = 1;
  double min_p = 0;
  std::string seed = "0";
  bool sampled = false;  ///< --do-sample, or not: --greedy
};

void add_sampling_flags(CLI::App& command, SamplingFlags& flags);

/// Takes what the model's maker recommends where no flag was given; names what was taken. --greedy
/// and --do-sample go before the maker's temperature; Error(kBadValue) where they contradict the
/// caller's own.
std::vector<std::string> take_recommended(const CLI::App& command, const std::string& model_path,
                                          SamplingFlags& flags);

SamplingOptions sampling_options(const SamplingFlags& flags);

/// The seed; `random` draws one and, unless quiet, tells it on standard error. Throws
/// Error(kBadValue) for any other text.
std::uint64_t read_seed(const std::string& text, bool quiet);

}  // namespace tokenwalk
