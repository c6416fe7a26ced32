#pragma once

#include <Eigen/Core>
#include <span>
#include <vector>

#include "lib/model/config.h"
#include "lib/model/model.h"

namespace tokenwalk {

using Matrix64 = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

/// Numbers in float64 and, for each, how far a float32 computation of it may lie from it.
///
/// Worst-case bounds of a few layers say nothing (they multiply by the sums of |W|, some ten times
/// a matrix), since roundings mostly cancel. So each rounding counts as random and independent, of
/// a deviation of u = 2^-24 times what is rounded, and deviations are carried through every
/// operation by its derivatives: for a dot product of n terms, summed in blocks of 32,
///     variance(y) = sum of w^2 variance(x) + (18 + n / 32) u^2 (y^2 + sum of (w x)^2)
/// and so on (oracle.cpp). They depend on sizes and values alone. A computation is right if no
/// number is off by more than kDeviations of them.
/// Source: Higham, Mary, "A new approach to probabilistic rounding error analysis" (2019).
struct Uncertain {
  Matrix64 value, variance;  // of the same shape
};

/// Allowed. Over 20,000 random models the largest that occurred was 2.1.
inline constexpr double kDeviations = 4;

/// What the oracle computes for a list of tokens.
struct OracleResult {
  Uncertain logits;                     // [n_tokens, vocab]
  std::vector<Uncertain> keys, values;  // of each layer, [n_tokens, n_kv_heads * head_dim]
};

/// The whole forward pass in float64, written from the formulas of the papers with whole matrices,
/// every angle exact, no chapter's code in it. `source` gives the weights by their Hugging Face
/// names.
/// Sources: Vaswani et al. 2017 (attention), Zhang and Sennrich 2019 (RMSNorm), Su et al. 2021
/// (rotary positions), Shazeer 2020 (SwiGLU), Ainslie et al. 2023 (grouped queries).
OracleResult oracle_forward(const ModelConfig& config, const WeightSource& source,
                            std::span<const int> ids);

/// By how many deviations `got` is off where it is off most; infinite for a NaN. got is row-major
/// with want's shape.
double worst_deviations(const Uncertain& want, std::span<const float> got);

}  // namespace tokenwalk
