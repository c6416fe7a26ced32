#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <vector>

#include "chapters/04_transformer/program/forwarding_kernels.h"
#include "chapters/06_cached_generate/generate_cached.h"

namespace tokenwalk {

// Cached loops with mistakes that people make, beside those that chapter 06 keeps on its page. The
// check that the right loop passes must reject each of them. Only the last one counts what it
// evaluates.

/// Kernels that rotate every head by `angles` while there are any, whatever its row says.
class TurnedKernels : public ForwardingKernels {
 public:
  using ForwardingKernels::ForwardingKernels;

  void rotate(float* heads, std::size_t n_heads, std::size_t head_dim,
              RotaryRow angles_of_row) const override {
    inner_.rotate(heads, n_heads, head_dim, angles.value_or(angles_of_row));
  }

  std::optional<RotaryRow> angles;
};

/// One token through a model on such kernels, rotated as if it stood at `position`: the right
/// logits if that is cache.length(), the place where its K and V go.
std::vector<float> feed_turned(TurnedKernels& kernels, const Model& model, KvCache& cache, int id,
                               std::size_t position);

/// Decode at the wrong offset: the new tokens count their positions from 0 again.
Generated loop_from_zero(TurnedKernels& kernels, const Model& model, std::span<const int> prompt,
                         const GenerateOptions& options);

/// Decode at the wrong offset: every new token is rotated as if it stood one place later.
Generated loop_one_too_far(TurnedKernels& kernels, const Model& model, std::span<const int> prompt,
                           const GenerateOptions& options);

/// Keeps only the newest token's K and V: every step starts from an empty cache.
Generated loop_forgetting(const Model& model, std::span<const int> prompt,
                          const GenerateOptions& options);

/// The right tokens, but nothing is saved: the cache is emptied and filled again at every step.
Generated loop_saving_nothing(const Model& model, std::span<const int> prompt,
                              const GenerateOptions& options);

}  // namespace tokenwalk
