#include "lib/io/byte_reader.h"

#include "lib/io/describe.h"

namespace tokenwalk {

std::span<const std::byte> ByteReader::take(std::uint64_t size, const char* what) {
  if (size > left()) {
    throw_bad_file(source_ + " ends inside " + what + " at byte " + std::to_string(at_),
                   std::to_string(left()) + " bytes left", std::to_string(size) + " bytes", hint_);
  }
  const auto bytes = bytes_.subspan(at_, size);
  at_ += size;
  return bytes;
}

std::string ByteReader::read_string(const char* what) {
  const auto length = read<std::uint64_t>(what);
  const auto bytes = take(length, what);
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

std::uint64_t ByteReader::read_count(std::size_t smallest, const char* what) {
  const auto count = read<std::uint64_t>(what);
  if (count > left() / smallest) {
    throw_bad_file(
        source_ + " claims more " + what + " than it has room for", std::to_string(count),
        "at most " + std::to_string(left() / smallest) + " in the bytes that are left", hint_);
  }
  return count;
}

}  // namespace tokenwalk
