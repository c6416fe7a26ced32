#pragma once

#include <stdexcept>
#include <string>

namespace tokenwalk {

/// What kind of mistake an Error reports. The names are those of the jsonl protocol.
enum class ErrorCode {
  kBadValue,    ///< a flag or request key has a value out of range
  kBadFile,     ///< a file is missing, cut, or not what it claims to be
  kBadRequest,  ///< an unknown operation, a missing or unknown key, a wrong type
  kBadJson,     ///< text that is not JSON
  kNoModel,     ///< the operation needs a model and there is none
  kCapacity,    ///< more tokens than the context holds
};

/// The protocol's name of a code, for example "bad_value".
const char* error_code_name(ErrorCode code);

/// The four sentences of an error message.
struct ErrorParts {
  std::string message;   ///< what is wrong, in one sentence without a full stop
  std::string found;     ///< what was there
  std::string expected;  ///< what should have been there
  std::string hint;      ///< what to do about it; may be empty
};

/// A mistake in what came from outside: a file, a flag, a request.
/// Caught once in main. A wrong call inside the program is a CHECK instead.
class Error : public std::runtime_error {
 public:
  Error(ErrorCode code, ErrorParts parts);

  ErrorCode code() const { return code_; }
  const ErrorParts& parts() const { return parts_; }

 private:
  ErrorCode code_;
  ErrorParts parts_;
};

}  // namespace tokenwalk
