#include "lib/model/rope_scaling.h"

#include <cmath>

#include "lib/base/check.h"
#include "lib/base/error.h"

namespace tokenwalk {
namespace {

using Kind = RopeScaling::Kind;

constexpr double kPi = 3.14159265358979323846;

[[noreturn]] void fail(const Metadata& m, const std::string& message, const std::string& found,
                       const std::string& expected) {
  throw Error(ErrorCode::kBadFile, {m.source() + ": " + message, found, expected, ""});
}

double positive(const Metadata& m, const std::string& key, double value) {
  if (!(value > 0) || !std::isfinite(value)) {
    fail(m, "bad number " + key, std::to_string(value), "a finite number above 0");
  }
  return value;
}

// The scaled frequency of a wavelength, step by step as transformers rounds it: every number a
// float, a number over a tensor as the tensor's reciprocal times the number.
float scale_llama3(const RopeScaling& s, float frequency) {
  const auto factor = static_cast<float>(s.factor);
  const auto original = static_cast<float>(s.original_context);
  const auto low = static_cast<float>(s.low_freq_factor);
  const float wavelength = (1.0f / frequency) * static_cast<float>(2 * kPi);
  if (wavelength > static_cast<float>(s.original_context / s.low_freq_factor)) {
    return frequency / factor;
  }
  if (wavelength < static_cast<float>(s.original_context / s.high_freq_factor)) return frequency;
  const float smooth = ((1.0f / wavelength) * original - low) /
                       static_cast<float>(s.high_freq_factor - s.low_freq_factor);
  const float stretched = (1.0f - smooth) * frequency / factor;
  const float kept = smooth * frequency;
  return stretched + kept;
}

// Where config.json keeps its rotary parameters: "rope_scaling." or "rope_parameters.".
std::string hf_prefix(const Metadata& m) {
  const std::string old = "rope_scaling.";
  const auto key = m.values().lower_bound(old);
  const bool has_old = key != m.values().end() && key->first.compare(0, old.size(), old) == 0;
  return has_old ? old : "rope_parameters.";
}

// Parameters of single layer types would be objects within the object.
void refuse_nested(const Metadata& m, const std::string& prefix) {
  for (auto key = m.values().lower_bound(prefix); key != m.values().end(); ++key) {
    if (key->first.compare(0, prefix.size(), prefix) != 0) return;
    if (key->first.find('.', prefix.size()) != std::string::npos) {
      fail(m, "rotary parameters by layer type are not supported", key->first,
           "one set of parameters for all layers");
    }
  }
}

void refuse_partial_rotation(const Metadata& m, const std::string& prefix) {
  const std::string key = "partial_rotary_factor";
  const double part = m.get_real(prefix + key, m.get_real(key, 1));
  if (part != 1) fail(m, key + " is not supported", std::to_string(part), "1");
}

void read_llama3(const Metadata& m, const std::string& prefix, std::size_t context,
                 RopeScaling& s) {
  const std::string original = "original_max_position_embeddings";
  const double fallback = m.get_real(original, static_cast<double>(context));
  s.original_context = positive(m, original, m.get_real(prefix + original, fallback));
  s.low_freq_factor = positive(m, "low_freq_factor", m.get_real(prefix + "low_freq_factor"));
  s.high_freq_factor = positive(m, "high_freq_factor", m.get_real(prefix + "high_freq_factor"));
  if (s.high_freq_factor <= s.low_freq_factor) {
    fail(m, "the rotary scaling has no passage from short to long",
         "high_freq_factor " + std::to_string(s.high_freq_factor),
         "more than low_freq_factor, " + std::to_string(s.low_freq_factor));
  }
}

}  // namespace

void scale_frequencies(const RopeScaling& s, std::span<float> frequencies) {
  const auto factor = static_cast<float>(s.factor);
  for (std::size_t i = 0; i < frequencies.size(); ++i) {
    if (s.kind == Kind::kLinear) frequencies[i] /= factor;
    if (s.kind == Kind::kLlama3) frequencies[i] = scale_llama3(s, frequencies[i]);
    if (s.kind == Kind::kDivisors) {
      CHECK_EQ(s.divisors.size(), frequencies.size());
      frequencies[i] /= s.divisors[i];
    }
  }
}

const char* rope_scaling_name(const RopeScaling& scaling) {
  switch (scaling.kind) {
    case Kind::kDefault:
      return "default";
    case Kind::kLinear:
      return "linear";
    case Kind::kDynamic:
      return "dynamic";
    case Kind::kLlama3:
      return "llama3";
    case Kind::kDivisors:
      return "divisors";
  }
  return "unknown";
}

RopeScaling rope_scaling_from_hf(const Metadata& m, std::size_t context) {
  const std::string prefix = hf_prefix(m);
  refuse_nested(m, prefix);
  refuse_partial_rotation(m, prefix);
  const std::string name =
      m.get_string(prefix + "rope_type", m.get_string(prefix + "type", "default"));
  RopeScaling s;
  for (const Kind kind : {Kind::kDefault, Kind::kLinear, Kind::kDynamic, Kind::kLlama3}) {
    s.kind = kind;
    if (name == rope_scaling_name(s)) break;
  }
  if (name != rope_scaling_name(s)) {
    fail(m, "the rotary scaling is not supported", name, "default, linear, dynamic or llama3");
  }
  if (s.kind == Kind::kDefault) return s;
  s.factor = positive(m, "factor", m.get_real(prefix + "factor"));
  if (s.kind == Kind::kLlama3) read_llama3(m, prefix, context, s);
  return s;
}

double rope_theta_from_hf(const Metadata& m) {
  return m.get_real(hf_prefix(m) + "rope_theta", m.get_real("rope_theta", 10000));
}

RopeScaling rope_scaling_from_gguf(const Metadata& m, const std::string& architecture) {
  const std::string prefix = architecture + ".rope.";
  const double factor =
      m.get_real(prefix + "scaling.factor", m.get_real(prefix + "scale_linear", 1));
  // A file that gives a factor and no type means linear.
  const std::string name = m.get_string(prefix + "scaling.type", factor == 1 ? "none" : "linear");
  RopeScaling s;
  if (name == "none") return s;
  if (name != "linear") fail(m, "the rotary scaling is not supported", name, "none or linear");
  s.kind = Kind::kLinear;
  s.factor = positive(m, prefix + "scaling.factor", factor);
  return s;
}

}  // namespace tokenwalk
