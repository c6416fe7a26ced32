#include "tools/tokenwalk/sampling_request.h"

#include <algorithm>

#include "lib/base/error.h"

namespace tokenwalk {
namespace {

SamplingStep step_named(const std::string& name) {
  if (name == "temperature") return SamplingStep::kTemperature;
  if (name == "top_k") return SamplingStep::kTopK;
  if (name == "top_p") return SamplingStep::kTopP;
  if (name == "min_p") return SamplingStep::kMinP;
  throw Error(ErrorCode::kBadValue,
              {"unknown sampling step", name, "temperature, top_k, top_p or min_p",
               "other steps are not supported by this version"});
}

}  // namespace

std::vector<std::string_view> sampling_keys() {
  return {"temperature", "top_k", "top_p", "min_p", "order"};
}

SamplingOptions read_sampling(const Request& request) {
  SamplingOptions options;
  options.temperature = request.number("temperature", options.temperature);
  options.top_k = static_cast<int>(std::clamp<std::int64_t>(
      request.integer("top_k", 0, INT64_MIN, INT64_MAX), INT32_MIN, INT32_MAX));
  options.top_p = request.number("top_p", options.top_p);
  options.min_p = request.number("min_p", options.min_p);
  if (request.has("order")) {
    options.order.clear();
    for (const std::string& name : request.texts("order")) {
      const SamplingStep step = step_named(name);
      if (std::find(options.order.begin(), options.order.end(), step) != options.order.end()) {
        throw Error(ErrorCode::kBadValue,
                    {"a sampling step stands twice in order", name, "each step at most once", ""});
      }
      options.order.push_back(step);
    }
  }
  check_sampling_options(options);
  return options;
}

}  // namespace tokenwalk
