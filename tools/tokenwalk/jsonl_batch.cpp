#include "lib/base/error.h"
#include "tools/tokenwalk/batch_generation.h"
#include "tools/tokenwalk/generate_request.h"
#include "tools/tokenwalk/jsonl_ops.h"

namespace tokenwalk {
namespace {

PromptRequest read_prompt_request(const Json& object, Engine& engine) {
  const Request request(object, generate_keys());
  PromptRequest asked;
  asked.request = read_samples(request, engine);
  asked.prompt = read_prompt(request, engine);
  check_generate(engine.model().config, asked.prompt, asked.request.options);
  check_stream(asked.request);
  return asked;
}

// All of them, before any runs: an error names its request.
std::vector<PromptRequest> read_requests(const Json& list, Engine& engine) {
  std::vector<PromptRequest> requests;
  for (std::size_t i = 0; i < list.size(); ++i) {
    try {
      requests.push_back(read_prompt_request(list[i], engine));
    } catch (const Error& error) {
      ErrorParts parts = error.parts();
      parts.message = "request " + std::to_string(i) + " of the batch: " + parts.message;
      throw Error(error.code(), parts);
    }
  }
  return requests;
}

Json answer_batch(const Request& request, Engine& engine) {
  const std::vector<PromptRequest> requests = read_requests(request.objects("requests"), engine);
  const std::vector<SampleRun> runs = run_batch(engine.model(), requests);
  Json results = Json::array();
  for (std::size_t i = 0; i < runs.size(); ++i) {
    results.push_back(run_json(runs[i], requests[i].request, requests[i].prompt));
  }
  return {{"results", std::move(results)}};
}

}  // namespace

std::vector<JsonlOp> batch_ops() {
  return {{"batch", {"requests"}, answer_batch}};
}

}  // namespace tokenwalk
