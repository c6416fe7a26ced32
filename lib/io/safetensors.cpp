#include "lib/io/safetensors.h"

#include <algorithm>
#include <cstring>
#include <string>
#include <utility>

#include "lib/io/checked_math.h"
#include "lib/io/describe.h"
#include "lib/io/json_tree.h"

namespace tokenwalk {
namespace {

using nlohmann::json;

constexpr std::uint64_t kLargestHeader = 100'000'000;
constexpr std::size_t kLengthBytes = 8;

struct TypeEntry {
  const char* name;
  DType dtype;
  unsigned bits;  // of one number
};

// Every type of the format; the engine reads the first three.
constexpr TypeEntry kTypes[] = {
    {"F32", DType::kF32, 32},      {"F16", DType::kF16, 16},      {"BF16", DType::kBF16, 16},
    {"F64", DType::kOther, 64},    {"C64", DType::kOther, 64},    {"I64", DType::kOther, 64},
    {"I32", DType::kOther, 32},    {"I16", DType::kOther, 16},    {"I8", DType::kOther, 8},
    {"U64", DType::kOther, 64},    {"U32", DType::kOther, 32},    {"U16", DType::kOther, 16},
    {"U8", DType::kOther, 8},      {"BOOL", DType::kOther, 8},    {"F8_E4M3", DType::kOther, 8},
    {"F8_E5M2", DType::kOther, 8}, {"F8_E8M0", DType::kOther, 8}, {"F6_E2M3", DType::kOther, 6},
    {"F6_E3M2", DType::kOther, 6}, {"F4", DType::kOther, 4},
};

// A header entry: the tensor without its bytes, and where these are, counted from the header's end.
struct Entry {
  StoredTensor tensor;
  std::uint64_t begin = 0;
  std::uint64_t end = 0;
};

// Checks of one header; `source` is the file's path.
class HeaderReader {
 public:
  explicit HeaderReader(std::string source) : source_(std::move(source)) {}

  // One member of the header; `value` is {"dtype": .., "shape": [..], "data_offsets": [..]}.
  Entry read_entry(const std::string& name, const json& value) const {
    if (!value.is_object())
      fail(name, json_text(value), "an object with dtype, shape, data_offsets");
    Entry entry;
    entry.tensor.name = name;
    const json& dtype = member(name, value, "dtype");
    if (!dtype.is_string()) fail(name, "dtype is " + json_text(dtype), "the name of a type");
    entry.tensor.type_name = printable(dtype.get_ref<const std::string&>());
    for (const std::uint64_t n : numbers(name, value, "shape")) entry.tensor.shape.push_back(n);
    const auto offsets = numbers(name, value, "data_offsets");
    if (offsets.size() != 2) {
      fail(name, std::to_string(offsets.size()) + " data_offsets", "two: begin and end");
    }
    entry.begin = offsets[0];
    entry.end = offsets[1];
    check_size(entry);
    return entry;
  }

 private:
  [[noreturn]] void fail(const std::string& name, std::string found, std::string expected) const {
    throw_bad_file("the header of " + source_ + " describes the tensor " + quote(name) + " wrongly",
                   std::move(found), std::move(expected), "the file is damaged");
  }

  // The value of `key`, which every entry must have.
  const json& member(const std::string& name, const json& value, const char* key) const {
    const auto found = value.find(key);
    if (found == value.end()) fail(name, "no " + std::string(key), "dtype, shape and data_offsets");
    return *found;
  }

  // A list of whole numbers. 2.0 and -1 are none; what exceeds 64 bits the parser makes a real.
  std::vector<std::uint64_t> numbers(const std::string& name, const json& value,
                                     const char* key) const {
    const json& list = member(name, value, key);
    const bool good = list.is_array() && std::all_of(list.begin(), list.end(), [](const json& n) {
                        return n.is_number_unsigned();
                      });
    if (!good) fail(name, std::string(key) + " is " + json_text(list), "a list of sizes >= 0");
    return list.get<std::vector<std::uint64_t>>();
  }

  // The type and shape need exactly the bytes that the entry has.
  void check_size(Entry& entry) const {
    const std::string& name = entry.tensor.name;
    if (entry.end < entry.begin) {
      fail(name, "bytes " + std::to_string(entry.begin) + " to " + std::to_string(entry.end),
           "an end that is not before the begin");
    }
    const auto count = count_elements(entry.tensor.shape);
    const auto type = std::find_if(std::begin(kTypes), std::end(kTypes), [&](const TypeEntry& t) {
      return entry.tensor.type_name == t.name;
    });
    if (type == std::end(kTypes)) {
      fail(name, "dtype " + quote(entry.tensor.type_name), "a type of the format, such as F32");
    }
    entry.tensor.dtype = type->dtype;
    // Counted in bits: numbers of the smallest types share bytes.
    const auto bits = count ? multiply_checked(*count, type->bits) : std::nullopt;
    if (!bits || *bits % 8 != 0 || *bits / 8 != entry.end - entry.begin) {
      fail(name, std::to_string(entry.end - entry.begin) + " bytes",
           "as many as " + entry.tensor.type_name + shape_text(entry.tensor.shape) + " takes" +
               (bits ? ", " + std::to_string(*bits / 8) : ""));
    }
  }

