#include "lib/io/tensor_file.h"

#include <string_view>
#include <utility>

#include "lib/io/describe.h"
#include "lib/io/gguf.h"
#include "lib/io/safetensors.h"

namespace tokenwalk {

const StoredTensor* TensorFile::find_listed(const std::string& name) const {
  const auto entry = index_.find(name);
  return entry == index_.end() ? nullptr : &tensors_[entry->second];
}

const StoredTensor* TensorFile::find(const std::string& name) const {
  const StoredTensor* const tensor = find_listed(name);
  if (tensor != nullptr && tensor->dtype == DType::kOther) {
    throw_bad_file(
        "the tensor " + quote(name) + " of " + source_ + " has a type that cannot be read",
        tensor->type_name, "F32, F16, BF16, Q8_0, Q4_0, Q4_1, Q4_K, Q5_K or Q6_K",
        "convert the model to one of these types");
  }
  return tensor;
}

const StoredTensor& TensorFile::at(const std::string& name) const {
  if (const StoredTensor* tensor = find(name)) return *tensor;
  std::vector<std::string_view> names;
  for (const StoredTensor& tensor : tensors_) names.emplace_back(tensor.name);
  const std::string near = nearest_name(name, names);
  throw_bad_file("there is no tensor " + quote(name) + " in " + source_,
                 std::to_string(tensors_.size()) + " tensors, none of this name",
                 "a tensor " + quote(name),
                 near.empty() ? "" : "the nearest name is " + quote(near));
}

void TensorFile::add(StoredTensor tensor) {
  const auto [entry, is_new] = index_.emplace(tensor.name, tensors_.size());
  if (!is_new) {
    throw_bad_file(source_ + " has two tensors called " + quote(entry->first), "the name twice",
                   "every name once");
  }
  tensors_.push_back(std::move(tensor));
}

std::unique_ptr<TensorFile> open_tensor_file(const std::filesystem::path& path) {
  std::error_code no_matter;  // a path that cannot be looked at fails with a message when opened
  if (std::filesystem::is_directory(path, no_matter)) return open_safetensors(path);
  if (is_gguf(path)) return std::make_unique<GgufFile>(path);
  return open_safetensors(path);
}

}  // namespace tokenwalk
