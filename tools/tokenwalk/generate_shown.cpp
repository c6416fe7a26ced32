#include "tools/tokenwalk/generate_shown.h"

#include <algorithm>
#include <iostream>
#include <string>

#include "chapters/01_tokenizer/utf8.h"
#include "chapters/08_stopping_and_streaming/interrupt.h"
#include "tools/tokenwalk/show_cache.h"
#include "tools/tokenwalk/show_probabilities.h"

namespace tokenwalk {
namespace {

// What a person sees of some tokens: their text, or the ids where there is no tokenizer.
std::string shown(const PublishedTokenizer* tokenizer, const std::vector<int>& ids) {
  if (tokenizer != nullptr) return to_text(tokenizer->decode_shown(ids));
  std::string text;
  for (const int id : ids) text += (text.empty() ? "" : " ") + std::to_string(id);
  return text;
}

SampleRun run_with_text(const Model& model, const std::vector<int>& prompt, SampleRequest request) {
  const std::string shown_prompt = shown(request.tokenizer, prompt);
  request.show_control = false;
  request.on_piece = [](const std::string& piece) { std::cout << piece << std::flush; };
  request.on_sample = [&](int i) {
    std::cout << (i > 0 ? "\n---\n" : "") << shown_prompt << std::flush;
  };
  if (request.tokenizer == nullptr) {
    request.options.on_token = [go_on = request.options.on_token](int id) {
      std::cout << ' ' << id << std::flush;
      return go_on(id);
    };
  }
  SampleRun run = run_samples(model, prompt, request);
  std::cout << std::endl;
  return run;
}

// Has `text` hold what the last sample wrote.
void collect_text(SampleRequest& request, std::string& text) {
  request.show_control = false;
  request.on_piece = [&text](const std::string& piece) { text += piece; };
  request.on_sample = [&text, told = request.on_sample](int i) {
    text.clear();
    told(i);
  };
}

// The prompt and what the last sample wrote; ids where there is no tokenizer.
std::string whole_text(const std::vector<int>& prompt, const SampleRequest& request,
                       const SampleRun& run, const std::string& text) {
  if (request.tokenizer != nullptr) return shown(request.tokenizer, prompt) + text;
  return shown(nullptr, prompt) + " " + shown(nullptr, run.samples.back().tokens);
}

SampleRun run_with_cache(const Model& model, const std::vector<int>& prompt,
                         SampleRequest request) {
  const auto wanted = static_cast<std::size_t>(request.options.max_new_tokens);
  CacheLines lines(model, std::min(model.config.context, prompt.size() + wanted));
  lines.attach(request);
  std::string text;
  collect_text(request, text);
  SampleRun run = run_samples(model, prompt, request);
  std::cout << lines.shapes() << whole_text(prompt, request, run, text) << std::endl;
  return run;
}

SampleRun run_with_bars(const Model& model, const std::vector<int>& prompt, SampleRequest request) {
  ProbabilityBars bars(request.tokenizer);
  bars.attach(request);
  std::string text;
  collect_text(request, text);
  SampleRun run = run_samples(model, prompt, request);
  std::cout << whole_text(prompt, request, run, text) << std::endl;
  return run;
}

}  // namespace

SampleRun run_shown(const Model& model, const std::vector<int>& prompt, SampleRequest request,
                    Show show) {
  const InterruptFlag interrupt;
  request.options.on_token = [&](int) { return !interrupt.raised(); };
  request.go_on = [&] { return !interrupt.raised(); };
  if (show == Show::kText) return run_with_text(model, prompt, std::move(request));
  if (show == Show::kCache) return run_with_cache(model, prompt, std::move(request));
  if (show == Show::kProbabilities) return run_with_bars(model, prompt, std::move(request));
  return run_samples(model, prompt, request);
}

}  // namespace tokenwalk
