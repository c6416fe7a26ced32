#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <vector>

#include "lib/kernels/kernels.h"

namespace tokenwalk {

struct Model;

/// One token on its way through the model: its id, its position, and K and V of its sequence, layer
/// by layer.
struct PassRow {
  int id = 0;
  std::size_t position = 0;
  std::span<const std::unique_ptr<LayerKv>> kv;
  bool wants_logits = false;
};

/// Runs rows through all layers at once, for a device on which activations stay from the first
/// operation to the last. Chapter 06's forward_cached hands its rows to a model's pass, where it
/// has one; chapter 14 makes it. It keeps forward_cached's contract, to the last bit.
class WholePass {
 public:
  virtual ~WholePass() = default;

  /// Appends K and V of the rows and returns the logits of those that want them, [n_wanted, vocab].
  virtual std::vector<float> run(const Model& model, std::span<const PassRow> rows) = 0;
};

}  // namespace tokenwalk
