#include "lib/io/write_gguf.h"

#include <algorithm>

#include "lib/base/check.h"
#include "lib/io/ggml_types.h"
#include "lib/io/gguf_format.h"
#include "lib/io/output_file.h"

namespace tokenwalk {
namespace {

void write_string(OutputFile& file, const std::string& text) {
  file.write_number(std::uint64_t{text.size()});
  file.write(text);
}

// The type of a value, then the value.
struct ValueWriter {
  OutputFile& file;

  void operator()(bool value) const {
    file.write_number(std::uint32_t{kBool});
    file.write_number(std::uint8_t{value});
  }
  void operator()(std::uint32_t value) const {
    file.write_number(std::uint32_t{kUint32});
    file.write_number(value);
  }
  void operator()(float value) const {
    file.write_number(std::uint32_t{kFloat32});
    file.write_number(value);
  }
  void operator()(const std::string& value) const {
    file.write_number(std::uint32_t{kString});
    write_string(file, value);
  }
  void operator()(const std::vector<std::string>& values) const {
    begin_list(kString, values.size());
    for (const std::string& value : values) write_string(file, value);
  }
  void operator()(const std::vector<std::int32_t>& values) const {
    begin_list(kInt32, values.size());
    for (const std::int32_t value : values) file.write_number(value);
  }

  void begin_list(std::uint32_t type, std::size_t count) const {
    file.write_number(std::uint32_t{kArray});
    file.write_number(type);
    file.write_number(std::uint64_t{count});
  }
};

std::size_t aligned(std::size_t size) {
  return (size + kDefaultAlignment - 1) / kDefaultAlignment * kDefaultAlignment;
}

// Name, sizes (innermost first), type, place.
void write_entry(OutputFile& file, const TensorToWrite& tensor, std::size_t offset) {
  const GgmlType* const type = find_ggml_type(tensor.dtype);
  CHECK(type != nullptr);
  write_string(file, tensor.name);
  file.write_number(static_cast<std::uint32_t>(tensor.shape.size()));
  for (auto size = tensor.shape.rbegin(); size != tensor.shape.rend(); ++size) {
    file.write_number(std::uint64_t{*size});
  }
  file.write_number(type->number);
  file.write_number(std::uint64_t{offset});
}

}  // namespace

void write_gguf(const std::filesystem::path& path, const GgufKeys& keys,
                const std::vector<TensorToWrite>& tensors, const WriteProgress& progress) {
  OutputFile file(path);
  file.write("GGUF");
  file.write_number(std::uint32_t{3});
  file.write_number(std::uint64_t{tensors.size()});
  file.write_number(std::uint64_t{keys.size()});
  for (const auto& [key, value] : keys) {
    write_string(file, key);
    std::visit(ValueWriter{file}, value);
  }
  std::size_t offset = 0;
  for (const TensorToWrite& tensor : tensors) {
    write_entry(file, tensor, offset);
    offset += aligned(stored_bytes(tensor));
  }
  std::size_t done = 0;
  for (const TensorToWrite& tensor : tensors) {
    file.pad(kDefaultAlignment);
    write_rows(file, tensor);
    if (progress) progress(++done, tensors.size());
  }
  file.pad(kDefaultAlignment);
  file.finish();
}

}  // namespace tokenwalk
