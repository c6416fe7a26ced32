#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>
#include <utility>
#include <vector>

namespace tokenwalk {

/// Mixes two words into a hash whose high bits depend on all bits.
inline std::uint64_t mix_hash(std::uint64_t a, std::uint64_t b = 0) {
  constexpr std::uint64_t kOdd = 0x9E3779B97F4A7C15;  // 2^64 divided by the golden ratio
  return (a ^ (b * kOdd)) * kOdd;
}

/// A hash table in one array, for tables that are looked up far more often than anything else.
/// A key that equals Key() marks a free slot and may not be put in. At most half full; linear
/// probing; nothing is ever taken out. `Hash` gives 64 bits, of which the high ones are used.
template <typename Key, typename Value, typename Hash>
class FlatMap {
 public:
  FlatMap() : slots_(kFirstSlots) {}

  /// Makes room for n keys in all.
  void reserve(std::size_t n) {
    while (slots_.size() < 2 * n) grow();
  }

  /// The value of a key, or null.
  const Value* find(const Key& key) const {
    const Slot& slot = slots_[place_of(key)];
    return slot.first == key ? &slot.second : nullptr;
  }
  Value* find(const Key& key) {
    Slot& slot = slots_[place_of(key)];
    return slot.first == key ? &slot.second : nullptr;
  }

  /// The value of a key, put in as Value() if it was not there. Putting in moves other values.
  Value& operator[](const Key& key) {
    Slot* slot = &slots_[place_of(key)];
    if (slot->first == key) return slot->second;
    if (2 * ++size_ > slots_.size()) {
      grow();
      slot = &slots_[place_of(key)];
    }
    slot->first = key;
    return slot->second;
  }

  std::size_t size() const { return size_; }

  /// Calls visit(key, value) for all, in no useful order.
  template <typename Visit>
  void for_each(Visit visit) const {
    for (const Slot& slot : slots_) {
      if (!(slot.first == Key())) visit(slot.first, slot.second);
    }
  }

 private:
  using Slot = std::pair<Key, Value>;
  static constexpr std::size_t kFirstSlots = 16;
  static constexpr int kFirstShift = 60;  // 64 - log2(kFirstSlots)

  // Where the key is, or where it would go.
  std::size_t place_of(const Key& key) const {
    std::size_t place = Hash()(key) >> shift_;
    while (!(slots_[place].first == key) && !(slots_[place].first == Key())) {
      place = (place + 1) & (slots_.size() - 1);
    }
    return place;
  }

  void grow() {
    std::vector<Slot> old(2 * slots_.size());
    old.swap(slots_);
    --shift_;
    for (Slot& slot : old) {
      if (!(slot.first == Key())) slots_[place_of(slot.first)] = std::move(slot);
    }
  }

  std::vector<Slot> slots_;
  std::size_t size_ = 0;
  int shift_ = kFirstShift;
};

/// Two neighbouring token ids as a key.
struct PairKey {
  std::uint64_t bits = 0;  // 0 is no pair

  PairKey() = default;
  PairKey(int left, int right)
      : bits(((static_cast<std::uint64_t>(left) << 32) | static_cast<std::uint32_t>(right)) + 1) {}

  int left() const { return static_cast<int>((bits - 1) >> 32); }
  int right() const { return static_cast<int>((bits - 1) & 0xFFFFFFFF); }
  bool operator==(const PairKey&) const = default;
};

struct PairHash {
  std::uint64_t operator()(PairKey key) const { return mix_hash(key.bits); }
};

/// Up to 16 bytes as numbers: with the size they say which bytes these are.
struct ShortBytes {
  static constexpr std::size_t kMax = 16;

  std::uint64_t first = 0, last = 0;
  std::uint32_t size = 0;  // 0 is no key

  ShortBytes() = default;
  explicit ShortBytes(std::string_view bytes) : size(static_cast<std::uint32_t>(bytes.size())) {
    const char* const at = bytes.data();
    if (size >= 8) {
      std::memcpy(&first, at, 8);
      std::memcpy(&last, at + size - 8, 8);  // may overlap
    } else if (size >= 4) {
      std::memcpy(&first, at, 4);
      std::memcpy(&last, at + size - 4, 4);
    } else if (size > 0) {
      first = static_cast<unsigned char>(at[0]) | (static_cast<unsigned char>(at[size / 2]) << 8);
      last = static_cast<unsigned char>(at[size - 1]);
    }
  }

  bool operator==(const ShortBytes&) const = default;
};

struct ShortBytesHash {
  std::uint64_t operator()(const ShortBytes& key) const {
    return mix_hash(key.first, key.last + key.size);
  }
};

struct StringHash {
  std::uint64_t operator()(std::string_view bytes) const {
    std::uint64_t hash = 0;
    for (; bytes.size() > ShortBytes::kMax; bytes.remove_prefix(ShortBytes::kMax)) {
      const ShortBytes part(bytes.substr(0, ShortBytes::kMax));
      hash = mix_hash(part.first ^ hash, part.last);
    }
    const ShortBytes part(bytes);
    return mix_hash(part.first ^ hash, part.last + part.size);
  }
};

}  // namespace tokenwalk
