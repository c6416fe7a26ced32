#include "lib/base/error.h"
#include "tools/tokenwalk/jsonl_ops.h"
#include "tools/tokenwalk/scoring.h"

namespace tokenwalk {
namespace {

// The ids of `text` or `ids`, of which a request has one.
std::vector<int> read_scored(const Request& request, Engine& engine) {
  const bool specials = request.flag("specials", true);
  if (request.has("text") == request.has("ids")) {
    throw Error(
        ErrorCode::kBadRequest,
        {"what to score is not clear", request.has("text") ? "both text and ids" : "neither",
         R"(one of the keys "text" and "ids")", "ids are the tokens of a text"});
  }
  if (request.has("ids")) return request.integers("ids");
  const PublishedTokenizer& tokenizer = engine.tokenizer();
  return tokenizer.encode(request.text("text"), specials, tokenizer.add_bos);
}

Json answer_score(const Request& request, Engine& engine) {
  ScoreOptions options;
  options.top = static_cast<std::size_t>(request.count("top", 0));
  options.window = static_cast<std::size_t>(request.count("window", 0));
  options.stride = static_cast<std::size_t>(request.count("stride", 0));
  std::vector<int> ids = read_scored(request, engine);
  return score_json(score_ids(engine.model(), std::move(ids), options, true), options.top);
}

}  // namespace

std::vector<JsonlOp> score_ops() {
  return {{"score", {"text", "ids", "top", "window", "stride", "specials"}, answer_score}};
}

}  // namespace tokenwalk
