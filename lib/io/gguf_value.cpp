#include "lib/io/gguf_value.h"

#include <vector>

#include "lib/io/describe.h"
#include "lib/io/gguf_format.h"

namespace tokenwalk {
namespace {

// A number that stands for no type: what follows cannot be read, since its size is not known.
[[noreturn]] void fail_value_type(const ByteReader& in, const std::string& key,
                                  std::uint32_t type) {
  throw_bad_file(in.source() + " gives the key " + quote(key) + " a value of an unknown type",
                 "type " + std::to_string(type), "a type from 0 to 12",
                 "the file is damaged, or newer than this program");
}

// One byte; a value that is neither 0 nor 1 shows that the reader has lost its place.
bool read_bool(ByteReader& in) {
  const auto byte = in.read<std::uint8_t>("a truth value");
  if (byte > 1) {
    throw_bad_file(in.source() + " holds a truth value that is neither true nor false",
                   "the byte " + std::to_string(byte), "0 or 1", "the file is damaged");
  }
  return byte == 1;
}

// Reads `count` values of the file's type `From` into a list of `To`.
template <typename From, typename To>
std::vector<To> read_numbers(ByteReader& in, std::uint64_t count) {
  std::vector<To> list;
  list.reserve(count);  // read_count has seen that the file holds so many
  for (std::uint64_t i = 0; i < count; ++i) {
    list.push_back(static_cast<To>(in.read<From>("a list")));
  }
  return list;
}

std::vector<bool> read_bools(ByteReader& in, std::uint64_t count) {
  std::vector<bool> list;
  for (std::uint64_t i = 0; i < count; ++i) list.push_back(read_bool(in));
  return list;
}

std::vector<std::string> read_strings(ByteReader& in, std::uint64_t count) {
  std::vector<std::string> list;
  list.reserve(count);
  for (std::uint64_t i = 0; i < count; ++i) list.push_back(in.read_string("a list of strings"));
  return list;
}

// A list of one type. Narrow numbers become 64-bit ones, floats doubles: every value stays exact.
MetadataValue read_list(ByteReader& in, const std::string& key, std::uint32_t type,
                        std::uint64_t count) {
  switch (type) {
    case kUint8:
      return read_numbers<std::uint8_t, std::uint64_t>(in, count);
    case kInt8:
      return read_numbers<std::int8_t, std::int64_t>(in, count);
    case kUint16:
      return read_numbers<std::uint16_t, std::uint64_t>(in, count);
    case kInt16:
      return read_numbers<std::int16_t, std::int64_t>(in, count);
    case kUint32:
      return read_numbers<std::uint32_t, std::uint64_t>(in, count);
    case kInt32:
      return read_numbers<std::int32_t, std::int64_t>(in, count);
    case kFloat32:
      return read_numbers<float, double>(in, count);
    case kBool:
      return read_bools(in, count);
    case kString:
      return read_strings(in, count);
    case kUint64:
      return read_numbers<std::uint64_t, std::uint64_t>(in, count);
    case kInt64:
      return read_numbers<std::int64_t, std::int64_t>(in, count);
    case kFloat64:
      return read_numbers<double, double>(in, count);
    default:
      fail_value_type(in, key, type);
  }
}

// A single value, widened like the elements of a list.
MetadataValue read_scalar(ByteReader& in, const std::string& key, std::uint32_t type) {
  const char* const what = "the value of a key";
  switch (type) {
    case kUint8:
      return std::uint64_t{in.read<std::uint8_t>(what)};
    case kInt8:
      return std::int64_t{in.read<std::int8_t>(what)};
    case kUint16:
      return std::uint64_t{in.read<std::uint16_t>(what)};
    case kInt16:
      return std::int64_t{in.read<std::int16_t>(what)};
    case kUint32:
      return std::uint64_t{in.read<std::uint32_t>(what)};
    case kInt32:
      return std::int64_t{in.read<std::int32_t>(what)};
    case kFloat32:
      return double{in.read<float>(what)};
    case kBool:
      return read_bool(in);
    case kString:
      return in.read_string(what);
    case kUint64:
      return in.read<std::uint64_t>(what);
    case kInt64:
      return in.read<std::int64_t>(what);
    case kFloat64:
      return in.read<double>(what);
    default:
      fail_value_type(in, key, type);
  }
}

}  // namespace

MetadataValue read_gguf_value(ByteReader& in, const std::string& key) {
  const auto type = in.read<std::uint32_t>("the type of a value");
  if (type != kArray) return read_scalar(in, key, type);
  const auto element_type = in.read<std::uint32_t>("the type of a list");
  if (element_type == kArray) {
    throw_bad_file(in.source() + " gives the key " + quote(key) + " a list of lists",
                   "a list of lists", "a list of numbers, strings or truth values");
  }
  // A string takes at least its length, any other element at least a byte.
  const std::uint64_t count = in.read_count(element_type == kString ? 8 : 1, "list elements");
  return read_list(in, key, element_type, count);
}

}  // namespace tokenwalk
