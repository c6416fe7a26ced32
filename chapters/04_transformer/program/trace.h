#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "chapters/04_transformer/program/forwarding_kernels.h"
#include "lib/model/model.h"

namespace tokenwalk {

/// Writes down what went through a model's kernels: chapter 04 prints the shapes and the attention
/// of a pass, chapter 06 the tokens that two loops feed.
class TraceKernels : public ForwardingKernels {
 public:
  /// One operation: what went in, what came out.
  struct Step {
    std::string name;  ///< "matmul q", "rmsnorm"
    std::string in;    ///< "[6, 128] x [192, 128]"
    std::string out;   ///< "[6, 192]"
    bool operator==(const Step&) const = default;
  };

  /// Takes the model's kernels as the inner set. The model must outlive this.
  explicit TraceKernels(const Model& model) : ForwardingKernels(*model.kernels), model_(model) {}

  /// The steps since the start, equal neighbours (row after row of one operation) put together.
  std::vector<Step> steps() const;

  /// The queries of every call of attend, after the rotation: for one pass
  /// [layer][n_rows, n_heads, head_dim].
  const std::vector<std::vector<float>>& queries() const { return queries_; }

  /// The ids whose embeddings were read since the last call.
  std::vector<int> take_ids();

  void unpack_row(const Matrix& matrix, std::size_t index, std::span<float> out) const override;
  void matmul(const Matrix& w, const float* x, std::size_t n_rows, float* y) const override;
  void rmsnorm(const float* x, std::span<const float> weight, float eps, std::size_t n_rows,
               float* y) const override;
  void rotate(float* heads, std::size_t n_heads, std::size_t head_dim,
              RotaryRow angles) const override;
  void silu_gate(float* gate, const float* up, std::size_t n) const override;
  void add(float* x, const float* y, std::size_t n) const override;
  void kv_write(LayerKv& kv, std::size_t position, const float* k, const float* v) const override;
  void attend(AttentionShape shape, std::span<const AttendRow> rows) const override;

 private:
  // Equal operations in a row; `in` and `out` are the sizes behind the number of rows.
  struct Call {
    std::string name;
    std::size_t rows;
    std::string in, weights, out;
  };

  void note(const Call& call) const;
  std::string name_of(const Matrix& matrix) const;

  const Model& model_;
  // The operations are const for whoever calls them; what was seen is not part of the set.
  mutable std::vector<Call> calls_;
  mutable std::vector<std::vector<float>> queries_;
  mutable std::vector<int> ids_;
};

}  // namespace tokenwalk
