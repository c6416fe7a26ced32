#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "lib/io/metadata.h"

namespace tokenwalk {

/// How a model stretches its rotary positions to contexts beyond those it was first trained with:
/// a change of the inverse frequencies, made once, before any angle is computed from them.
///
///   default  no change
///   linear   every frequency / factor
///   dynamic  transformers raises theta once a text is longer than max_position_embeddings, and by
///            the length of the text, so that keys cached before would have to be turned anew. Up
///            to that length its frequencies are the unchanged ones. That length is our context,
///            which no text may exceed: equal to transformers for every text that we take.
///   llama3   by wavelength: short ones stay, long ones / factor, a smooth passage between
///   divisors frequency i / divisors[i], the numbers that GGUF stores for llama3 scaling. Between
///            short and long they round another way than `llama3` (a few units in the last place).
///
/// Source: the functions of these names in transformers' modeling_rope_utils (5.23), with their
/// roundings to float32; Chen et al. 2023 (linear), the Llama 3.1 release (llama3).
struct RopeScaling {
  enum class Kind { kDefault, kLinear, kDynamic, kLlama3, kDivisors };

  Kind kind = Kind::kDefault;
  double factor = 1;
  double low_freq_factor = 1;   ///< llama3: wavelengths over original_context / this are long
  double high_freq_factor = 4;  ///< llama3: wavelengths under original_context / this are short
  double original_context = 0;  ///< llama3: positions before stretching
  std::vector<float> divisors;  ///< divisors: [head_dim / 2]
};

/// Changes unscaled frequencies 1 / theta^(2 i / head_dim) in place. [head_dim / 2]
void scale_frequencies(const RopeScaling& scaling, std::span<float> frequencies);

/// "default", "linear", "dynamic", "llama3" or "divisors".
const char* rope_scaling_name(const RopeScaling& scaling);

/// The rotary keys of config.json: "rope_scaling" (old, with "type" or "rope_type") or
/// "rope_parameters" (new), the first going before the second as in transformers. `context` stands
/// in for a missing original_max_position_embeddings. Throws Error(kBadFile) for a kind that is not
/// above, which it names, for parameters given by layer type, for a rotation of a part of the head,
/// for a missing or impossible number.
RopeScaling rope_scaling_from_hf(const Metadata& metadata, std::size_t context);

/// rope_theta from the same place, else from the top of the file, else 10,000.
double rope_theta_from_hf(const Metadata& metadata);

/// The keys `<architecture>.rope.scaling.type` (none, linear) and .factor, or the old
/// .rope.scale_linear. Throws Error(kBadFile) for another kind. (Divisors are a tensor.)
RopeScaling rope_scaling_from_gguf(const Metadata& metadata, const std::string& architecture);

}  // namespace tokenwalk
