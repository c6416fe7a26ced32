#include "lib/io/write_safetensors.h"

#include <string>

#include "lib/base/check.h"
#include "lib/io/json_tree.h"
#include "lib/io/output_file.h"

namespace tokenwalk {
namespace {

// The description of all tensors, ended by spaces so that the data begin at a multiple of 8.
std::string header_of(const std::vector<TensorToWrite>& tensors) {
  nlohmann::ordered_json header = {{"__metadata__", {{"format", "pt"}}}};
  std::size_t at = 0;
  for (const TensorToWrite& tensor : tensors) {
    CHECK(tensor.dtype == DType::kF32 || tensor.dtype == DType::kBF16);
    const std::size_t end = at + stored_bytes(tensor);
    header[tensor.name] = {{"dtype", tensor.dtype == DType::kF32 ? "F32" : "BF16"},
                           {"shape", tensor.shape},
                           {"data_offsets", {at, end}}};
    at = end;
  }
  std::string text = header.dump();
  text.resize((text.size() + 7) / 8 * 8, ' ');
  return text;
}

}  // namespace

void write_safetensors(const std::filesystem::path& path, const std::vector<TensorToWrite>& tensors,
                       const WriteProgress& progress) {
  OutputFile file(path);
  const std::string header = header_of(tensors);
  file.write_number(std::uint64_t{header.size()});
  file.write(header);
  std::size_t done = 0;
  for (const TensorToWrite& tensor : tensors) {
    write_rows(file, tensor);
    if (progress) progress(++done, tensors.size());
  }
  file.finish();
}

}  // namespace tokenwalk
