#include <cmath>

#include "chapters/02_softmax_temperature/softmax.h"
#include "chapters/12_more_samplers/chain.h"
#include "lib/base/error.h"
#include "lib/base/format.h"
#include "lib/base/math.h"
#include "lib/base/rng.h"
#include "tools/tokenwalk/jsonl_ops.h"
#include "tools/tokenwalk/sampling_request.h"

namespace tokenwalk {
namespace {

std::vector<float> to_floats(const std::vector<double>& values) {
  return {values.begin(), values.end()};
}

// Probabilities count as logits ln p.
float logit_of(double prob) {
  if (!(prob >= 0) || std::isinf(prob)) {
    throw Error(ErrorCode::kBadValue, {"bad probability", format_number(prob),
                                       "a number of at least 0", "a token that cannot come has 0"});
  }
  return static_cast<float>(math::log(prob));
}

std::vector<float> read_logits(const Request& request) {
  if (request.has("logits") == request.has("probs")) {
    throw Error(ErrorCode::kBadRequest,
                {"the distribution is not clear",
                 request.has("logits") ? "both logits and probs" : "neither logits nor probs",
                 "one of the keys \"logits\" and \"probs\"", "probs count as the logits ln p"});
  }
  std::vector<float> logits;
  if (request.has("logits")) {
    logits = to_floats(request.numbers("logits"));
  } else {
    for (const double prob : request.numbers("probs")) logits.push_back(logit_of(prob));
  }
  check_logits(logits);
  return logits;
}

std::vector<int> read_history(const Request& request) {
  return request.has("history") ? request.integers("history") : std::vector<int>();
}

Json answer_softmax(const Request& request, Engine&) {
  const std::vector<float> logits = to_floats(request.numbers("logits"));
  const double temperature = request.number("temperature", 1);
  return {{"probs", to_json(softmax(logits, temperature))},
          {"log_probs", to_json(log_softmax(logits, temperature))}};
}

// The random numbers of the token to be sampled; its position is the text's length unless given.
Chance read_chance(const Request& request, std::size_t n_history) {
  const auto stream = static_cast<std::uint32_t>(request.integer("stream", 0, 0, UINT32_MAX));
  const std::int64_t position =
      request.integer("position", static_cast<std::int64_t>(n_history), 0, INT64_MAX);
  return chance_at(request.seed("seed", 0), stream, static_cast<std::uint64_t>(position));
}

Json answer_distribution(const Request& request, Engine&) {
  const std::vector<float> logits = read_logits(request);
  const std::vector<int> ids = read_history(request);
  const ChainOptions options = read_sampling(request);
  const History history{ids, 0, {}};
  const double coin = read_chance(request, ids.size()).coin;
  Json kept = Json::array();
  Json probs = Json::array();
  for (const Candidate& candidate : chain_distribution(logits, options, history, coin)) {
    kept.push_back(candidate.id);
    probs.push_back(candidate.prob);
  }
  return {{"kept", std::move(kept)},
          {"probs", std::move(probs)},
          {"logits", to_json(shape_logits(logits, options, history))}};
}

// u from the request, or drawn by seed and position.
Chance read_draw(const Request& request, std::size_t n_history) {
  if (request.has("u") == request.has("seed")) {
    throw Error(ErrorCode::kBadRequest,
                {"the random number is not clear",
                 request.has("u") ? "both u and seed" : "neither u nor seed",
                 "\"u\", or \"seed\" and \"position\"", "u is the number itself"});
  }
  Chance chance = read_chance(request, n_history);
  if (!request.has("u")) {
    request.integer("position", 0, INT64_MAX);  // must be there
    return chance;
  }
  chance.u = request.number("u");
  if (!(chance.u >= 0 && chance.u < 1)) {
    throw Error(ErrorCode::kBadValue,
                {"bad u", format_number(chance.u), "a number in [0, 1)", "1 itself is not drawn"});
  }
  return chance;
}

Json answer_sample(const Request& request, Engine&) {
  const std::vector<float> logits = read_logits(request);
  const std::vector<int> ids = read_history(request);
  const ChainOptions options = read_sampling(request);
  const Chance chance = read_draw(request, ids.size());
  return {{"token", chain_sample(logits, options, {ids, 0, {}}, chance)}, {"u", chance.u}};
}

Json answer_philox(const Request& request, Engine&) {
  const std::vector<std::uint32_t> counter = request.words("counter", 4);
  const std::vector<std::uint32_t> key = request.words("key", 2);
  return {
      {"words", philox4x32_10({counter[0], counter[1], counter[2], counter[3]}, {key[0], key[1]})}};
}

std::vector<std::string_view> with_sampling_keys(std::vector<std::string_view> keys) {
  for (const std::string_view key : sampling_keys()) keys.push_back(key);
  return keys;
}

}  // namespace

std::vector<JsonlOp> sampling_ops() {
  return {
      {"softmax", {"logits", "temperature"}, answer_softmax},
      {"distribution",
       with_sampling_keys({"logits", "probs", "history", "seed", "stream", "position"}),
       answer_distribution},
      {"sample",
       with_sampling_keys({"logits", "probs", "history", "u", "seed", "stream", "position"}),
       answer_sample},
      {"philox", {"counter", "key"}, answer_philox},
  };
}

}  // namespace tokenwalk
