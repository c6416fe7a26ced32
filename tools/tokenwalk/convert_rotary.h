#pragma once

#include <optional>

#include "lib/io/write_gguf.h"
#include "tools/tokenwalk/convert_source.h"

namespace tokenwalk {

// Stretched rotary positions from one form to the other. A folder names a way to stretch and its
// numbers; GGUF has keys for the linear way and a tensor of divisors, one a frequency, for Llama
// 3's.

/// Adds the keys <architecture>.rope.scaling.type and .factor of linear scaling; nothing for plain
/// positions and for Llama 3's. Throws Error(kBadFile) for dynamic scaling, which GGUF cannot say.
void add_rotary_keys(const ConvertSource& source, const std::string& architecture, GgufKeys& keys);

/// The tensor rope_freqs.weight [head_dim / 2]: Llama 3's scaling as divisors, or those that the
/// source has; nothing for other kinds. A divisor is the float nearest to the quotient of the two
/// frequencies: dividing by it gives the scaled one back, or a number one unit in the last place
/// off (of the 64 frequencies of Llama 3.1 one is).
std::optional<TensorToWrite> rotary_divisors(const ConvertSource& source);

/// The scaling as a folder can say it: divisors become the parameters of Llama 3's scaling that
/// give them, with low_freq_factor 1 and high_freq_factor 4 as all published models have. Throws
/// Error(kBadFile) for divisors that no such parameters give within 1e-5.
RopeScaling folder_scaling(const ConvertSource& source);

}  // namespace tokenwalk
