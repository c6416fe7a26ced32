#include "lib/base/error.h"

#include <utility>

namespace tokenwalk {
namespace {

// One sentence a line, the empty ones left out.
std::string join(const ErrorParts& parts) {
  std::string text = parts.message;
  if (!parts.found.empty()) text += "\n  found:    " + parts.found;
  if (!parts.expected.empty()) text += "\n  expected: " + parts.expected;
  if (!parts.hint.empty()) text += "\n  hint:     " + parts.hint;
  return text;
}

}  // namespace

const char* error_code_name(ErrorCode code) {
  switch (code) {
    case ErrorCode::kBadValue:
      return "bad_value";
    case ErrorCode::kBadFile:
      return "bad_file";
    case ErrorCode::kBadRequest:
      return "bad_request";
    case ErrorCode::kBadJson:
      return "bad_json";
    case ErrorCode::kNoModel:
      return "no_model";
    case ErrorCode::kCapacity:
      return "capacity";
  }
  return "unknown";
}

Error::Error(ErrorCode code, ErrorParts parts)
    : std::runtime_error(join(parts)), code_(code), parts_(std::move(parts)) {}

}  // namespace tokenwalk
