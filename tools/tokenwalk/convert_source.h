#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "lib/io/metadata.h"
#include "lib/io/tensor_file.h"
#include "lib/io/tensor_to_write.h"
#include "lib/io/tokenizer_data.h"
#include "lib/model/config.h"

namespace tokenwalk {

/// A model as `convert` reads it, whatever it is stored in.
struct ConvertSource {
  std::filesystem::path path;
  bool is_gguf = false;
  Metadata keys;  ///< of the GGUF file, or config.json
  ModelConfig config;
  std::optional<TokenizerData> tokenizer;  ///< nothing if the model has none
  std::unique_ptr<TensorFile> file;        ///< must outlive the tensors
  std::vector<TensorToWrite> tensors;      ///< Hugging Face names and order of rows, all F32

  bool has_tensor(const std::string& hf_name) const;
};

/// Opens a Hugging Face folder or a GGUF file. Throws Error(kBadFile) for what cannot be read, for
/// tensors that are missing or of another shape than the configuration says, as loading does, and
/// for a GGUF tensor that has no Hugging Face name.
ConvertSource open_convert_source(const std::filesystem::path& path);

/// The tensor with its rows (a vector: its numbers) in another order: row r is row source_row(r) of
/// the tensor.
TensorToWrite reorder_rows(TensorToWrite tensor,
                           const std::function<std::size_t(std::size_t)>& source_row);

}  // namespace tokenwalk
