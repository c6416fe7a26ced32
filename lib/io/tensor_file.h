#pragma once

#include <cstddef>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include "lib/io/stored_tensor.h"

namespace tokenwalk {

/// The tensors of one model, whatever kind of file they come from. Their bytes are mapped, not
/// copied, and live as long as this object.
class TensorFile {
 public:
  virtual ~TensorFile() = default;
  TensorFile(const TensorFile&) = delete;
  TensorFile& operator=(const TensorFile&) = delete;

  /// The file or folder, as messages call it.
  const std::string& source() const { return source_; }

  /// All tensors in the order of the file, those of types that cannot be read (kOther) included.
  std::span<const StoredTensor> tensors() const { return tensors_; }

  /// The tensor called `name`, whatever its type, nullptr if there is none. For listings.
  const StoredTensor* find_listed(const std::string& name) const;

  /// The tensor called `name`, nullptr if there is none. Error if its type cannot be read.
  const StoredTensor* find(const std::string& name) const;

  /// The same, but a missing tensor is an Error too, with the nearest name as a hint.
  const StoredTensor& at(const std::string& name) const;

 protected:
  explicit TensorFile(std::string source) : source_(std::move(source)) {}

  /// Error if a tensor of this name is there already.
  void add(StoredTensor tensor);

 private:
  std::string source_;
  std::vector<StoredTensor> tensors_;
  std::unordered_map<std::string, std::size_t> index_;  // name -> place in tensors_
};

/// Opens what `path` names: a folder with safetensors files, a safetensors file, or a GGUF file
/// (known by its first four bytes). Errors (kBadFile) as SafetensorsFile and GgufFile.
std::unique_ptr<TensorFile> open_tensor_file(const std::filesystem::path& path);

}  // namespace tokenwalk
