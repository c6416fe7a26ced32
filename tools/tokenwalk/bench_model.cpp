#include "tools/tokenwalk/bench_model.h"

#include <optional>

#include "lib/base/error.h"
#include "lib/base/format.h"
#include "tools/tokenwalk/commands.h"
#include "tools/tokenwalk/model_shapes.h"

namespace tokenwalk {
namespace {

std::vector<BenchWork> list_work(const BenchModelOptions& options) {
  std::vector<BenchWork> all;
  const auto size = [](int n) { return static_cast<std::size_t>(n); };
  if (options.prefill > 0) all.push_back({true, size(options.prefill), 0, 1});
  if (options.decode == 0) return all;
  for (const int depth : options.depths) {
    for (const int rows : options.rows) {
      all.push_back({false, size(options.decode), size(depth), size(rows)});
    }
  }
  return all;
}

void check_fits(const BenchModelOptions& options, const ModelConfig& config) {
  for (const BenchWork& work : list_work(options)) {
    if (work.depth + work.tokens <= config.context) continue;
    throw Error(
        ErrorCode::kBadValue,
        {"more positions than the model was made for", format("%zu", work.depth + work.tokens),
         format("at most %zu", config.context), "--prefill, --depth and --decode say how many"});
  }
}

std::string work_name(const BenchWork& work) {
  if (work.is_prefill) return format("prefill %zu", work.tokens);
  std::string name = format("decode at %zu", work.depth);
  if (work.rows > 1) name += format(", %zu rows", work.rows);
  return name;
}

BenchResult measure(const Model& model, const BenchWork& work, int rounds, int threads,
                    const MachinePeaks& peaks) {
  const std::string precision(weight_format_name(model.precision));
  const bool int8 =
      model.precision == WeightFormat::kQ8_0 || model.precision == WeightFormat::kQ4_1;
  const WorkSize size = count_work(model, work);
  const double seconds = measure_work(model, work, rounds,
                                      progress_line(format("%s, %d threads, %s", precision.c_str(),
                                                           threads, work_name(work).c_str())));
  return {precision,
          threads,
          work,
          size,
          seconds,
          size.bytes / seconds / peaks.read_bytes,
          size.operations / seconds / (int8 ? peaks.int8_ops : peaks.f32_ops)};
}

// One model for one precision and one number of threads.
void measure_model(const BenchModelOptions& options, const std::string& precision, int threads,
                   const MachinePeaks& peaks, BenchReport& report) {
  EngineOptions engine_options = options.engine;
  engine_options.precision = precision;
  engine_options.threads = threads;
  Engine engine(engine_options);
  show_loading(engine);
  std::optional<Model> random;
  if (!options.shape.empty()) {
    random = random_model(named_shape(options.shape), engine.kernels(), engine.model_options());
  }
  const Model& model = random ? *random : engine.model();
  check_fits(options, model.config);
  report.kernels = engine.kernels().name();
  for (const BenchWork& work : list_work(options)) {
    report.results.push_back(measure(model, work, options.rounds, threads, peaks));
  }
}

}  // namespace

BenchReport bench_model(const BenchModelOptions& options) {
  BenchReport report;
  report.processor = processor_name();
  report.model = options.shape.empty() ? Engine(options.engine).model_path() : options.shape;
  std::vector<int> threads = options.threads;
  if (threads.empty()) threads = {available_processors()};
  for (const int n : threads) {
    {
      ThreadPool pool(n);
      report.peaks.emplace_back(n, measure_peaks(pool));
    }
    for (const std::string& precision : options.precisions) {
      measure_model(options, precision, n, report.peaks.back().second, report);
    }
  }
  return report;
}

}  // namespace tokenwalk
