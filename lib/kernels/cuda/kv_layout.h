#pragma once

#include "lib/base/half_bodies.h"
#include "lib/kernels/cuda/grid.h"
#include "lib/kernels/kv_type.h"

// K and V on the device: blocks of 256 positions, each
//     keys    [n_kv_heads][quads of head_dim][256 positions][4]
//     values  [n_kv_heads][256 positions][head_dim]
// so that the threads of a warp read 512 bytes in a row: keys of 32 positions, values of 32 or more
// dimensions. A layer's table lists the starts of its blocks. head_dim is filled up with zeros to
// whole quads. Numbers are float, half or bfloat16: rounded when written, widened when read.

namespace tokenwalk::cuda {

inline constexpr std::uint32_t kKvPositions = 256;  // of a block; kKvBlock of kernels.h

/// The start of each block of 256 positions.
using KvTable = void* const*;

/// Four numbers of 16 bits; the address is a multiple of 8.
struct alignas(8) Half4 {
  std::uint16_t v[4];
};

TOKENWALK_BOTH constexpr std::uint32_t kv_number_bytes(KvType type) {
  return type == KvType::kF32 ? 4 : 2;
}

struct KvShape {
  std::uint32_t n_heads = 0;
  std::uint32_t n_kv_heads = 0;
  std::uint32_t head_dim = 0;
  KvType type = KvType::kF32;

  TOKENWALK_BOTH std::uint32_t group() const { return n_heads / n_kv_heads; }
  TOKENWALK_BOTH std::uint32_t quads() const { return divide_up(head_dim, 4); }
  TOKENWALK_BOTH std::uint32_t kv_size() const { return n_kv_heads * head_dim; }

  /// Numbers of the keys of a block; the values follow.
  TOKENWALK_BOTH std::size_t keys_size() const {
    return std::size_t{n_kv_heads} * quads() * 4 * kKvPositions;
  }
  TOKENWALK_BOTH std::size_t block_bytes() const {
    return (keys_size() + std::size_t{n_kv_heads} * head_dim * kKvPositions) *
           kv_number_bytes(type);
  }

  /// Of a quad of dimensions of a key, from the start of its block.
  TOKENWALK_BOTH std::size_t key_quad(std::uint32_t kv_head, std::uint32_t quad,
                                      std::uint32_t position) const {
    return ((std::size_t{kv_head} * quads() + quad) * kKvPositions + position % kKvPositions) * 4;
  }
  TOKENWALK_BOTH std::size_t value_row(std::uint32_t kv_head, std::uint32_t position) const {
    return keys_size() + (std::size_t{kv_head} * kKvPositions + position % kKvPositions) * head_dim;
  }
};

/// Number `index` of a block, widened.
TOKENWALK_BOTH float load_kv(const void* block, std::size_t index, KvType type) {
  if (type == KvType::kF32) return static_cast<const float*>(block)[index];
  const std::uint32_t bits = static_cast<const std::uint16_t*>(block)[index];
  return type == KvType::kF16 ? widen_half(bits) : widen_bfloat16(bits);
}

/// Four numbers from `index` on, a multiple of 4.
TOKENWALK_BOTH Float4 load_kv_quad(const void* block, std::size_t index, KvType type) {
  if (type == KvType::kF32) {
    return *reinterpret_cast<const Float4*>(static_cast<const float*>(block) + index);
  }
  const auto* bits = static_cast<const std::uint16_t*>(block) + index;
  const Half4 four = *reinterpret_cast<const Half4*>(bits);
  Float4 wide;
  TOKENWALK_UNROLL
  for (std::uint32_t i = 0; i < 4; ++i) {
    wide.v[i] = type == KvType::kF16 ? widen_half(four.v[i]) : widen_bfloat16(four.v[i]);
  }
  return wide;
}

/// Rounds a number to the type and stores it.
TOKENWALK_BOTH void store_kv(void* block, std::size_t index, KvType type, float value) {
  if (type == KvType::kF32) {
    static_cast<float*>(block)[index] = value;
  } else {
    static_cast<std::uint16_t*>(block)[index] =
        type == KvType::kF16 ? narrow_to_half(value) : narrow_to_bfloat16(value);
  }
}

}  // namespace tokenwalk::cuda
