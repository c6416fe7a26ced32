#pragma once

#include <functional>
#include <string_view>
#include <vector>

#include "tools/tokenwalk/engine.h"
#include "tools/tokenwalk/json_request.h"

namespace tokenwalk {

/// One operation of the protocol: its name, the keys it takes besides op and id, what answers it.
struct JsonlOp {
  std::string_view name;
  std::vector<std::string_view> keys;
  std::function<Json(const Request& request, Engine& engine)> answer;
};

/// encode, decode, utf8, train_tokenizer.
std::vector<JsonlOp> tokenizer_ops();

/// softmax, distribution, sample, philox.
std::vector<JsonlOp> sampling_ops();

/// info, logits, generate.
std::vector<JsonlOp> model_ops();

/// stop.
std::vector<JsonlOp> text_ops();

/// score.
std::vector<JsonlOp> score_ops();

/// batch.
std::vector<JsonlOp> batch_ops();

/// chat.
std::vector<JsonlOp> chat_ops();

/// session. The sessions live as long as the operation.
std::vector<JsonlOp> session_ops();

}  // namespace tokenwalk
