#pragma once

#include <memory>
#include <string>
#include <vector>

#include "lib/model/model.h"

namespace tokenwalk {

/// One tensor that a model needs: its Hugging Face name, its shape, and its place in the model. A
/// matrix [n_rows, n_cols] is packed into `matrix`; a vector (n_cols 0) is copied into `vector`.
struct TensorSlot {
  std::string name;
  std::size_t n_rows = 0;
  std::size_t n_cols = 0;
  std::unique_ptr<Matrix>* matrix = nullptr;
  std::vector<float>* vector = nullptr;
};

/// The tensors of layer `index`. The only list of them: what is loaded and what is looked for in a
/// file before loading follow from it.
std::vector<TensorSlot> layer_slots(const ModelConfig& config, std::size_t index,
                                    LayerWeights& layer);

/// The tensors outside the layers: embedding table, last norm, and the head if it is separate.
std::vector<TensorSlot> outer_slots(Model& model);

}  // namespace tokenwalk
