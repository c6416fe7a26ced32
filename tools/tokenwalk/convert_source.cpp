#include "tools/tokenwalk/convert_source.h"

#include <algorithm>
#include <utility>

#include "lib/io/describe.h"
#include "lib/io/gguf.h"
#include "lib/io/gguf_names.h"
#include "lib/io/gguf_tokenizer.h"
#include "lib/io/json_metadata.h"
#include "lib/io/safetensors.h"
#include "lib/io/tokenizer_folder.h"
#include "lib/io/widen.h"
#include "lib/model/model.h"
#include "lib/model/weight_files.h"

namespace tokenwalk {
namespace {

namespace fs = std::filesystem;

TensorToWrite tensor_of(const TensorFile& file, const StoredTensor& listed, std::string name) {
  const StoredTensor& stored = file.at(listed.name);  // an Error if its type cannot be read
  const auto read_row = [&stored](std::size_t row, std::span<float> out) {
    widen_row(stored, row, out);
  };
  return {std::move(name), stored.shape, DType::kF32, read_row};
}

void list_gguf_tensors(ConvertSource& source) {
  std::vector<std::string> unknown;
  const std::size_t head_dim = source.config.attention.head_dim;
  for (const StoredTensor& stored : source.file->tensors()) {
    const std::string name = hf_tensor_name(stored.name);
    if (stored.name == kRopeDivisors) continue;  // it is in the configuration
    if (name.empty()) {
      unknown.push_back(stored.name);
      continue;
    }
    TensorToWrite tensor = tensor_of(*source.file, stored, name);
    if (is_interleaved(name, source.config.architecture)) {
      tensor = reorder_rows(std::move(tensor),
                            [head_dim](std::size_t row) { return gguf_row(row, head_dim); });
    }
    source.tensors.push_back(std::move(tensor));
  }
  if (unknown.empty()) return;
  throw_bad_file(source.keys.source() + " has tensors that a Hugging Face folder has no name for",
                 std::to_string(unknown.size()) + ", the first is " + quote(unknown.front()),
                 "the tensors of " + source.config.architecture);
}

// The rows of Q and K must be whole heads, or they could not be put into another order.
void check_heads(const ConvertSource& source) {
  for (const TensorToWrite& tensor : source.tensors) {
    if (!is_interleaved(tensor.name, source.config.architecture)) continue;
    const std::size_t head_dim = source.config.attention.head_dim;
    if (!tensor.shape.empty() && tensor.shape.front() % head_dim == 0) continue;
    throw_bad_file("the tensor " + quote(tensor.name) + " of " + source.keys.source() +
                       " does not fit the configuration",
                   "shape " + shape_text(tensor.shape),
                   "rows of whole heads of " + std::to_string(head_dim));
  }
}

ConvertSource open_gguf(const fs::path& path) {
  auto file = std::make_unique<GgufFile>(path);
  ConvertSource source{path, true, file->metadata(), load_config(path), {}, nullptr, {}};
  if (source.keys.contains("tokenizer.ggml.model")) {
    source.tokenizer = read_gguf_tokenizer(source.keys);
  }
  source.file = std::move(file);
  list_gguf_tensors(source);
  check_tensors(*source.file, gguf_naming(source.config), source.config);
  return source;
}

ConvertSource open_folder(const fs::path& path) {
  ConvertSource source{
      path, false, read_json_metadata(path / "config.json"), load_config(path), {}, nullptr, {}};
  if (has_tokenizer_files(path)) source.tokenizer = read_tokenizer_folder(path);
  source.file = open_safetensors(path);
  check_tensors(*source.file, folder_naming(source.config), source.config);
  for (const StoredTensor& stored : source.file->tensors()) {
    source.tensors.push_back(tensor_of(*source.file, stored, stored.name));
  }
  return source;
}

}  // namespace

bool ConvertSource::has_tensor(const std::string& hf_name) const {
  return std::any_of(tensors.begin(), tensors.end(),
                     [&](const TensorToWrite& tensor) { return tensor.name == hf_name; });
}

ConvertSource open_convert_source(const fs::path& path) {
  ConvertSource source = is_gguf(path) ? open_gguf(path) : open_folder(path);
  check_heads(source);
  return source;
}

TensorToWrite reorder_rows(TensorToWrite tensor,
                           const std::function<std::size_t(std::size_t)>& source_row) {
  const auto read_row = tensor.read_row;
  if (tensor.shape.size() > 1) {
    tensor.read_row = [=](std::size_t row, std::span<float> out) {
      read_row(source_row(row), out);
    };
  } else {
    tensor.read_row = [=](std::size_t row, std::span<float> out) {
      std::vector<float> numbers(out.size());
      read_row(row, numbers);
      for (std::size_t i = 0; i < out.size(); ++i) out[i] = numbers[source_row(i)];
    };
  }
  return tensor;
}

}  // namespace tokenwalk
