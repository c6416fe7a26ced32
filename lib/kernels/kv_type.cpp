#include "lib/kernels/kv_type.h"

#include <algorithm>
#include <cstdint>

#include "lib/base/half.h"

namespace tokenwalk {

std::string_view kv_type_name(KvType type) {
  switch (type) {
    case KvType::kF32:
      return "f32";
    case KvType::kF16:
      return "f16";
    case KvType::kBF16:
      return "bf16";
  }
  return "unknown";
}

std::optional<KvType> kv_type_named(std::string_view name) {
  for (const KvType type : {KvType::kF32, KvType::kF16, KvType::kBF16}) {
    if (kv_type_name(type) == name) return type;
  }
  return {};
}

std::size_t kv_type_bytes(KvType type) {
  return type == KvType::kF32 ? sizeof(float) : sizeof(std::uint16_t);
}

void store_kv(KvType type, std::span<const float> values, void* out) {
  if (type == KvType::kF32) {
    std::copy(values.begin(), values.end(), static_cast<float*>(out));
    return;
  }
  std::transform(values.begin(), values.end(), static_cast<std::uint16_t*>(out),
                 type == KvType::kF16 ? half_from_float : bfloat16_from_float);
}

void load_kv(KvType type, const void* stored, std::span<float> out) {
  if (type == KvType::kF32) {
    std::copy_n(static_cast<const float*>(stored), out.size(), out.data());
    return;
  }
  const auto* from = static_cast<const std::uint16_t*>(stored);
  std::transform(from, from + out.size(), out.data(),
                 type == KvType::kF16 ? float_from_half : float_from_bfloat16);
}

}  // namespace tokenwalk
