#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string_view>

namespace tokenwalk {

/// How K and V are stored: rounded when they are written, widened when attention reads them.
enum class KvType { kF32, kF16, kBF16 };

/// "f32", "f16" or "bf16".
std::string_view kv_type_name(KvType type);

/// The type of that name, none for any other.
std::optional<KvType> kv_type_named(std::string_view name);

/// Bytes of one stored number.
std::size_t kv_type_bytes(KvType type);

/// Stores values, rounded to the nearest number of the type, ties to even; beyond its largest:
/// infinity. out has kv_type_bytes(type) for each value and is aligned for them.
void store_kv(KvType type, std::span<const float> values, void* out);

/// The exact values of stored numbers.
void load_kv(KvType type, const void* stored, std::span<float> out);

}  // namespace tokenwalk
