#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

namespace tokenwalk {

using Json = nlohmann::json;
using Arguments = std::vector<std::string>;

/// Sends lines as they are to `tokenwalk jsonl`; the replies in order. Fails the test unless the
/// program ends with code 0, says nothing on stderr, and answers each line with a JSON object that
/// has `ok`.
std::vector<Json> ask_lines(const std::vector<std::string>& lines, const Arguments& flags = {});

/// The same for requests.
std::vector<Json> ask_all(const std::vector<Json>& requests, const Arguments& flags = {});

/// The reply to a request; the test fails unless it is ok.
Json answer(const Json& request, const Arguments& flags = {});

/// The code of the error that answers this line, and a failure of the test unless it is a whole
/// error: ok false, code, message, found, expected and hint.
std::string error_code_of_line(const std::string& line, const Arguments& flags = {});

/// The same for a request.
std::string error_code(const Json& request, const Arguments& flags = {});

/// A reply's number where JSON may have none: "inf", "-inf", "nan".
double number(const Json& value);
std::vector<double> numbers(const Json& values);

/// Bytes out of hexadecimal digits, and back.
std::string from_hex(const std::string& digits);
std::string to_hex(const std::string& bytes);

/// Floats out of base64 of their little-endian bytes, and SHA-256 of bytes in hexadecimal digits.
std::vector<float> floats_of_base64(const std::string& text);
std::string sha256_of(const std::vector<float>& values);

}  // namespace tokenwalk
