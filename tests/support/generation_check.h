#pragma once

#include <cstdint>
#include <functional>
#include <iosfwd>
#include <span>
#include <string>
#include <vector>

#include "chapters/05_naive_generate/generate_naive.h"
#include "tests/support/tiny_random_model.h"

namespace tokenwalk {

/// A way to generate: generate_cached, or one that is known to be wrong.
using Generate = std::function<Generated(const Model& model, std::span<const int> prompt,
                                         const GenerateOptions& options)>;

/// A model, a prompt and what is asked for.
struct GenerationCase {
  TinySpec spec;
  std::vector<int> eos_ids;
  std::vector<int> prompt;
  GenerateOptions options;             ///< without on_token
  std::size_t cancel_after = 1 << 20;  ///< on_token returns false at this token
};

std::ostream& operator<<(std::ostream& out, const GenerationCase& test);

/// A case drawn from a seed: prompts of 1 to 20 tokens, up to 24 new ones, all sampling options,
/// now and then an end-of-text or stop id, a context that fills, a callback that cancels.
GenerationCase draw_generation_case(std::uint64_t seed);

/// The model of a case for a kernel set.
Model build_model(const GenerationCase& test, const KernelSet& kernels);

/// Whether a way to generate does what generate_naive does, with a cache: the same tokens and
/// finish, heard by on_token one by one, after P + N - 1 positions evaluated (P if N is 0).
/// "" if so, else the case and what is wrong.
std::string find_fault(const Generate& generate, const GenerationCase& test,
                       const KernelSet& kernels);

/// The same over the cases of all these seeds: the first fault.
std::string find_fault(const Generate& generate, std::span<const std::uint64_t> seeds,
                       const KernelSet& kernels);

}  // namespace tokenwalk
