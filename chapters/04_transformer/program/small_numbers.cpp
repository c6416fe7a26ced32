#include "chapters/04_transformer/program/small_numbers.h"

#include <vector>

#include "chapters/04_transformer/layers.h"
#include "chapters/04_transformer/program/show.h"
#include "lib/base/dot.h"

namespace tokenwalk {
namespace {

constexpr double kTheta = 10000;

std::vector<float> rotated(std::vector<float> head, std::size_t position) {
  std::vector<float> cosines(head.size() / 2), sines(head.size() / 2);
  rotary_angles(position, head.size(), kTheta, cosines, sines);
  rotate_head(head, cosines, sines);
  return head;
}

std::string small_norm() {
  std::vector<float> x = {3, 4};
  rmsnorm(x, std::vector<float>{1, 1}, 0, x);
  std::vector<float> gate = {-2, 0, 2};
  silu_gate(gate, std::vector<float>{1, 1, 1});
  return "  rmsnorm of (3, 4)                " + format_vector(x) + "\n" +
         "  silu of (-2, 0, 2)               " + format_vector(gate) + "\n";
}

std::string small_rotary() {
  std::string text;
  for (const std::size_t position : {0, 1, 2}) {
    text += "  (1, 0) rotated at position " + std::to_string(position) + "     " +
            format_vector(rotated({1, 0}, position)) + "\n";
  }
  for (const std::size_t shift : {0, 1, 100}) {  // q three positions after k, wherever they are
    const std::vector<float> q = rotated({1, 2}, shift + 3), k = rotated({3, 1}, shift);
    text += "  q . k at positions " + std::to_string(shift + 3) + ", " + std::to_string(shift) +
            std::string(shift < 97 ? 10 : 6, ' ') + format_vector(std::vector{dot(q, k)}) + "\n";
  }
  return text;
}

std::string small_attention() {
  const std::vector<float> q = {1, 0};
  const std::vector<float> keys = {1, 0, 0, 1, 1, 1};      // [3, 2]
  const std::vector<float> values = {10, 0, 0, 10, 5, 5};  // [3, 2]
  std::string text;
  for (const std::size_t n_positions : {1, 2, 3}) {
    std::vector<float> out(2);
    attend_head(q, {keys.data(), 2}, {values.data(), 2}, n_positions, out);
    text += "  attention, n_positions " + std::to_string(n_positions) + "         " +
            format_vector(out) + "\n";
  }
  return text;
}

}  // namespace

std::string small_numbers() {
  return small_norm() + small_rotary() + small_attention();
}

}  // namespace tokenwalk
