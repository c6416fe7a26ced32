#include "tests/program/requests.h"

#include <cmath>

namespace tokenwalk {

Json json_of(const std::vector<float>& logits) {
  Json array = Json::array();
  for (const float logit : logits) {
    if (std::isfinite(logit)) {
      array.push_back(logit);
    } else {
      array.push_back("-inf");
    }
  }
  return array;
}

Json with_options(Json request, const SamplingOptions& options) {
  const char* const names[] = {"temperature", "top_k", "top_p", "min_p"};
  request["temperature"] = options.temperature;
  request["top_k"] = options.top_k;
  request["top_p"] = options.top_p;
  request["min_p"] = options.min_p;
  request["order"] = Json::array();
  for (const SamplingStep step : options.order) {
    request["order"].push_back(names[static_cast<int>(step)]);
  }
  return request;
}

const Json& info() {
  static const Json reply = answer({{"op", "info"}});
  return reply;
}

int context() {
  return info()["model"]["context"];
}

int vocab() {
  return info()["model"]["vocab"];
}

Json logits_of(const Json& ids, Json more) {
  more["op"] = "logits";
  more["ids"] = ids;
  return answer(more);
}

Json some_ids(int n) {
  Json ids = Json::array();
  for (int i = 0; i < n; ++i) ids.push_back(300 + (i * 37) % 1000);
  return ids;
}

}  // namespace tokenwalk
