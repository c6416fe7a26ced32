#include "tools/tokenwalk/generate_report.h"

#include <cstdio>
#include <iostream>

#include "lib/base/format.h"
#include "tools/tokenwalk/json_request.h"

namespace tokenwalk {
namespace {

// Tokens a second; negative where nothing ran that could be timed.
struct Rates {
  double prefill = -1;
  double decode = -1;
};

std::size_t count_new(const SampleRun& run) {
  std::size_t n = 0;
  for (const Generated& sample : run.samples) n += sample.tokens.size();
  return n;
}

// With the cache the first new token costs no step of its own; without it every one costs a pass.
Rates measure_rates(const SampleRun& run, bool cached) {
  Rates rates;
  const std::size_t steps = cached ? run.decoded : count_new(run);
  if (cached) rates.prefill = static_cast<double>(run.prefilled) / run.prefill_seconds;
  if (steps > 0) rates.decode = static_cast<double>(steps) / run.decode_seconds;
  return rates;
}

std::string rate_text(double rate) {
  return rate < 0 ? format("%10s", "-") : format("%10.1f", rate);
}

// A rate that there is none of is null.
Json rate_json(double rate) {
  return rate < 0 ? Json() : Json(rate);
}

// What the user did not ask for and may want to know.
void print_notes(const GenerateReport& report) {
  for (const std::string& note : report.model->notes) {
    std::fprintf(stderr, "  note: %s\n", note.c_str());
  }
  if (report.recommended.empty()) return;
  std::string flags;
  for (const std::string& flag : report.recommended) flags += " " + flag;
  std::fprintf(stderr, "  from generation_config.json:%s\n", flags.c_str());
}

Json samples_json(const GenerateReport& report) {
  Json samples = Json::array();
  for (const Generated& sample : report.run.samples) {
    Json text;  // null
    if (report.tokenizer != nullptr)
      text = sampled_text(*report.tokenizer, sample, report.request.stop);
    samples.push_back({{"ids", sample.tokens},
                       {"text", std::move(text)},
                       {"finish", finish_name(sample.finish)}});
  }
  return samples;
}

}  // namespace

void print_table(const GenerateReport& report) {
  const SampleRun& run = report.run;
  const Rates rates = measure_rates(run, report.request.use_cache);
  std::fprintf(stderr, "\n  prompt  %8zu tokens   prefill %s tokens/s\n", report.prompt.size(),
               rate_text(rates.prefill).c_str());
  std::fprintf(stderr, "  new     %8zu tokens   decode  %s tokens/s   finish %s\n", count_new(run),
               rate_text(rates.decode).c_str(), finish_name(run.samples.back().finish));
  std::fprintf(stderr, "  cache   %8zu bytes\n", run.cache_bytes);
  if (report.proof) {
    std::fprintf(stderr, "  cached == uncached: %zu of %zu logits differ\n",
                 report.proof->logits_differ, report.proof->logits);
  }
  print_notes(report);
}

void print_json(const GenerateReport& report) {
  const Rates rates = measure_rates(report.run, report.request.use_cache);
  Json reply = {{"samples", samples_json(report)},
                {"prompt_ids", report.prompt},
                {"seed", report.request.options.seed},
                {"prefill_tokens_per_second", rate_json(rates.prefill)},
                {"decode_tokens_per_second", rate_json(rates.decode)},
                {"cache_bytes", report.run.cache_bytes},
                {"from_generation_config", report.recommended}};
  if (report.proof) {
    reply["logits_compared"] = report.proof->logits;
    reply["logits_differ"] = report.proof->logits_differ;
  }
  std::cout << reply.dump() << std::endl;
}

}  // namespace tokenwalk