  std::string source_;
};

// Puts the entries into the order of their bytes, which must cover `size` bytes without a gap.
void check_places(std::vector<Entry>& entries, std::uint64_t size, const std::string& source) {
  std::sort(entries.begin(), entries.end(), [](const Entry& a, const Entry& b) {
    return std::pair(a.begin, a.end) < std::pair(b.begin, b.end);
  });
  std::uint64_t at = 0;  // where the next tensor has to begin
  for (const Entry& entry : entries) {
    if (entry.begin != at) {
      throw_bad_file("the tensor " + quote(entry.tensor.name) + " of " + source +
                         (entry.begin < at ? " overlaps the one before it" : " follows a gap"),
                     "it begins at byte " + std::to_string(entry.begin),
                     "it begins at byte " + std::to_string(at) + ", where the one before it ends");
    }
    at = entry.end;
  }
  if (at != size) {
    throw_bad_file("the tensors of " + source + " do not fill the file",
                   std::to_string(size) + " bytes after the header",
                   std::to_string(at) + " bytes, as the header says",
                   at > size ? "the file is cut: fetch it again" : "");
  }
}

// The header's text: what follows its length in the file.
std::string_view header_text(const MappedFile& file) {
  const std::size_t size = file.bytes().size();
  if (size < kLengthBytes) {
    throw_bad_file(file.path() + " is not a safetensors file", std::to_string(size) + " bytes",
                   "at least 8: the length of the header", "the file may be cut: fetch it again");
  }
  std::uint64_t length = 0;
  std::memcpy(&length, file.bytes().data(), sizeof length);
  const std::uint64_t available = std::min<std::uint64_t>(size - kLengthBytes, kLargestHeader);
  if (length < 2 || length > available) {
    throw_bad_file(
        "the header of " + file.path() + " has an impossible length",
        std::to_string(length) + " bytes",
        "2 to " + std::to_string(available) + " bytes, which is what the file has room for",
        "it is not a safetensors file, or it is cut");
  }
  const std::string_view header = file.text().substr(kLengthBytes, length);
  if (header.front() != '{') {
    throw_bad_file("the header of " + file.path() + " is not a JSON object",
                   "it begins with " + quote(header.substr(0, 16)), "it begins with {");
  }
  return header;
}

// "__metadata__": free strings that the writer added.
void read_strings(const json& value, Metadata& metadata) {
  const bool good = value.is_object() && std::all_of(value.begin(), value.end(),
                                                     [](const json& v) { return v.is_string(); });
  if (!good) {
    throw_bad_file("__metadata__ of " + metadata.source() + " is malformed", json_text(value),
                   "an object whose values are strings");
  }
  for (const auto& [key, text] : value.items()) metadata.add(key, text.get<std::string>());
}

// The object that names the shard of every tensor.
json weight_map(const MappedFile& index) {
  json tree = parse_json(index.text(), index.path());
  if (!tree.is_object() || !tree.contains("weight_map") || !tree["weight_map"].is_object()) {
    throw_bad_file(index.path() + " names no shards", json_text(tree), "an object \"weight_map\"");
  }
  return std::move(tree["weight_map"]);
}

// A file in the same folder: an index must not reach for files elsewhere.
bool is_plain_name(const std::string& name) {
  const bool has_slash = name.find_first_of("/\\") != std::string::npos;
  return !name.empty() && !has_slash && name != "." && name != "..";
}

}  // namespace

SafetensorsFile::SafetensorsFile(const std::filesystem::path& path)
    : TensorFile(printable(path.string())), file_(path), metadata_(file_.path()) {
  read_header();
}

void SafetensorsFile::read_header() {
  const std::string_view text = header_text(file_);
  const json header = parse_json(text, "the header of " + source());
  const HeaderReader reader(source());
  std::vector<Entry> entries;
  for (const auto& [name, value] : header.items()) {
    if (name == "__metadata__") {
      read_strings(value, metadata_);
    } else {
      entries.push_back(reader.read_entry(name, value));
    }
  }
  const auto data = file_.bytes().subspan(kLengthBytes + text.size());
  check_places(entries, data.size(), source());
  for (Entry& entry : entries) {
    entry.tensor.bytes = data.subspan(entry.begin, entry.end - entry.begin);
    add(std::move(entry.tensor));
  }
}

ShardedSafetensors::ShardedSafetensors(const std::filesystem::path& index)
    : TensorFile(printable(index.string())), folder_(index.parent_path()) {
  const MappedFile file(index);
  const json map = weight_map(file);
  for (const auto& [name, value] : map.items()) {
    const std::string shard_name = value.is_string() ? value.get<std::string>() : "";
    if (!is_plain_name(shard_name)) {
      throw_bad_file(source() + " puts the tensor " + quote(name) + " into a file it cannot name",
                     json_text(value), "the name of a file in the same folder");
    }
    const SafetensorsFile& shard = open_shard(shard_name);
    const StoredTensor* const tensor = shard.find_listed(name);
    if (tensor == nullptr) {
      throw_bad_file(shard.source() + " lacks the tensor " + quote(name), "no such tensor",
                     "the tensor, as " + source() + " says", "a shard may be of another model");
    }
    add(*tensor);
  }
}

const SafetensorsFile& ShardedSafetensors::open_shard(const std::string& name) {
  auto& shard = shards_[name];
  if (shard == nullptr) shard = std::make_unique<SafetensorsFile>(folder_ / name);
  return *shard;
}

std::unique_ptr<TensorFile> open_safetensors(const std::filesystem::path& path) {
  std::error_code no_matter;  // a path that cannot be looked at fails with a message when opened
  if (!std::filesystem::is_directory(path, no_matter)) {
    return std::make_unique<SafetensorsFile>(path);
  }
  const auto single = path / "model.safetensors";
  if (std::filesystem::exists(single, no_matter)) return std::make_unique<SafetensorsFile>(single);
  const auto index = path / "model.safetensors.index.json";
  if (std::filesystem::exists(index, no_matter)) return std::make_unique<ShardedSafetensors>(index);
  throw_bad_file("the folder " + printable(path.string()) + " holds no weights",
                 "neither model.safetensors nor model.safetensors.index.json", "one of the two",
                 "a model folder has config.json, tokenizer.json and model.safetensors");
}

}  // namespace tokenwalk
