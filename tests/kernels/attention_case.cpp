#include "tests/kernels/attention_case.h"

namespace tokenwalk {

AttentionCase draw_case(AttentionShape shape, std::size_t n_positions, std::size_t n_rows,
                        Numbers kind, Dice& dice) {
  AttentionCase c;
  c.shape = shape;
  for (std::size_t t = 0; t < n_positions; ++t) {
    c.keys.push_back(draw_numbers(dice, shape.kv_size(), kind));
    c.values.push_back(draw_numbers(dice, shape.kv_size(), kind));
  }
  c.q = draw_numbers(dice, n_rows * shape.q_size(), kind);
  const bool sharp = dice.chance(0.3);  // large scores: most exponentials are 0
  for (float& x : c.q) x *= sharp ? 50.0f : 1.0f;
  for (std::size_t r = 0; r < n_rows; ++r) c.positions.push_back(dice.below(n_positions));
  c.positions.back() = n_positions - 1;
  return c;
}

std::unique_ptr<LayerKv> fill_kv(const KernelSet& set, const AttentionCase& c) {
  auto kv = set.kv_create(c.shape, c.type);
  for (std::size_t t = 0; t < c.keys.size(); ++t) {
    set.kv_write(*kv, t, c.keys[t].data(), c.values[t].data());
  }
  return kv;
}

std::vector<float> attend(const KernelSet& set, const AttentionCase& c, const LayerKv& kv) {
  std::vector<float> out(c.q.size(), -7);
  std::vector<AttendRow> rows;
  for (std::size_t r = 0; r < c.positions.size(); ++r) {
    const std::size_t offset = r * c.shape.q_size();
    rows.push_back({c.q.data() + offset, &kv, c.positions[r], out.data() + offset});
  }
  set.attend(c.shape, rows);
  return out;
}

}  // namespace tokenwalk
