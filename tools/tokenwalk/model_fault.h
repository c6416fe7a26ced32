#pragma once

#include "lib/base/error.h"

namespace tokenwalk {

/// Runs what has been checked before, so that a bad value can only be a logit that is no number:
/// the model's fault, Error(kBadFile).
template <typename Body>
auto blame_model(const Body& body) {
  try {
    return body();
  } catch (const Error& error) {
    if (error.code() != ErrorCode::kBadValue) throw;
    ErrorParts parts = error.parts();
    parts.hint = "the model's weights hold NaN or inf, or are too large";
    throw Error(ErrorCode::kBadFile, parts);
  }
}

}  // namespace tokenwalk
