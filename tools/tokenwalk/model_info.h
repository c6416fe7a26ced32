#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "lib/base/error.h"
#include "lib/base/weight_row.h"
#include "lib/io/metadata.h"
#include "lib/io/tensor_file.h"
#include "lib/io/tokenizer_data.h"
#include "lib/model/config.h"
#include "lib/model/model.h"

namespace tokenwalk {

/// The tensors of one stored type.
struct StoredType {
  std::string name;  ///< as the file's format calls it: "BF16", "Q4_K"
  std::size_t tensors = 0;
  std::size_t bytes = 0;
};

/// What a file or folder says about itself. Parts that it does not have are empty: a lone
/// safetensors file has tensors and no configuration, a config.json the reverse.
struct ModelInfo {
  std::string path;
  std::string kind;  ///< "GGUF file, version 3", "Hugging Face folder", ...
  bool is_folder = false;
  std::optional<ModelConfig> config;
  std::optional<ErrorParts> config_problem;  ///< why there is a configuration that cannot be run
  std::optional<TokenizerData> tokenizer;
  std::optional<ErrorParts> tokenizer_problem;
  std::unique_ptr<TensorFile> weights;
  std::optional<ErrorParts>
      weights_problem;               ///< why the tensors are not those of the configuration
  std::vector<std::string> unused;   ///< tensors that the configuration does not ask for
  std::optional<Metadata> metadata;  ///< keys of a lone file, or of a folder's config.json
};

/// Reads what there is to read: a model folder, a GGUF or safetensors file, a
/// model.safetensors.index.json, a config.json or a tokenizer.json. No weights are touched.
/// Throws Error(kBadFile) for a malformed file and a folder without any of these; a well-formed
/// model of a kind that cannot be run only has its problem noted.
ModelInfo read_model_info(const std::filesystem::path& path);

/// The stored types, the one with most bytes first; of equal ones the first by name.
std::vector<StoredType> stored_types(const TensorFile& file);

/// The name of the stored type with most bytes in small letters, "q4_1"; "" without tensors.
std::string main_precision(const TensorFile& file);

/// How many numbers all tensors hold together, and in how many bytes.
std::size_t total_elements(const TensorFile& file);
std::size_t total_bytes(const TensorFile& file);

/// How many tokens of a tokenizer are special.
std::size_t count_special(const TokenizerData& tokenizer);

/// The precision in which the tensors run if no other is asked for: that of the matrices with most
/// bytes (lib/io/stored_rows.h).
WeightFormat run_precision(const TensorFile& file);

/// The type of K and V that goes with it.
KvType run_kv_type(const ModelInfo& info);

/// Bytes of the cache for one position, as lib/model/config.h counts them.
inline constexpr const char* kCacheFormula = "2 x layers x kv_heads x head_dim x bytes of a number";

}  // namespace tokenwalk
