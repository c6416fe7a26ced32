// What is tested of chapter 04.
#include <cmath>

#include "tools/grading/checks/checks.h"

namespace tokenwalk::grading {
namespace {

using Cases = std::vector<Case>;

// Float sums in another order differ by some 1e-6; the smallest mistake we know by more than 1e-4.
// Where the contract fixes the order, a test of its own asks for the same bits.
constexpr double kTolerance = 2e-5;

json floats(Dice& dice, std::size_t n, double width = 1) {
  return numbers(dice.floats(n, -width, width));
}

Case embedding(Dice& dice, std::size_t vocab, std::size_t hidden, std::size_t id) {
  return {"embed", {{"table", floats(dice, vocab * hidden)}, {"n_cols", hidden}, {"id", id}}};
}

Case norm(const char* fn, Dice& dice, std::size_t n, double width, double eps) {
  return {fn,
          {{"x", floats(dice, n, width)},
           {"weight", numbers(dice.floats(n, 0.5, 1.5))},
           {"eps", static_cast<float>(eps)}}};
}

Cases norms(Dice& dice, const char* fn) {
  Cases cases;
  for (const std::size_t n : {1, 7, 16, 33, 96}) cases.push_back(norm(fn, dice, n, 2, 1e-5));
  return cases;
}

// Enough of them that a sum rounded elsewhere shows in the last bit of one.
Cases many_norms(Dice& dice) {
  Cases cases;
  for (int i = 0; i < 40; ++i) cases.push_back(norm("rmsnorm", dice, 64, 2, 1e-5));
  return cases;
}

Case rotation(Dice& dice, std::size_t half) {
  std::vector<float> cosines, sines;
  for (std::size_t i = 0; i < half; ++i) {
    const double angle = dice.real(-3, 3);
    cosines.push_back(static_cast<float>(std::cos(angle)));
    sines.push_back(static_cast<float>(std::sin(angle)));
  }
  return {
      "rotate_head",
      {{"head", floats(dice, 2 * half)}, {"cosines", numbers(cosines)}, {"sines", numbers(sines)}}};
}

Cases rotations(Dice& dice) {
  Cases cases;
  for (const std::size_t half : {1, 2, 5, 16}) cases.push_back(rotation(dice, half));
  return cases;
}

// More rows than positions: what lies beyond is NaN and must not be read.
Case attention(Dice& dice, std::size_t head_dim, std::size_t stride, std::size_t n, double width) {
  std::vector<float> keys = dice.floats(n * stride, -width, width);
  std::vector<float> values = dice.floats(n * stride);
  keys.resize((n + 2) * stride, std::nanf(""));
  values.resize((n + 2) * stride, std::nanf(""));
  return {"attend_head",
          {{"q", floats(dice, head_dim, width)},
           {"keys", numbers(keys)},
           {"values", numbers(values)},
           {"stride", stride},
           {"n_positions", n}}};
}

Cases attentions(Dice& dice) {
  Cases cases;
  for (const std::size_t n : {1, 2, 5, 33, 70}) {
    const std::size_t head_dim = 2 * dice.between(1, 8);
    cases.push_back(attention(dice, head_dim, head_dim * dice.between(1, 3), n, 2));
  }
  return cases;
}

Case grouped(Dice& dice, std::size_t n_kv_heads, std::size_t heads_per_kv, std::size_t n) {
  const std::size_t head_dim = 2 * dice.between(1, 4), kv_size = n_kv_heads * head_dim;
  return {"attend_grouped",
          {{"n_heads", n_kv_heads * heads_per_kv},
           {"n_kv_heads", n_kv_heads},
           {"head_dim", head_dim},
           {"n_positions", n},
           {"keys", floats(dice, n * kv_size, 2)},
           {"q", floats(dice, kv_size * heads_per_kv, 2)},
           {"values", floats(dice, n * kv_size)}}};
}

Case gate(Dice& dice, std::size_t n, double width) {
  return {"silu_gate", {{"gate", floats(dice, n, width)}, {"up", floats(dice, n, 2)}}};
}

}  // namespace

std::vector<Check> chapter_checks() {
  return {
      {"04.1 a row",
       [](Dice& dice) -> Cases {
         return {embedding(dice, 5, 3, 0), embedding(dice, 5, 3, 4), embedding(dice, 9, 1, 6)};
       }},
      {"04.2 small",
       [](Dice&) -> Cases {
         return {{"rmsnorm", {{"x", {3, 4}}, {"weight", {1, 1}}, {"eps", 0}}},
                 {"rmsnorm", {{"x", {1, 2, 2}}, {"weight", {1, 10, 100}}, {"eps", 1}}}};
       },
       kTolerance},
      {"04.2 anything",
       [](Dice& dice) {
         Cases cases = norms(dice, "rmsnorm");
         cases.push_back(norm("rmsnorm", dice, 24, 1e-3, 1e-5));  // eps counts
         return cases;
       },
       kTolerance},
      {"04.2 in place", [](Dice& dice) { return norms(dice, "rmsnorm_in_place"); }, kTolerance},
      {"04.2 same bits on every machine", many_norms, 0},
      {"04.3 a quarter turn",
       [](Dice&) -> Cases {
         return {{"rotate_head", {{"head", {1, 2}}, {"cosines", {0}}, {"sines", {1}}}},
                 {"rotate_head", {{"head", {1, 2, 3, 4}}, {"cosines", {1, 0}}, {"sines", {0, 1}}}}};
       },
       kTolerance},
      {"04.3 anything", rotations, kTolerance},
      {"04.3 same bits on every machine", rotations, 0},
      {"04.4 one position",
       [](Dice& dice) -> Cases {
         return {attention(dice, 4, 4, 1, 1), attention(dice, 2, 6, 1, 1)};
       },
       kTolerance},
      {"04.4 equal scores",
       [](Dice&) -> Cases {
         return {{"attend_head",
                  {{"q", {0, 0}},
                   {"keys", {1, 2, 3, 4}},
                   {"values", {1, 10, 3, 30}},
                   {"stride", 2},
                   {"n_positions", 2}}}};
       },
       kTolerance},
      {"04.4 anything", attentions, kTolerance},
      {"04.4 large scores", [](Dice& dice) -> Cases { return {attention(dice, 8, 8, 12, 30)}; },
       kTolerance},
      {"04.4 same bits on every machine", attentions, 0},
      {"04.5 as many", [](Dice& dice) -> Cases { return {grouped(dice, 2, 1, 3)}; }, kTolerance},
      {"04.5 groups",
       [](Dice& dice) -> Cases {
         return {grouped(dice, 2, 2, 4), grouped(dice, 2, 3, 5), grouped(dice, 1, 4, 6),
                 grouped(dice, 3, 2, 1)};
       },
       kTolerance},
      {"04.6 small",
       [](Dice&) -> Cases {
         return {{"silu_gate", {{"gate", {0, 1, -1}}, {"up", {5, 2, 3}}}}};
       },
       kTolerance},
      {"04.6 anything",
       [](Dice& dice) -> Cases {
         return {gate(dice, 40, 8), gate(dice, 3, 120)};
       },
       kTolerance},
      {"04.6 same bits on every machine", [](Dice& dice) -> Cases { return {gate(dice, 60, 9)}; },
       0}};
}

}  // namespace tokenwalk::grading
