#include "tools/tokenwalk/sampling_request.h"

#include <algorithm>
#include <climits>

#include "lib/base/error.h"

namespace tokenwalk {
namespace {

PenaltyOptions read_penalties(const Request& request) {
  return {request.number("repetition_penalty", 1), request.number("frequency_penalty", 0),
          request.number("presence_penalty", 0),
          static_cast<int>(request.integer("penalty_last_n", -1, -1, INT32_MAX))};
}

// Keys are ids in decimal digits.
int read_bias_id(const std::string& text) {
  constexpr std::size_t kMostDigits = 9;
  const bool digits = text.find_first_not_of("0123456789") == std::string::npos;
  const bool canonical = text == "0" || (!text.empty() && text[0] != '0');
  if (digits && canonical && text.size() <= kMostDigits) return std::stoi(text);
  throw Error(ErrorCode::kBadValue, {"logit_bias names no token", "\"" + text + "\"",
                                     "ids as keys, such as {\"12\": -1.5}", ""});
}

std::map<int, double> read_logit_bias(const Request& request) {
  const Json& object = request.object("logit_bias");
  std::vector<std::string_view> keys;
  for (const auto& [key, value] : object.items()) keys.push_back(key);
  const Request biases(object, keys);
  std::map<int, double> result;
  for (const std::string_view key : keys) {
    result[read_bias_id(std::string(key))] = biases.number(key);
  }
  return result;
}

BiasOptions read_bias(const Request& request) {
  BiasOptions bias;
  if (request.has("logit_bias")) bias.logit_bias = read_logit_bias(request);
  const bool allows = request.has("allowed_ids") && !request.whole().at("allowed_ids").is_null();
  if (allows) bias.allowed = request.integers("allowed_ids");
  if (request.has("bad_ids")) bias.banned = request.integer_lists("bad_ids");
  bias.no_repeat_ngram = request.count("no_repeat_ngram", 0);
  bias.min_new_tokens = request.count("min_new_tokens", 0);
  return bias;
}

DryOptions read_dry(const Request& request) {
  DryOptions dry;
  if (!request.has("dry")) return dry;
  const Request given(request.object("dry"),
                      {"multiplier", "base", "allowed_length", "last_n", "breakers"});
  dry.multiplier = given.number("multiplier", dry.multiplier);
  dry.base = given.number("base", dry.base);
  dry.allowed_length = given.count("allowed_length", dry.allowed_length);
  dry.last_n = static_cast<int>(given.integer("last_n", dry.last_n, -1, INT32_MAX));
  if (given.has("breakers")) dry.breakers = given.integer_lists("breakers");
  return dry;
}

}  // namespace

std::vector<std::string_view> sampling_keys() {
  return {"temperature",
          "top_k",
          "top_p",
          "min_p",
          "typical_p",
          "top_n_sigma",
          "xtc_probability",
          "xtc_threshold",
          "repetition_penalty",
          "frequency_penalty",
          "presence_penalty",
          "penalty_last_n",
          "logit_bias",
          "allowed_ids",
          "bad_ids",
          "no_repeat_ngram",
          "min_new_tokens",
          "dry",
          "order"};
}

ChainOptions read_sampling(const Request& request) {
  ChainOptions options;
  SamplingOptions& basic = options.basic;
  basic.temperature = request.number("temperature", basic.temperature);
  basic.top_k = request.count("top_k", basic.top_k);
  basic.top_p = request.number("top_p", basic.top_p);
  basic.min_p = request.number("min_p", basic.min_p);
  options.typical_p = request.number("typical_p", options.typical_p);
  options.top_n_sigma = request.number("top_n_sigma", options.top_n_sigma);
  options.xtc_probability = request.number("xtc_probability", options.xtc_probability);
  options.xtc_threshold = request.number("xtc_threshold", options.xtc_threshold);
  options.penalties = read_penalties(request);
  options.bias = read_bias(request);
  options.dry = read_dry(request);
  if (request.has("order")) {
    options.order.clear();
    for (const std::string& name : request.texts("order"))
      options.order.push_back(step_named(name));
  }
  check_chain_options(options, INT_MAX);
  return options;
}

}  // namespace tokenwalk
