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
#include "lib/io/gguf_format.h"
#include "lib/io/gguf_value.h"

namespace tokenwalk {
namespace {

constexpr std::uint32_t kMaxDimensions = 4;

// Far beyond any model (a large one has 20 MB of keys, 50 of them, and 2,000 tensors); they bound
// what a damaged file can make us read and keep.
constexpr std::size_t kLargestHeader = std::size_t{128} << 20;
constexpr std::uint64_t kMostKeys = 100'000;
constexpr std::uint64_t kMostTensors = 200'000;

// A tensor without its bytes, and where these begin, counted from the start of the data.
struct Entry {
  StoredTensor tensor;
  std::uint64_t offset = 0;
  std::uint64_t size = 0;
};

// The part of the file in which keys and the descriptions of tensors may lie.
ByteReader header_reader(const MappedFile& file) {
  const std::size_t size = file.bytes().size();
  const bool is_long = size > kLargestHeader;
  return {file.bytes().first(std::min(size, kLargestHeader)), file.path(),
          is_long ? "keys and descriptions of tensors may take the first " +
                        std::to_string(kLargestHeader) + " bytes; the file is damaged"
                  : "the file is cut or damaged: fetch it again"};
}

// A count that the rest of the file has room for, and that is not absurd.
std::uint64_t read_total(ByteReader& in, std::size_t smallest, std::uint64_t most,
                         const char* what) {
  const std::uint64_t count = in.read_count(smallest, what);
  if (count > most) {
    throw_bad_file(in.source() + " claims more " + what + " than any model has",
                   std::to_string(count), "at most " + std::to_string(most), "the file is damaged");
  }
  return count;
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

// Fills type, name and size from the type's number.
void set_type(const ByteReader& in, std::uint32_t number, Entry& entry) {
  StoredTensor& tensor = entry.tensor;
  const GgmlType* const type = find_ggml_type(number);
  if (type == nullptr) {
    throw_bad_file(in.source() + " gives the tensor " + quote(tensor.name) + " an unknown type",
                   "type " + std::to_string(number), "a type of ggml, such as 0 for F32",
                   "the file is damaged, or newer than this program");
  }
  tensor.type_name = type->name;
  tensor.dtype = type->dtype;
  const auto count = count_elements(tensor.shape);
  const auto size = count ? multiply_checked(*count / type->block_size, type->block_bytes) : count;
  if (!size || row_length(tensor) % type->block_size != 0) {
    throw_bad_file(in.source() + " gives the tensor " + quote(tensor.name) + " an impossible shape",
                   tensor.type_name + " of shape " + shape_text(tensor.shape),
                   "rows of whole blocks of " + std::to_string(type->block_size) +
                       " numbers, and a size that 64 bits hold",
                   "the file is damaged");
  }
  entry.size = *size;
}

// A size, which ggml keeps as a signed number.
std::size_t read_size(ByteReader& in, const std::string& name) {
  const auto size = in.read<std::uint64_t>("a shape");
  if (size > std::uint64_t{INT64_MAX}) {
    throw_bad_file(in.source() + " gives the tensor " + quote(name) + " an impossible shape",
                   "the size " + std::to_string(static_cast<std::int64_t>(size)),
                   "a size from 0 to 2^63 - 1", "the file is damaged");
  }
  return size;
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
    entry.tensor.shape.push_back(read_size(in, entry.tensor.name));
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

// Every tensor inside the data and right after the one before it, but for zeros up to a multiple of
// the alignment. ggml's own reader asks for the same.
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
    const std::uint64_t next = (end + alignment - 1) / alignment * alignment;
    if (entry->offset != next) {
      const char* const problem = entry->offset < end              ? " overlaps another"
                                  : entry->offset % alignment != 0 ? " is not aligned"
                                                                   : " follows a gap";
      throw_bad_file(name + problem, "it begins at byte " + std::to_string(entry->offset),
                     "byte " + std::to_string(next) + ", the next multiple of " +
                         std::to_string(alignment) + " after the tensor before it",
                     "the file is damaged");
    }
    end = entry->offset + entry->size;
  }
}

}  // namespace

GgufFile::GgufFile(const std::filesystem::path& path)
    : TensorFile(printable(path.string())), file_(path), metadata_(file_.path()) {
  const std::size_t file_size = file_.bytes().size();
  ByteReader in = header_reader(file_);
  version_ = read_version(in);
  // A tensor takes at least its name's length, dimensions, type and place; a key at least its
  // length, type and a byte.
  const auto tensor_count = read_total(in, 8 + 4 + 4 + 8, kMostTensors, "tensors");
  const auto key_count = read_total(in, 8 + 4 + 1, kMostKeys, "keys");
  for (std::uint64_t i = 0; i < key_count; ++i) {
    const std::string key = in.read_string("a key");
    metadata_.add(key, read_gguf_value(in, key));
  }
  std::vector<Entry> entries;
  for (std::uint64_t i = 0; i < tensor_count; ++i) entries.push_back(read_entry(in));

  // The data begin at the next multiple of the alignment; a file without tensors may end before it.
  const std::uint64_t alignment = read_alignment(metadata_);
  const std::uint64_t start = (in.position() + alignment - 1) / alignment * alignment;
  const std::uint64_t size = file_size - std::min<std::uint64_t>(start, file_size);
  check_places(entries, alignment, size, source());
  for (Entry& entry : entries) {
    if (entry.size > 0) {
      entry.tensor.bytes = file_.bytes().subspan(start + entry.offset, entry.size);
    }
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
