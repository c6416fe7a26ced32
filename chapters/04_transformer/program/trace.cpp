#include "chapters/04_transformer/program/trace.h"

#include <utility>

namespace tokenwalk {
namespace {

// ", 6, 32" for the sizes 6 and 32.
template <typename... Sizes>
std::string dims(Sizes... sizes) {
  std::string text;
  ((text += ", " + std::to_string(sizes)), ...);
  return text;
}

std::string bracketed(std::size_t rows, const std::string& rest) {
  std::string text = "[";
  text += std::to_string(rows) + rest;
  return text += "]";
}

}  // namespace

void TraceKernels::note(const Call& call) const {
  if (!calls_.empty()) {
    Call& last = calls_.back();
    if (last.name == call.name && last.in == call.in && last.weights == call.weights) {
      last.rows += call.rows;
      return;
    }
  }
  calls_.push_back(call);
}

std::vector<TraceKernels::Step> TraceKernels::steps() const {
  std::vector<Step> steps;
  for (const Call& call : calls_) {
    const std::string in = bracketed(call.rows, call.in);
    const std::string weights = call.weights.empty() ? "" : " x " + call.weights;
    steps.push_back({call.name, in + weights, bracketed(call.rows, call.out)});
  }
  return steps;
}

std::vector<int> TraceKernels::take_ids() {
  return std::exchange(ids_, {});
}

// Which of the model's matrices this is.
std::string TraceKernels::name_of(const Matrix& matrix) const {
  for (const LayerWeights& layer : model_.layers) {
    if (&matrix == layer.q.get()) return "q";
    if (&matrix == layer.k.get()) return "k";
    if (&matrix == layer.v.get()) return "v";
    if (&matrix == layer.o.get()) return "o";
    if (&matrix == layer.gate.get()) return "gate";
    if (&matrix == layer.up.get()) return "up";
    if (&matrix == layer.down.get()) return "down";
  }
  return "head";
}

// ---- the operations --------------------------------------------------------------------------

void TraceKernels::unpack_row(const Matrix& matrix, std::size_t index, std::span<float> out) const {
  inner_.unpack_row(matrix, index, out);
  ids_.push_back(static_cast<int>(index));
  note({"embed", 1, "", bracketed(matrix.n_out, dims(matrix.n_in)), dims(matrix.n_in)});
}

void TraceKernels::matmul(const Matrix& w, const float* x, std::size_t n_rows, float* y) const {
  inner_.matmul(w, x, n_rows, y);
  note({"matmul " + name_of(w), n_rows, dims(w.n_in), bracketed(w.n_out, dims(w.n_in)),
        dims(w.n_out)});
}

void TraceKernels::rmsnorm(const float* x, std::span<const float> weight, float eps,
                           std::size_t n_rows, float* y) const {
  inner_.rmsnorm(x, weight, eps, n_rows, y);
  note({"rmsnorm", n_rows, dims(weight.size()), bracketed(weight.size(), ""), dims(weight.size())});
}

void TraceKernels::rotate(float* heads, std::size_t n_heads, std::size_t head_dim,
                          RotaryRow angles) const {
  inner_.rotate(heads, n_heads, head_dim, angles);
  note({"rotate", 1, dims(n_heads, head_dim), "", dims(n_heads, head_dim)});
}

void TraceKernels::silu_gate(float* gate, const float* up, std::size_t n) const {
  inner_.silu_gate(gate, up, n);
  note({"silu_gate", n / model_.config.intermediate, dims(model_.config.intermediate), "",
        dims(model_.config.intermediate)});
}

void TraceKernels::add(float* x, const float* y, std::size_t n) const {
  inner_.add(x, y, n);
  note({"add", n / model_.config.hidden, dims(model_.config.hidden), "",
        dims(model_.config.hidden)});
}

void TraceKernels::kv_write(LayerKv& kv, std::size_t position, const float* k,
                            const float* v) const {
  inner_.kv_write(kv, position, k, v);
  const AttentionShape& shape = model_.config.attention;
  note({"kv_write", 1, dims(shape.n_kv_heads, shape.head_dim), "",
        dims(shape.n_kv_heads, shape.head_dim)});
}

void TraceKernels::attend(AttentionShape shape, std::span<const AttendRow> rows) const {
  inner_.attend(shape, rows);
  queries_.emplace_back();
  for (const AttendRow& row : rows) {
    queries_.back().insert(queries_.back().end(), row.q, row.q + shape.q_size());
  }
  note({"attend", rows.size(), dims(shape.n_heads, shape.head_dim), "",
        dims(shape.n_heads, shape.head_dim)});
}

}  // namespace tokenwalk
