#include "tools/tokenwalk/sampling_request.h"

#include <algorithm>
#include <iterator>
#include <optional>
#include <utility>

#include "lib/base/error.h"

namespace tokenwalk {
namespace {

// The steps of the protocol's order, and which of them this version takes.
constexpr std::pair<std::string_view, std::optional<SamplingStep>> kSteps[] = {
    {"penalties", {}},
    {"bias", {}},
    {"dry", {}},
    {"temperature", SamplingStep::kTemperature},
    {"top_k", SamplingStep::kTopK},
    {"typical_p", {}},
    {"top_p", SamplingStep::kTopP},
    {"min_p", SamplingStep::kMinP},
    {"top_n_sigma", {}},
    {"xtc", {}}};

// Keys of steps to come, with the value at which they do nothing.
const std::vector<std::pair<std::string_view, Json>>& later_keys() {
  static const std::vector<std::pair<std::string_view, Json>> keys = {
      {"typical_p", 1},           {"top_n_sigma", 0},       {"xtc_probability", 0},
      {"repetition_penalty", 1},  {"frequency_penalty", 0}, {"presence_penalty", 0},
      {"no_repeat_ngram", 0},     {"min_new_tokens", 0},    {"logit_bias", Json::object()},
      {"bad_ids", Json::array()},
  };
  return keys;
}

std::string step_names() {
  std::string names;
  for (const auto& [name, step] : kSteps) names += (names.empty() ? "" : ", ") + std::string(name);
  return names;
}

// The steps that this version takes, in the order of the request; the others do nothing yet.
std::vector<SamplingStep> read_order(const Request& request) {
  std::vector<SamplingStep> order;
  std::vector<std::string> seen;
  for (const std::string& name : request.texts("order")) {
    const auto step = std::find_if(std::begin(kSteps), std::end(kSteps),
                                   [&](const auto& known) { return known.first == name; });
    if (step == std::end(kSteps)) {
      throw Error(ErrorCode::kBadValue,
                  {"unknown sampling step", name, step_names(), "a step not named does not run"});
    }
    if (std::find(seen.begin(), seen.end(), name) != seen.end()) {
      throw Error(ErrorCode::kBadValue,
                  {"a sampling step stands twice in order", name, "each step at most once", ""});
    }
    seen.push_back(name);
    if (step->second) order.push_back(*step->second);
  }
  return order;
}

}  // namespace

std::vector<std::string_view> sampling_keys() {
  std::vector<std::string_view> keys = {"temperature",    "top_k",       "top_p",
                                        "min_p",          "order",       "xtc_threshold",
                                        "penalty_last_n", "allowed_ids", "dry"};
  for (const auto& [key, neutral] : later_keys()) keys.push_back(key);
  return keys;
}

SamplingOptions read_sampling(const Request& request) {
  SamplingOptions options;
  options.temperature = request.number("temperature", options.temperature);
  options.top_k = request.count("top_k", options.top_k);
  options.top_p = request.number("top_p", options.top_p);
  options.min_p = request.number("min_p", options.min_p);
  if (request.has("order")) options.order = read_order(request);
  check_sampling_options(options);
  for (const auto& [key, neutral] : later_keys()) request.expect_neutral(key, neutral);
  request.number("xtc_threshold", 0);                    // without xtc_probability it does nothing
  request.integer("penalty_last_n", -1, -1, INT32_MAX);  // nor does this without penalties
  request.expect_neutral("allowed_ids", nullptr);
  if (request.has("dry") && request.object("dry").value("multiplier", Json(0)) != 0) {
    request.expect_neutral("dry", Json::object());
  }
  return options;
}

}  // namespace tokenwalk
