#include "tests/kernels/exact_test.h"

#include <cmath>
#include <cstring>
#include <limits>

#include "lib/base/half.h"

namespace tokenwalk {
namespace {

using Limits = std::numeric_limits<float>;

constexpr float kSpecial[] = {0.0f,
                              -0.0f,
                              Limits::denorm_min(),
                              -Limits::denorm_min(),
                              0x0.fffffep-126f,  // the largest subnormal
                              Limits::min(),
                              -Limits::min(),
                              1e-30f,
                              1e30f,
                              -1e30f,
                              Limits::max(),
                              -Limits::max()};
constexpr float kBroken[] = {Limits::infinity(), -Limits::infinity(), Limits::quiet_NaN()};

float draw_number(Dice& dice, Numbers kind) {
  const auto ordinary = static_cast<float>(dice.real(-1, 1));
  if (kind == Numbers::kWide) return std::ldexp(ordinary, static_cast<int>(dice.below(276)) - 149);
  if (kind == Numbers::kSpecial) {
    if (dice.chance(0.001)) return kBroken[dice.below(std::size(kBroken))];
    if (dice.chance(0.1)) return kSpecial[dice.below(std::size(kSpecial))];
  }
  return ordinary;
}

// A scale: of about the size of 1 / 100, or any 16 bits.
std::uint16_t draw_half(Dice& dice, Numbers kind) {
  if (kind != Numbers::kOrdinary) return static_cast<std::uint16_t>(dice.below(0x10000));
  return half_from_float(static_cast<float>(dice.real(-0.01, 0.01)));
}

void draw_scales(Dice& dice, Numbers kind, Q8Block& block) {
  block.d = draw_half(dice, kind);
}

void draw_scales(Dice& dice, Numbers kind, Q4Block& block) {
  block.d = draw_half(dice, kind);
  block.m = draw_half(dice, kind);
}

template <typename Block>
void draw_blocks(Dice& dice, std::byte* row, std::size_t n, Numbers kind) {
  for (std::size_t k = 0; k < n; k += kWeightBlock, row += sizeof(Block)) {
    Block block;
    for (auto& q : block.q) q = static_cast<std::remove_reference_t<decltype(q)>>(dice.below(256));
    draw_scales(dice, kind, block);
    std::memcpy(row, &block, sizeof block);
  }
}

}  // namespace

std::vector<Target> all_targets() {
  std::vector<Target> targets = {{"portable_without_fma", packed_ops_portable()}};
  for (const PackedOps* ops : packed_targets()) {
    if (ops != packed_ops_portable()) targets.push_back({ops->name, ops});
  }
  return targets;
}

void PrintTo(const Target& target, std::ostream* out) {
  *out << target.name;
}

std::vector<float> draw_numbers(Dice& dice, std::size_t n, Numbers kind) {
  std::vector<float> numbers(n);
  for (float& number : numbers) number = draw_number(dice, kind);
  return numbers;
}

DrawnWeights draw_weights(Dice& dice, WeightFormat format, std::size_t n_rows, std::size_t n_cols,
                          Numbers kind) {
  const std::size_t row_bytes = weight_row_bytes(format, n_cols);
  DrawnWeights w;
  w.bytes.resize(n_rows * row_bytes);
  w.view = {w.bytes.data(), n_rows, n_cols, format};
  for (std::size_t i = 0; i < n_rows; ++i) {
    std::byte* row = w.bytes.data() + i * row_bytes;
    if (format == WeightFormat::kQ8_0) {
      draw_blocks<Q8Block>(dice, row, n_cols, kind);
    } else if (format == WeightFormat::kQ4_1) {
      draw_blocks<Q4Block>(dice, row, n_cols, kind);
    } else {
      write_row(draw_numbers(dice, n_cols, kind), format, row);
    }
  }
  return w;
}

WeightFormat pick_format() {
  return *rc::gen::element(WeightFormat::kF32, WeightFormat::kBF16, WeightFormat::kQ8_0,
                           WeightFormat::kQ4_1);
}

KvType pick_kv_type() {
  return *rc::gen::element(KvType::kF32, KvType::kF16, KvType::kBF16);
}

std::size_t pick(const char* what, std::size_t low, std::size_t high) {
  return *rc::gen::resize(rc::kNominalSize, rc::gen::inRange<std::size_t>(low, high + 1)).as(what);
}

Numbers pick_kind() {
  constexpr Numbers kKinds[] = {Numbers::kOrdinary, Numbers::kWide, Numbers::kSpecial};
  return kKinds[pick("kind of numbers", 0, 2)];
}

Dice pick_dice() {
  return Dice(pick("seed", 1, 1000000));
}

ExactTest::ExactTest() {
  for (int n_threads = 1; n_threads <= 4; ++n_threads) {
    pools_.push_back(std::make_unique<ThreadPool>(n_threads));
    sets_.push_back(std::make_unique<PackedKernelSet>(*GetParam().ops, *pools_.back()));
  }
  reference_ = reference_kernel_set(*pools_.front());
}

std::string ExactTest::difference(std::size_t n_threads, std::size_t width,
                                  std::span<const float> expected,
                                  std::span<const float> got) const {
  return describe_difference(GetParam().name + ", " + std::to_string(n_threads) + " threads", width,
                             expected, got);
}

std::string target_name(const testing::TestParamInfo<Target>& info) {
  return info.param.name;
}

}  // namespace tokenwalk
