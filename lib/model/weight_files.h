#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "lib/io/tensor_file.h"
#include "lib/model/model.h"

namespace tokenwalk {

/// How a kind of file keeps the tensors of a model: under which names, and in which order the rows
/// of Q and K stand. A file is called by the Hugging Face names,
/// "model.layers.3.mlp.up_proj.weight".
struct WeightNaming {
  std::function<std::string(const std::string& hf_name)> name_in_file;
  /// The rows 2 i and 2 i + 1 of a head of Q and K (weights and biases) are our rows i and
  /// i + head_dim / 2: the file's model rotates neighbours, ours the halves. The scores are sums of
  /// the same products, in another order.
  bool interleaved = false;
};

/// The naming of a safetensors folder of this model: Hugging Face's, or the course's for a
/// TransformerLM ("layers.3.ffn.w3.weight"), which is interleaved.
WeightNaming folder_naming(const ModelConfig& config);

/// The naming of a GGUF file of this model: "blk.3.ffn_up.weight"; llama is interleaved.
WeightNaming gguf_naming(const ModelConfig& config);

/// The tensor in which GGUF files keep Llama 3's rotary scaling.
inline constexpr const char* kRopeDivisors = "rope_freqs.weight";

/// Puts that tensor of a GGUF file, if it has one, into config.rope_scaling.
/// Throws Error(kBadFile) for numbers that are not above 0 and for a second kind of scaling.
void read_rope_divisors(const TensorFile& file, ModelConfig& config);

/// Compares the tensors of a file with those that the configuration asks for, before any is read.
/// Throws Error(kBadFile) for missing ones (the first three and how many) and for the first whose
/// shape is another.
void check_tensors(const TensorFile& file, const WeightNaming& naming, const ModelConfig& config);

/// The names of the tensors in the file that the model does not use, in the file's order.
std::vector<std::string> unused_tensors(const TensorFile& file, const WeightNaming& naming,
                                        const ModelConfig& config);

/// "5: a, b, c, ...": how many names there are, and the first three.
std::string list_names(const std::vector<std::string>& names);

/// The tensors of a file in our order of rows, matrices in the given precision or, without one, as
/// natural_format (lib/io/stored_rows.h) says. `file` must outlive the source.
std::unique_ptr<TensorSource> stored_tensors(const TensorFile& file, const WeightNaming& naming,
                                             const ModelConfig& config,
                                             std::optional<WeightFormat> precision = {});

}  // namespace tokenwalk
