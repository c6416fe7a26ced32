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

SampleRun run_with_cache(const Model& model, const std::vector<int>& prompt,
                         SampleRequest request) {
  const auto wanted = static_cast<std::size_t>(request.options.max_new_tokens);
  CacheLines lines(model, std::min(model.config.context, prompt.size() + wanted));
  lines.attach(request);
  std::string text;  // of the last sample
  request.show_control = false;
  request.on_piece = [&](const std::string& piece) { text += piece; };
  request.on_sample = [&, told = request.on_sample](int i) {
    text.clear();
    told(i);
  };
  SampleRun run = run_samples(model, prompt, request);
  if (request.tokenizer == nullptr) text = " " + shown(nullptr, run.samples.back().tokens);
  std::cout << lines.shapes() << shown(request.tokenizer, prompt) << text << std::endl;
  return run;
}

SampleRun run_with_bars(const Model& model, const std::vector<int>& prompt, SampleRequest request) {
  ProbabilityBars bars(request.tokenizer);
  bars.attach(request);
  SampleRun run = run_samples(model, prompt, request);
  std::cout << shown(request.tokenizer, prompt)
            << shown(request.tokenizer, run.samples.back().tokens) << std::endl;
  return run;
}

}  // namespace

SampleRun run_shown(const Model& model, const std::vector<int>& prompt, SampleRequest request,
                    Show show) {
  const InterruptFlag interrupt;
  request.options.on_token = [&](int) { return !interrupt.raised(); };
  if (show == Show::kText) return run_with_text(model, prompt, std::move(request));
  if (show == Show::kCache) return run_with_cache(model, prompt, std::move(request));
  if (show == Show::kProbabilities) return run_with_bars(model, prompt, std::move(request));
  return run_samples(model, prompt, request);
}

}  // namespace tokenwalk
