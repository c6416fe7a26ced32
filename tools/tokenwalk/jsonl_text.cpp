#include "chapters/08_stopping_and_streaming/stop_strings.h"
#include "tools/tokenwalk/jsonl_ops.h"

namespace tokenwalk {
namespace {

Json answer_stop(const Request& request, Engine&) {
  StopStrings strings(request.texts("stop"));
  Json emitted = Json::array();
  std::string text;
  for (const std::string& piece : request.texts("pieces")) {
    emitted.push_back(strings.push(piece));
    text += emitted.back().get<std::string>();
  }
  text += strings.flush();
  const std::string* matched = strings.matched();
  return {{"emitted", std::move(emitted)},
          {"text", text},
          {"stopped", matched != nullptr},
          {"matched", matched == nullptr ? Json() : Json(*matched)}};
}

}  // namespace

std::vector<JsonlOp> text_ops() {
  return {{"stop", {"pieces", "stop"}, answer_stop}};
}

}  // namespace tokenwalk
