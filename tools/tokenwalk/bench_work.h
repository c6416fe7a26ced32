#pragma once

#include <cstddef>
#include <functional>

#include "lib/model/model.h"

namespace tokenwalk {

/// One thing to measure: a prefill of `tokens` ids into an empty cache, or `tokens` steps of decode
/// of `rows` texts at once, each of which holds `depth` positions already.
struct BenchWork {
  bool is_prefill = false;
  std::size_t tokens = 0;
  std::size_t depth = 0;
  std::size_t rows = 1;
};

/// How much of it there is, each product and each sum counted as one operation.
struct WorkSize {
  double tokens = 0;      ///< of all rows
  double bytes = 0;       ///< of weights, K and V that come from memory at least once a pass
  double operations = 0;  ///< of products with weights and of attention
};

WorkSize count_work(const Model& model, const BenchWork& work);

/// Seconds of the fastest of `rounds`; on_round, if set, hears of each (done, all).
double measure_work(const Model& model, const BenchWork& work, int rounds,
                    const std::function<void(std::size_t, std::size_t)>& on_round);

}  // namespace tokenwalk
