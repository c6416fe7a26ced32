// Runs every operation of every packed kernel set that this machine has on a few hundred random
// shapes and prints a hash of all outputs for each:
//
//     avx2 matmul 5b1f0c2c3a7f9e01
//
// The inputs are the same everywhere, so two machines, real or emulated, agree in every bit exactly
// when their lines carry the same hashes. `hash_kernels SET...` runs those sets alone.

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <string_view>
#include <vector>

#include "lib/kernels/packed/packed_set.h"
#include "tests/support/dice.h"

namespace tokenwalk {
namespace {

constexpr int kShapes = 300;

// ---- hashing ---------------------------------------------------------------------------------

/// FNV-1a over the bits of numbers; every NaN counts as the same one.
class Hash {
 public:
  void add(std::span<const float> values) {
    for (const float v : values) mix(std::isnan(v) ? 0x7fc00000 : std::bit_cast<std::uint32_t>(v));
  }
  void add(std::span<const double> values) {
    for (const double v : values) {
      mix(std::isnan(v) ? 0x7ff8000000000000 : std::bit_cast<std::uint64_t>(v));
    }
  }
  void add(std::size_t value) { mix(value); }

  unsigned long long value() const { return value_; }

 private:
  void mix(std::uint64_t word) {
    for (int i = 0; i < 8; ++i) value_ = (value_ ^ (word >> (8 * i) & 0xff)) * 0x100000001b3;
  }

