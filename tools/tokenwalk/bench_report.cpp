#include <iostream>

#include "lib/base/format.h"
#include "tools/tokenwalk/bench_model.h"
#include "tools/tokenwalk/json_request.h"

namespace tokenwalk {
namespace {

constexpr double kGiga = 1e9;

void print_peaks(int threads, const MachinePeaks& peaks) {
  std::cout << format(
      "peaks      %d threads: reading %.1f GB/s   f32 %.1f GFLOP/s (%s)   int8 %.1f GOP/s (%s)\n",
      threads, peaks.read_bytes / kGiga, peaks.f32_ops / kGiga, peaks.f32_by.c_str(),
      peaks.int8_ops / kGiga, peaks.int8_by.c_str());
}

void print_result(const BenchResult& r) {
  const char* kind = r.work.is_prefill ? "prefill" : "decode";
  std::cout << format("%-9s %7d  %-7s %7zu %7zu %5zu %10.1f %8.1f %6.0f %% %8.1f %6.0f %%\n",
                      r.precision.c_str(), r.threads, kind, r.work.tokens, r.work.depth,
                      r.work.rows, r.size.tokens / r.seconds, r.size.bytes / r.seconds / kGiga,
                      100 * r.read_share, r.size.operations / r.seconds / kGiga,
                      100 * r.compute_share);
}

Json peaks_json(int threads, const MachinePeaks& peaks) {
  return {{"threads", threads},
          {"read_bytes_per_second", peaks.read_bytes},
          {"f32_operations_per_second", peaks.f32_ops},
          {"f32_by", peaks.f32_by},
          {"int8_operations_per_second", peaks.int8_ops},
          {"int8_by", peaks.int8_by}};
}

Json result_json(const BenchResult& r) {
  return {{"precision", r.precision},
          {"threads", r.threads},
          {"kind", r.work.is_prefill ? "prefill" : "decode"},
          {"tokens", r.work.tokens},
          {"depth", r.work.depth},
          {"rows", r.work.rows},
          {"seconds", r.seconds},
          {"tokens_per_second", r.size.tokens / r.seconds},
          {"bytes_per_second", r.size.bytes / r.seconds},
          {"read_share", r.read_share},
          {"operations_per_second", r.size.operations / r.seconds},
          {"compute_share", r.compute_share}};
}

}  // namespace

void print_bench_table(const BenchReport& report) {
  std::cout << "model      " << report.model << "\n"
            << "processor  " << report.processor << ", kernels " << report.kernels << "\n";
  for (const auto& [threads, peaks] : report.peaks) print_peaks(threads, peaks);
  std::cout << "\nprecision threads  work     tokens   depth  rows   tokens/s     GB/s  of peak"
               "    GOP/s  of peak\n";
  for (const BenchResult& result : report.results) print_result(result);
}

void print_bench_json(const BenchReport& report) {
  Json json = {{"model", report.model},
               {"processor", report.processor},
               {"kernels", report.kernels},
               {"peaks", Json::array()},
               {"results", Json::array()}};
  for (const auto& [threads, peaks] : report.peaks) {
    json["peaks"].push_back(peaks_json(threads, peaks));
  }
  for (const BenchResult& result : report.results) json["results"].push_back(result_json(result));
  std::cout << json.dump() << "\n";
}

}  // namespace tokenwalk
