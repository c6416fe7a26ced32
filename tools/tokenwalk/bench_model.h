#pragma once

#include <string>
#include <utility>
#include <vector>

#include "lib/base/machine_peaks.h"
#include "tools/tokenwalk/bench_work.h"
#include "tools/tokenwalk/engine.h"

namespace tokenwalk {

/// What `tokenwalk bench` measures: every combination of precision, threads, depth and rows.
struct BenchModelOptions {
  EngineOptions engine;  ///< model, kernels
  std::string shape;     ///< random weights in this shape; empty: engine.model
  std::vector<std::string> precisions = {""};  ///< as EngineOptions names them
  std::vector<int> threads;                    ///< empty: all
  int prefill = 512;                           ///< ids; 0: none
  int decode = 64;                             ///< steps; 0: none
  std::vector<int> depths = {0};
  std::vector<int> rows = {1};
  int rounds = 3;
};

struct BenchResult {
  std::string precision;
  int threads = 0;
  BenchWork work;
  WorkSize size;
  double seconds = 0;
  double read_share = 0;     ///< of the peak in bytes a second
  double compute_share = 0;  ///< of the peak in operations a second of this precision
};

struct BenchReport {
  std::string model;    ///< path, or the name of the shape
  std::string kernels;  ///< the name of the set
  std::string processor;
  std::vector<std::pair<int, MachinePeaks>> peaks;  ///< by number of threads
  std::vector<BenchResult> results;
};

/// Measures with a progress line on a terminal. Throws as Engine does, and Error(kBadValue) for
/// numbers that do not fit the model.
BenchReport bench_model(const BenchModelOptions& options);

void print_bench_table(const BenchReport& report);  ///< on standard output
void print_bench_json(const BenchReport& report);   ///< the same as one object

}  // namespace tokenwalk
