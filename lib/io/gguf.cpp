#include "lib/io/gguf.h"

#include <algorithm>
#include <fstream>
#include <string>
#include <utility>
#include <vector>

#include "lib/io/byte_reader.h"
#include "lib/io/checked_math.h"
#include "lib/io/describe.h"
#include "lib/io/ggml_types.h"

namespace tokenwalk {
namespace {

constexpr std::uint32_t kMaxDimensions = 4;
constexpr std::int64_t kDefaultAlignment = 32;

// Numbers of the value types, as the format gives them.
enum ValueType : std::uint32_t {
  kUint8 = 0,
  kInt8 = 1,
  kUint16 = 2,
  kInt16 = 3,
  kUint32 = 4,
  kInt32 = 5,
  kFloat32 = 6,
  kBool = 7,
  kString = 8,
  kArray = 9,
  kUint64 = 10,
  kInt64 = 11,
  kFloat64 = 12,
};

// A tensor without its bytes, and where these begin, counted from the start of the data.
struct Entry {
  StoredTensor tensor;
  std::uint64_t offset = 0;
  std::uint64_t size = 0;
};

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
  std::vector<To> list;  // grows as values come: the count is only a claim
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

// The type of a value, then the value.
MetadataValue read_value(ByteReader& in, const std::string& key) {
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

// Checks "GGUF" and the version, which is returned.
std::uint32_t read_version(ByteReader& in) {
  std::string magic;
  for (int i = 0; i < 4; ++i) magic.push_back(in.read<char>("the first four bytes"));
  if (magic != "GGUF") {
    throw_bad_file(in.source() + " is not a GGUF file", "it begins with " + quote(magic),
                   "it begins with \"GGUF\"");
  }
  const auto version = in.read<std::uint32_t>("the version");
  if (version == 2 || version == 3) return version;
  const bool big_endian = version == 0x02000000 || version == 0x03000000;
  throw_bad_file(in.source() + " is a GGUF file of a kind that cannot be read",
                 big_endian ? "big-endian byte order" : "version " + std::to_string(version),
                 "version 2 or 3, little-endian", "convert the model again with current tools");
}

// Fills type, name and size from the type's number; a type not known has size 0.
void set_type(const ByteReader& in, std::uint32_t number, Entry& entry) {
  StoredTensor& tensor = entry.tensor;
  const auto count = count_elements(tensor.shape);
  const GgmlType* const type = find_ggml_type(number);
  tensor.type_name = type != nullptr ? type->name : "type " + std::to_string(number);
  tensor.dtype = type != nullptr ? type->dtype : DType::kOther;
  const bool whole_blocks = type == nullptr || row_length(tensor) % type->block_size == 0;
  const auto size = count && type != nullptr
                        ? multiply_checked(*count / type->block_size, type->block_bytes)
                        : count;
  if (!size || !whole_blocks) {
    throw_bad_file(in.source() + " gives the tensor " + quote(tensor.name) + " an impossible shape",
                   tensor.type_name + " of shape " + shape_text(tensor.shape),
                   type == nullptr ? "a size that 64 bits hold"
                                   : "rows of whole blocks of " + std::to_string(type->block_size) +
                                         " numbers, and a size that 64 bits hold");
  }
  entry.size = type != nullptr ? *size : 0;
}

// The description of one tensor: name, sizes (innermost first), type, place.
Entry read_entry(ByteReader& in) {
  Entry entry;
  entry.tensor.name = in.read_string("the name of a tensor");
  const auto dimensions = in.read<std::uint32_t>("the number of dimensions");
  if (dimensions > kMaxDimensions) {
    throw_bad_file(
        in.source() + " gives the tensor " + quote(entry.tensor.name) + " too many dimensions",
        std::to_string(dimensions), "at most " + std::to_string(kMaxDimensions));
  }
  for (std::uint32_t i = 0; i < dimensions; ++i) {
    entry.tensor.shape.push_back(in.read<std::uint64_t>("a shape"));
  }
  std::reverse(entry.tensor.shape.begin(), entry.tensor.shape.end());
  set_type(in, in.read<std::uint32_t>("the type of a tensor"), entry);
  entry.offset = in.read<std::uint64_t>("the place of a tensor");
  return entry;
}

// Where tensors may begin. An absurd alignment would make sums of places overflow.
std::uint64_t read_alignment(const Metadata& metadata) {
  const auto alignment = metadata.get_integer("general.alignment", kDefaultAlignment);
  const bool power_of_two = alignment > 0 && (alignment & (alignment - 1)) == 0;
  if (!power_of_two || alignment > (1 << 20)) {
    throw_bad_file(metadata.source() + " has an impossible general.alignment",
                   std::to_string(alignment), "a power of two, at most 1048576");
  }
  return static_cast<std::uint64_t>(alignment);
}

// Every tensor inside the data, aligned, and after the end of the one before it.
void check_places(const std::vector<Entry>& entries, std::uint64_t alignment, std::uint64_t size,
                  const std::string& source) {
  std::vector<const Entry*> by_place;
  for (const Entry& entry : entries) by_place.push_back(&entry);
  std::sort(by_place.begin(), by_place.end(), [](const Entry* a, const Entry* b) {
    return std::pair(a->offset, a->size) < std::pair(b->offset, b->size);
  });
  std::uint64_t end = 0;
  for (const Entry* entry : by_place) {
    const std::string name = "the tensor " + quote(entry->tensor.name) + " of " + source;
    if (entry->offset > size || entry->size > size - entry->offset) {
      throw_bad_file(
          name + " reaches past the end of the file", std::to_string(size) + " bytes of data",
          std::to_string(entry->size) + " bytes from byte " + std::to_string(entry->offset) + " on",
          "the file is cut: fetch it again");
    }
    if (entry->offset % alignment != 0 || entry->offset < end) {
      throw_bad_file(
          name + (entry->offset < end ? " overlaps another" : " is not aligned"),
          "it begins at byte " + std::to_string(entry->offset),
          "a multiple of " + std::to_string(alignment) + ", at least " + std::to_string(end));
    }
    end = entry->offset + entry->size;
  }
}

}  // namespace

GgufFile::GgufFile(const std::filesystem::path& path)
    : TensorFile(printable(path.string())), file_(path), metadata_(file_.path()) {
  ByteReader in(file_.bytes(), source());
  version_ = read_version(in);
  // A tensor takes at least its name's length, dimensions, type and place; a key at least its
  // length, type and a byte.
  const auto tensor_count = in.read_count(8 + 4 + 4 + 8, "tensors");
  const auto key_count = in.read_count(8 + 4 + 1, "keys");
  for (std::uint64_t i = 0; i < key_count; ++i) {
    const std::string key = in.read_string("a key");
    metadata_.add(key, read_value(in, key));
  }
  std::vector<Entry> entries;
  for (std::uint64_t i = 0; i < tensor_count; ++i) entries.push_back(read_entry(in));

  // The data begin at the next multiple of the alignment; a file without tensors may end before it.
  const std::uint64_t alignment = read_alignment(metadata_);
  const std::uint64_t start = (in.position() + alignment - 1) / alignment * alignment;
  const std::uint64_t size = file_.bytes().size() - std::min(start, file_.bytes().size());
  check_places(entries, alignment, size, source());
  for (Entry& entry : entries) {
    if (entry.size > 0)
      entry.tensor.bytes = file_.bytes().subspan(start + entry.offset, entry.size);
    add(std::move(entry.tensor));
  }
}

bool is_gguf(const std::filesystem::path& path) {
  std::error_code no_matter;  // opening a pipe would wait for a writer
  if (!std::filesystem::is_regular_file(path, no_matter)) return false;
  std::ifstream file(path, std::ios::binary);
  char magic[4] = {};
  file.read(magic, sizeof magic);
  return file.gcount() == 4 && std::string(magic, 4) == "GGUF";
}

}  // namespace tokenwalk
