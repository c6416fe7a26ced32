#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string>
#include <type_traits>

namespace tokenwalk {

/// Reads little-endian numbers and strings one after the other from the bytes of a file and never
/// goes past their end: what does not fit is an Error(kBadFile).
class ByteReader {
 public:
  /// `source` is what messages call the file, `hint` what they advise when the bytes end too early.
  ByteReader(std::span<const std::byte> bytes, std::string source, std::string hint)
      : bytes_(bytes), source_(std::move(source)), hint_(std::move(hint)) {}

  const std::string& source() const { return source_; }
  std::size_t position() const { return at_; }
  std::size_t left() const { return bytes_.size() - at_; }

  /// The next number; `what` says in a message what it would have been.
  template <typename T>
  T read(const char* what) {
    static_assert(std::is_arithmetic_v<T>);
    T value;
    std::memcpy(&value, take(sizeof value, what).data(), sizeof value);
    return value;
  }

  /// A string: its length as 64 bits, then its bytes.
  std::string read_string(const char* what);

  /// A 64-bit count of things that take at least `smallest` bytes each, all still to come. A count
  /// that the rest of the file has no room for is an Error.
  std::uint64_t read_count(std::size_t smallest, const char* what);

 private:
  std::span<const std::byte> take(std::uint64_t size, const char* what);

  std::span<const std::byte> bytes_;
  std::string source_;
  std::string hint_;
  std::size_t at_ = 0;
};

}  // namespace tokenwalk
