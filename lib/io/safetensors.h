#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <string>

#include "lib/io/mapped_file.h"
#include "lib/io/metadata.h"
#include "lib/io/tensor_file.h"

namespace tokenwalk {

/// One .safetensors file: 8 bytes with the header's length, a JSON header with every tensor's type,
/// shape and place, then the tensors' bytes. Source: the safetensors format description
/// (github.com/huggingface/safetensors), whose rules are all checked before any byte is used:
/// a header of at most 100 MB that fits into the file, no name twice, places that follow each other
/// without a gap or overlap up to the end of the file, as many bytes as type and shape need.
class SafetensorsFile : public TensorFile {
 public:
  /// Errors (kBadFile): not readable, or a rule is broken.
  explicit SafetensorsFile(const std::filesystem::path& path);

  /// The strings under "__metadata__", usually "format": "pt".
  const Metadata& metadata() const { return metadata_; }

 private:
  void read_header();

  MappedFile file_;
  Metadata metadata_;
};

/// Several .safetensors files that share out one model, named by model.safetensors.index.json.
class ShardedSafetensors : public TensorFile {
 public:
  /// `index` is the path of the .json file; the shards lie beside it. Errors (kBadFile) as above,
  /// and: a file name with a folder in it, a tensor that is not in the shard that should have it.
  explicit ShardedSafetensors(const std::filesystem::path& index);

 private:
  const SafetensorsFile& open_shard(const std::string& name);

  std::filesystem::path folder_;
  std::map<std::string, std::unique_ptr<SafetensorsFile>> shards_;  // by file name
};

/// Opens a .safetensors file, or the folder of a model: its model.safetensors, else the shards that
/// model.safetensors.index.json names.
std::unique_ptr<TensorFile> open_safetensors(const std::filesystem::path& path);

}  // namespace tokenwalk
