#include "tools/tokenwalk/fingerprint.h"

#include <openssl/evp.h>

#include <bit>
#include <cmath>
#include <cstdint>

#include "lib/base/check.h"
#include "tools/tokenwalk/json_request.h"

namespace tokenwalk {

std::string float_bytes(std::span<const float> values) {
  return kv_bytes(KvType::kF32, values);
}

std::string kv_bytes(KvType type, std::span<const float> values) {
  std::string bytes;
  const auto size = static_cast<int>(kv_type_bytes(type));
  bytes.reserve(values.size() * kv_type_bytes(type));
  for (const float value : values) {
    const float number = std::isnan(value) ? std::bit_cast<float>(0x7FC00000u) : value;
    std::uint32_t bits = 0;
    store_kv(type, {&number, 1}, &bits);
    for (int i = 0; i < size; ++i) bytes += static_cast<char>(bits >> (8 * i));
  }
  return bytes;
}

std::string sha256_hex(const std::string& bytes) {
  unsigned char digest[EVP_MAX_MD_SIZE];
  unsigned int size = 0;
  CHECK_EQ(EVP_Digest(bytes.data(), bytes.size(), digest, &size, EVP_sha256(), nullptr), 1);
  return to_hex({reinterpret_cast<const char*>(digest), size});
}

std::string base64(const std::string& bytes) {
  std::string text((bytes.size() + 2) / 3 * 4 + 1, '\0');
  const int size = EVP_EncodeBlock(reinterpret_cast<unsigned char*>(text.data()),
                                   reinterpret_cast<const unsigned char*>(bytes.data()),
                                   static_cast<int>(bytes.size()));
  text.resize(static_cast<std::size_t>(size));
  return text;
}

}  // namespace tokenwalk