  std::uint64_t value_ = 0xcbf29ce484222325;
};

// ---- numbers ---------------------------------------------------------------------------------

// In [-1, 1), or of every size, or now and then any float there is.
std::vector<float> draw(Dice& dice, std::size_t n) {
  const std::size_t kind = dice.below(4);
  std::vector<float> values = dice.floats(n);
  for (float& v : values) {
    if (kind == 2) v = std::ldexp(v, static_cast<int>(dice.below(276)) - 149);
    if (kind == 3 && dice.chance(0.01)) {
      v = std::bit_cast<float>(static_cast<std::uint32_t>(dice.below(std::size_t{1} << 32)));
    }
  }
  return values;
}

// ---- operations ------------------------------------------------------------------------------

template <WeightFormat kFormat>
void hash_matmul(const KernelSet& set, const PackedOps&, Dice& dice, Hash& hash) {
  const std::size_t n_out = dice.between(1, 200), n_in = dice.between(1, 200);
  const std::size_t n_rows = dice.between(1, 9);
  const bool blocks = kFormat == WeightFormat::kQ8_0 || kFormat == WeightFormat::kQ4_1;
  const std::size_t row_bytes = weight_row_bytes(kFormat, n_in);
  std::vector<std::byte> w(n_out * row_bytes);
  for (std::size_t i = 0; i < n_out; ++i) {
    const std::vector<float> values = blocks ? dice.floats(n_in) : draw(dice, n_in);
    write_row(values, kFormat, w.data() + i * row_bytes);
  }
  const std::vector<float> x = draw(dice, n_rows * n_in);
  std::vector<float> y(n_rows * n_out), row(n_in);
  const auto matrix = set.pack(MatrixView{w.data(), n_out, n_in, kFormat});
  set.matmul(*matrix, x.data(), n_rows, y.data());
  set.unpack_row(*matrix, dice.below(n_out), row);
  hash.add(y);
  hash.add(row);
}

void hash_rmsnorm(const KernelSet& set, const PackedOps&, Dice& dice, Hash& hash) {
  const std::size_t n = dice.between(1, 300), n_rows = dice.between(1, 5);
  const std::vector<float> x = draw(dice, n * n_rows), weight = draw(dice, n);
  std::vector<float> y(x.size());
  set.rmsnorm(x.data(), weight, 1e-5f, n_rows, y.data());
  hash.add(y);
}

void hash_rotate(const KernelSet& set, const PackedOps&, Dice& dice, Hash& hash) {
  const std::size_t half = dice.between(1, 100), n_heads = dice.between(1, 4);
  const std::vector<float> cosines = draw(dice, half), sines = draw(dice, half);
  std::vector<float> heads = draw(dice, n_heads * 2 * half);
  set.rotate(heads.data(), n_heads, 2 * half, {cosines.data(), sines.data()});
  hash.add(heads);
}

void hash_silu_gate(const KernelSet& set, const PackedOps&, Dice& dice, Hash& hash) {
  const std::size_t n = dice.between(1, 500);
  std::vector<float> gate = draw(dice, n);
  for (float& g : gate) g *= 20;
  set.silu_gate(gate.data(), draw(dice, n).data(), n);
  hash.add(gate);
}

void hash_add(const KernelSet& set, const PackedOps&, Dice& dice, Hash& hash) {
  const std::size_t n = dice.between(1, 500);
  std::vector<float> x = draw(dice, n);
  set.add(x.data(), draw(dice, n).data(), n);
  hash.add(x);
}

// A prompt that crosses the blocks of the cache, and what the last rows see of it.
template <KvType kType>
void hash_attend(const KernelSet& set, const PackedOps&, Dice& dice, Hash& hash) {
  const std::size_t n_kv_heads = dice.between(1, 3), group = dice.between(1, 3);
  const AttentionShape shape = {n_kv_heads * group, n_kv_heads, 2 * dice.between(1, 40)};
  const std::size_t n_positions = dice.chance(0.1) ? dice.between(200, 600) : dice.between(1, 60);
  const auto kv = set.kv_create(shape, kType);
  std::vector<float> k, v;
  for (std::size_t t = 0; t < n_positions; ++t) {
    k = draw(dice, shape.kv_size());
    v = draw(dice, shape.kv_size());
    set.kv_write(*kv, t, k.data(), v.data());
  }
  set.kv_read(*kv, dice.below(n_positions), k.data(), v.data());
  hash.add(k);
  hash.add(v);
  std::vector<float> out(shape.q_size());
  for (int i = 0; i < 3; ++i) {
    const std::vector<float> q = draw(dice, shape.q_size());
    const AttendRow row = {q.data(), kv.get(), dice.below(n_positions), out.data()};
    set.attend(shape, {&row, 1});
    hash.add(out);
  }
}

void hash_exp(const KernelSet&, const PackedOps& ops, Dice& dice, Hash& hash) {
  std::vector<float> x = draw(dice, dice.between(1, 500));
  for (float& v : x) v *= 90;
  ops.exp(x.data(), x.size());
  hash.add(x);
}

void hash_block_maxima(const KernelSet&, const PackedOps& ops, Dice& dice, Hash& hash) {
  const std::vector<float> x = draw(dice, dice.between(1, 2000));
  std::vector<float> maxima((x.size() + kBlockOfMaxima - 1) / kBlockOfMaxima);
  const bool fine = ops.block_maxima(x.data(), x.size(), maxima.data());
  hash.add(fine ? 1 : 0);
  if (fine) hash.add(maxima);  // otherwise they hold anything
}

template <typename Logit>
void hash_scan(const std::vector<Logit>& logits, size_t (*scan)(const Scan<Logit>*), Dice& dice,
               Hash& hash) {
  std::vector<double> sums(16), terms(logits.size() + 16);
  std::vector<std::int32_t> ids(logits.size() + 16);
  const double max = *std::max_element(logits.begin(), logits.end());
  const Scan<Logit> s = {logits.data(),         logits.size(), max,        dice.real(0.1, 3),
                         max - dice.real(0, 5), sums.data(),   ids.data(), terms.data()};
  const std::size_t count = scan(&s);
  hash.add(sums);
  hash.add(std::span<const double>(terms).first(count));
  for (std::size_t i = 0; i < count; ++i) hash.add(static_cast<std::size_t>(ids[i]));
}

void hash_scans(const KernelSet&, const PackedOps& ops, Dice& dice, Hash& hash) {
  const std::size_t n = dice.between(1, 1000);
  std::vector<float> floats(n);
  std::vector<double> doubles(n);
  for (std::size_t i = 0; i < n; ++i) {
    doubles[i] = dice.chance(0.05) && i > 0 ? -HUGE_VAL : dice.real(-30, 30);
    floats[i] = static_cast<float>(doubles[i]);
  }
  hash_scan(floats, ops.scan_floats, dice, hash);
  hash_scan(doubles, ops.scan_doubles, dice, hash);
}

// ---- all of them -----------------------------------------------------------------------------

struct Operation {
  const char* name;
  void (*run)(const KernelSet&, const PackedOps&, Dice&, Hash&);
};

constexpr Operation kOperations[] = {
    {"matmul_f32", hash_matmul<WeightFormat::kF32>},
    {"matmul_bf16", hash_matmul<WeightFormat::kBF16>},
    {"matmul_q8_0", hash_matmul<WeightFormat::kQ8_0>},
    {"matmul_q4_1", hash_matmul<WeightFormat::kQ4_1>},
    {"rmsnorm", hash_rmsnorm},
    {"rotate", hash_rotate},
    {"add", hash_add},
    {"silu_gate", hash_silu_gate},
    {"attend_f32", hash_attend<KvType::kF32>},
    {"attend_f16", hash_attend<KvType::kF16>},
    {"attend_bf16", hash_attend<KvType::kBF16>},
    {"exp", hash_exp},
    {"block_maxima", hash_block_maxima},
    {"scan", hash_scans},
};

void print_hashes(const PackedOps& ops, ThreadPool& pool) {
  const PackedKernelSet set(ops, pool);
  for (const Operation& operation : kOperations) {
    Hash hash;
    for (std::uint32_t i = 0; i < kShapes; ++i) {
      Dice dice(20, i);
      operation.run(set, ops, dice, hash);
    }
    std::printf("%s %s %016llx\n", ops.name, operation.name, hash.value());
    std::fflush(stdout);
  }
}

}  // namespace
}  // namespace tokenwalk

int main(int argc, char** argv) {
  const std::vector<std::string_view> wanted(argv + 1, argv + argc);
  tokenwalk::ThreadPool pool(1);
  for (const tokenwalk::PackedOps* ops : tokenwalk::packed_targets()) {
    if (wanted.empty() || std::find(wanted.begin(), wanted.end(), ops->name) != wanted.end()) {
      tokenwalk::print_hashes(*ops, pool);
    }
  }
}
