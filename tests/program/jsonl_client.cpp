#include "tests/program/jsonl_client.h"

#include <gtest/gtest.h>
#include <openssl/evp.h>

#include <cmath>
#include <cstring>
#include <limits>
#include <sstream>

#include "tests/program/runner.h"

namespace tokenwalk {
namespace {

void expect_whole_error(const Json& reply) {
  ASSERT_TRUE(reply.contains("error")) << reply;
  const Json& error = reply.at("error");
  for (const char* key : {"code", "message", "found", "expected", "hint"}) {
    ASSERT_TRUE(error.contains(key)) << key << " is missing in " << reply;
    EXPECT_TRUE(error.at(key).is_string()) << reply;
  }
  EXPECT_NE(error.at("message"), "") << reply;
  EXPECT_NE(error.at("found"), "") << reply;
  EXPECT_NE(error.at("expected"), "") << reply;
}

}  // namespace

std::vector<Json> ask_lines(const std::vector<std::string>& lines, const Arguments& flags) {
  std::string input;
  for (const std::string& line : lines) input += line + "\n";
  Arguments arguments = {"jsonl"};
  arguments.insert(arguments.end(), flags.begin(), flags.end());
  const Outcome outcome = run_tokenwalk(arguments, input);
  EXPECT_TRUE(ended_by_itself(outcome)) << outcome.err;
  EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
  EXPECT_EQ(outcome.err, "");

  std::vector<Json> replies;
  std::istringstream out(outcome.out);
  for (std::string line; std::getline(out, line);) {
    replies.push_back(Json::parse(line, nullptr, false));
    EXPECT_TRUE(replies.back().is_object()) << line;
    EXPECT_TRUE(replies.back().contains("ok")) << line;
  }
  return replies;
}

std::vector<Json> ask_all(const std::vector<Json>& requests, const Arguments& flags) {
  std::vector<std::string> lines;
  for (const Json& request : requests) lines.push_back(request.dump());
  std::vector<Json> replies = ask_lines(lines, flags);
  EXPECT_EQ(replies.size(), requests.size());
  replies.resize(requests.size());
  return replies;
}

Json answer(const Json& request, const Arguments& flags) {
  const Json reply = ask_all({request}, flags).at(0);
  EXPECT_EQ(reply.value("ok", false), true) << request << "\n" << reply;
  return reply;
}

std::string error_code_of_line(const std::string& line, const Arguments& flags) {
  const std::vector<Json> replies = ask_lines({line}, flags);
  if (replies.size() != 1 || replies[0].value("ok", true)) {
    ADD_FAILURE() << "one error expected: " << line.substr(0, 200) << "\n" << Json(replies);
    return "";
  }
  expect_whole_error(replies[0]);
  return replies[0]["error"]["code"];
}

std::string error_code(const Json& request, const Arguments& flags) {
  return error_code_of_line(request.dump(), flags);
}

double number(const Json& value) {
  if (value.is_number()) return value.get<double>();
  if (value == "inf") return std::numeric_limits<double>::infinity();
  if (value == "-inf") return -std::numeric_limits<double>::infinity();
  EXPECT_EQ(value, "nan");
  return std::nan("");
}

std::vector<double> numbers(const Json& values) {
  std::vector<double> result;
  for (const Json& value : values) result.push_back(number(value));
  return result;
}

std::string from_hex(const std::string& digits) {
  std::string bytes;
  for (std::size_t i = 0; i + 1 < digits.size(); i += 2) {
    bytes += static_cast<char>(std::stoi(digits.substr(i, 2), nullptr, 16));
  }
  return bytes;
}

std::string to_hex(const std::string& bytes) {
  std::string digits;
  for (const char byte : bytes) {
    digits += "0123456789abcdef"[(byte >> 4) & 15];
    digits += "0123456789abcdef"[byte & 15];
  }
  return digits;
}

std::vector<float> floats_of_base64(const std::string& text) {
  std::vector<unsigned char> bytes(text.size());
  const int size =
      EVP_DecodeBlock(bytes.data(), reinterpret_cast<const unsigned char*>(text.data()),
                      static_cast<int>(text.size()));
  std::vector<float> values(size < 0 ? 0 : static_cast<std::size_t>(size) / 4);  // padding is cut
  std::memcpy(values.data(), bytes.data(), values.size() * 4);
  return values;
}

std::string sha256_of(const std::vector<float>& values) {
  unsigned char digest[EVP_MAX_MD_SIZE];
  unsigned int size = 0;
  EVP_Digest(values.data(), values.size() * 4, digest, &size, EVP_sha256(), nullptr);
  return to_hex({reinterpret_cast<const char*>(digest), size});
}

}  // namespace tokenwalk
