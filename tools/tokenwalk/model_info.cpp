#include "tools/tokenwalk/model_info.h"

#include <algorithm>
#include <cctype>
#include <map>
#include <utility>

#include "lib/io/describe.h"
#include "lib/io/gguf.h"
#include "lib/io/gguf_tokenizer.h"
#include "lib/io/json_metadata.h"
#include "lib/io/mapped_file.h"
#include "lib/io/safetensors.h"
#include "lib/io/stored_rows.h"
#include "lib/io/tokenizer_folder.h"
#include "lib/io/tokenizer_json.h"
#include "lib/model/model.h"
#include "lib/model/weight_files.h"

namespace tokenwalk {
namespace {

namespace fs = std::filesystem;

bool is_there(const fs::path& path) {
  std::error_code no_matter;
  return fs::exists(path, no_matter);
}

// What `read` returns; nothing, and the reason in `problem`, where it throws.
template <typename Read>
auto try_read(Read read, std::optional<ErrorParts>& problem) -> std::optional<decltype(read())> {
  try {
    return read();
  } catch (const Error& error) {
    problem = error.parts();
    return std::nullopt;
  }
}

// Without a model, or without tensors, there is nothing to compare.
void compare_tensors(const WeightNaming& naming, ModelInfo& info) {
  if (info.weights->tensors().empty()) return;
  try {
    check_tensors(*info.weights, naming, *info.config);
  } catch (const Error& error) {
    info.weights_problem = error.parts();
  }
  info.unused = unused_tensors(*info.weights, naming, *info.config);
}

void read_gguf(const fs::path& path, ModelInfo& info) {
  auto file = std::make_unique<GgufFile>(path);
  info.kind = "GGUF file, version " + std::to_string(file->version());
  info.metadata = file->metadata();
  if (info.metadata->contains("general.architecture")) {
    info.config = try_read([&] { return load_config(path); }, info.config_problem);
  }
  if (info.metadata->contains("tokenizer.ggml.model")) {
    info.tokenizer =
        try_read([&] { return read_gguf_tokenizer(*info.metadata); }, info.tokenizer_problem);
  }
  info.weights = std::move(file);
  if (info.config) compare_tensors(gguf_naming(*info.config), info);
}

void read_config(Metadata metadata, ModelInfo& info) {
  info.config = try_read([&] { return config_from_hf(metadata); }, info.config_problem);
  info.metadata = std::move(metadata);
}

void read_folder(const fs::path& path, ModelInfo& info) {
  info.kind = "Hugging Face folder";
  info.is_folder = true;
  const bool has_config = is_there(path / "config.json");
  const bool has_tokenizer = has_tokenizer_files(path);
  const bool has_weights =
      is_there(path / "model.safetensors") || is_there(path / "model.safetensors.index.json");
  if (has_config) read_config(read_json_metadata(path / "config.json"), info);
  if (has_tokenizer) {
    info.tokenizer = try_read([&] { return read_tokenizer_folder(path); }, info.tokenizer_problem);
  }
  // Without anything to tell the missing weights are the error.
  if (has_weights || !(has_config || has_tokenizer)) info.weights = open_safetensors(path);
  if (info.config && info.weights) compare_tensors(folder_naming(*info.config), info);
}

// A .json file is told by what only one kind of them holds.
void read_json(const fs::path& path, ModelInfo& info) {
  const MappedFile file(path);
  if (file.text().find("\"weight_map\"") != std::string_view::npos) {
    info.kind = "index of safetensors files";
    info.weights = std::make_unique<ShardedSafetensors>(path);
  } else if (file.text().find("\"merges\"") != std::string_view::npos) {
    info.kind = "tokenizer.json";
    info.tokenizer = read_tokenizer_json(path);
  } else {
    info.kind = "config.json";
    read_config(parse_json_metadata(file.text(), file.path()), info);
  }
}

}  // namespace

ModelInfo read_model_info(const fs::path& path) {
  ModelInfo info;
  info.path = printable(path.string());
  std::error_code no_matter;
  if (fs::is_directory(path, no_matter)) {
    read_folder(path, info);
  } else if (is_gguf(path)) {
    read_gguf(path, info);
  } else if (path.extension() == ".json") {
    read_json(path, info);
  } else {
    auto file = std::make_unique<SafetensorsFile>(path);
    info.kind = "safetensors file";
    info.metadata = file->metadata();
    info.weights = std::move(file);
  }
  return info;
}

std::vector<StoredType> stored_types(const TensorFile& file) {
  std::map<std::string, StoredType> by_name;
  for (const StoredTensor& tensor : file.tensors()) {
    StoredType& type = by_name[tensor.type_name];
    type.name = tensor.type_name;
    ++type.tensors;
    type.bytes += tensor.bytes.size();
  }
  std::vector<StoredType> types;
  for (auto& [name, type] : by_name) types.push_back(std::move(type));
  std::stable_sort(types.begin(), types.end(),
                   [](const StoredType& a, const StoredType& b) { return a.bytes > b.bytes; });
  return types;
}

std::string main_precision(const TensorFile& file) {
  if (file.tensors().empty()) return "";
  std::string name = stored_types(file).front().name;
  for (char& c : name) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return name;
}

WeightFormat run_precision(const TensorFile& file) {
  std::map<WeightFormat, std::size_t> bytes = {{WeightFormat::kF32, 0}};
  for (const StoredTensor& tensor : file.tensors()) {
    if (tensor.shape.size() < 2 || tensor.dtype == DType::kOther) continue;
    const WeightFormat format = natural_format(tensor.dtype);
    bytes[format] += row_count(tensor) * weight_row_bytes(format, row_length(tensor));
  }
  const auto fewer = [](const auto& a, const auto& b) { return a.second < b.second; };
  return std::max_element(bytes.begin(), bytes.end(), fewer)->first;
}

KvType run_kv_type(const ModelInfo& info) {
  return usual_kv_type(info.weights ? run_precision(*info.weights) : WeightFormat::kF32);
}

std::size_t total_elements(const TensorFile& file) {
  std::size_t count = 0;
  for (const StoredTensor& tensor : file.tensors()) count += element_count(tensor);
  return count;
}

std::size_t total_bytes(const TensorFile& file) {
  std::size_t bytes = 0;
  for (const StoredTensor& tensor : file.tensors()) bytes += tensor.bytes.size();
  return bytes;
}

std::size_t count_special(const TokenizerData& tokenizer) {
  return static_cast<std::size_t>(std::count_if(tokenizer.added.begin(), tokenizer.added.end(),
                                                [](const AddedToken& t) { return t.special; }));
}

}  // namespace tokenwalk
