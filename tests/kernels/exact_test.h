#pragma once

#include <gtest/gtest.h>

#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "chapters/04_transformer/reference_kernels.h"
#include "lib/kernels/packed/packed_set.h"
#include "tests/support/dice.h"
#include "tests/support/property.h"
#include "tests/support/runs.h"

namespace tokenwalk {

/// A table of operations and the name of its tests.
struct Target {
  std::string name;
  const PackedOps* ops = nullptr;
};

void PrintTo(const Target& target, std::ostream* out);

/// All that this machine can run. The portable source compiled without fma is among them, although
/// a machine that has fma would not choose it.
std::vector<Target> all_targets();

/// What random numbers are like.
enum class Numbers {
  kOrdinary,  ///< in [-1, 1)
  kWide,      ///< of every size, 1e-38 to 1e38 and the subnormals
  kSpecial,  ///< ordinary with zeros of both signs, subnormals, huge ones, now and then inf and NaN
};

std::vector<float> draw_numbers(Dice& dice, std::size_t n, Numbers kind);

/// A matrix of weights in some format.
struct DrawnWeights {
  std::vector<std::byte> bytes;
  MatrixView view;  // of the bytes
};

/// Numbers of that kind as float32 or bfloat16, or random bits where the format has blocks: scales
/// of all sizes unless the kind is ordinary.
DrawnWeights draw_weights(Dice& dice, WeightFormat format, std::size_t n_rows, std::size_t n_cols,
                          Numbers kind);

/// One of low .. high for RapidCheck, evenly; `what` names it in the report of a failure.
std::size_t pick(const char* what, std::size_t low, std::size_t high);
Numbers pick_kind();
WeightFormat pick_format();
KvType pick_kv_type();
Dice pick_dice();

/// Tests of one target with 1 to 4 threads against the set `reference`. All comparisons are of
/// bits; any NaN equals any other.
class ExactTest : public testing::TestWithParam<Target> {
 protected:
  ExactTest();

  /// The set under test with n threads, n from 1 to 4.
  const KernelSet& kernels(std::size_t n_threads) const { return *sets_[n_threads - 1]; }
  const KernelSet& reference() const { return *reference_; }

  /// "" or a report of the first difference that names set and threads. Rows are `width` long.
  std::string difference(std::size_t n_threads, std::size_t width, std::span<const float> expected,
                         std::span<const float> got) const;

 private:
  std::vector<std::unique_ptr<ThreadPool>> pools_;
  std::vector<std::unique_ptr<KernelSet>> sets_;
  std::unique_ptr<KernelSet> reference_;
};

/// Names the tests after their targets: Targets/MatmulTest.Random/avx2.
std::string target_name(const testing::TestParamInfo<Target>& info);

}  // namespace tokenwalk
