#pragma once

#include <vector>

#include "chapters/03_nucleus_sampling/nucleus.h"
#include "tests/program/jsonl_client.h"

namespace tokenwalk {

/// Logits as the protocol takes them: a masked id is "-inf".
Json json_of(const std::vector<float>& logits);

/// A request with all sampling keys of these options.
Json with_options(Json request, const SamplingOptions& options);

/// What `info` says of the bundled model, asked once; its context and its vocabulary.
const Json& info();
int context();
int vocab();

/// The reply of `logits` to these ids, with more keys.
Json logits_of(const Json& ids, Json more = Json::object());

/// n ids that are ordinary tokens of the bundled model.
Json some_ids(int n);

}  // namespace tokenwalk
