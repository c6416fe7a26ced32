#include "tools/tokenwalk/convert_rotary.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <utility>

#include "chapters/04_transformer/layers.h"
#include "lib/io/describe.h"
#include "lib/model/weight_files.h"

namespace tokenwalk {
namespace {

using Kind = RopeScaling::Kind;

std::vector<float> plain_frequencies(const ModelConfig& config) {
  return rotary_frequencies(config.attention.head_dim, config.rope_theta);
}

std::vector<float> divisors_of(const RopeScaling& scaling, const std::vector<float>& plain) {
  std::vector<float> divisors = plain;
  scale_frequencies(scaling, divisors);
  std::transform(plain.begin(), plain.end(), divisors.begin(), divisors.begin(), std::divides<>());
  return divisors;
}

// Positions before stretching, from one frequency in the passage from short to long wavelengths:
// there 1 / divisor is (1 - s) / factor + s with s = (original / wavelength - low) / (high - low).
double original_context(const RopeScaling& s, float frequency, float divisor) {
  constexpr double kTurn = 2 * 3.14159265358979323846;
  const double smooth = (1.0 / divisor - 1 / s.factor) / (1 - 1 / s.factor);
  const double turns = s.low_freq_factor + smooth * (s.high_freq_factor - s.low_freq_factor);
  return std::round(turns * kTurn / static_cast<double>(frequency));
}

// Llama 3's parameters, as far as the divisors tell them.
RopeScaling llama3_scaling(const std::vector<float>& divisors, const std::vector<float>& plain) {
  RopeScaling s;
  s.kind = Kind::kLlama3;
  s.factor = static_cast<double>(divisors.back());
  for (std::size_t i = 0; i < divisors.size(); ++i) {
    const bool in_passage = divisors[i] > 1 && divisors[i] < divisors.back();
    if (in_passage) s.original_context = original_context(s, plain[i], divisors[i]);
  }
  return s;
}

bool nearly_equal(const std::vector<float>& a, const std::vector<float>& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](float x, float y) { return std::abs(x - y) <= 1e-5f * std::abs(y); });
}

}  // namespace

void add_rotary_keys(const ConvertSource& source, const std::string& architecture, GgufKeys& keys) {
  const RopeScaling& scaling = source.config.rope_scaling;
  if (scaling.kind == Kind::kDynamic) {
    throw_bad_file(source.keys.source() + " stretches its rotary positions as GGUF cannot say it",
                   rope_scaling_name(scaling), "default, linear or llama3",
                   "folder to folder works: everything is copied");
  }
  if (scaling.kind != Kind::kLinear) return;
  keys.emplace_back(architecture + ".rope.scaling.type", std::string("linear"));
  keys.emplace_back(architecture + ".rope.scaling.factor", static_cast<float>(scaling.factor));
}

std::optional<TensorToWrite> rotary_divisors(const ConvertSource& source) {
  const RopeScaling& scaling = source.config.rope_scaling;
  std::vector<float> divisors = scaling.divisors;
  if (scaling.kind == Kind::kLlama3) {
    divisors = divisors_of(scaling, plain_frequencies(source.config));
  }
  if (divisors.empty()) return std::nullopt;
  const std::size_t size = divisors.size();
  return TensorToWrite{kRopeDivisors,
                       {size},
                       DType::kF32,
                       [divisors = std::move(divisors)](std::size_t, std::span<float> out) {
                         std::copy(divisors.begin(), divisors.end(), out.begin());
                       }};
}

RopeScaling folder_scaling(const ConvertSource& source) {
  const RopeScaling& scaling = source.config.rope_scaling;
  if (scaling.kind != Kind::kDivisors) return scaling;
  const std::vector<float> plain = plain_frequencies(source.config);
  const RopeScaling found = llama3_scaling(scaling.divisors, plain);
  if (found.original_context > 0 && nearly_equal(divisors_of(found, plain), scaling.divisors)) {
    return found;
  }
  throw_bad_file(source.keys.source() + " stretches its rotary positions as no folder can say it",
                 std::string(kRopeDivisors) + " that Llama 3's scaling does not give",
                 "divisors from 1 up to one factor, as Llama 3's scaling gives them",
                 "another GGUF file can hold it: convert to a name that ends in .gguf");
}

}  // namespace tokenwalk
