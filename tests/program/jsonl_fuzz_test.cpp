// Requests with something broken: the program answers every line with a JSON object and lives on.

#include <gtest/gtest.h>

#include <sstream>
#include <string>
#include <vector>

#include "tests/program/jsonl_client.h"
#include "tests/program/runner.h"
#include "tests/support/dice.h"

namespace tokenwalk {
namespace {

const std::vector<Json>& valid_requests() {
  static const std::vector<Json> requests = {
      {{"op", "info"}, {"id", 1}},
      {{"op", "encode"}, {"text", "Once upon a time, 1+1是多少？<|im_end|>"}, {"specials", true}},
      {{"op", "decode"}, {"ids", {5, 300, 1}}, {"skip_specials", true}, {"stream", true}},
      {{"op", "utf8"}, {"chunks_hex", {"61e6", "98af", "ff"}}},
      {{"op", "train_tokenizer"},
       {"text", "low lower lowest"},
       {"vocab_size", 270},
       {"specials", {"<|x|>"}},
       {"pattern", "gpt2"}},
      {{"op", "softmax"}, {"logits", {1, 2.5, "-inf"}}, {"temperature", 0.5}},
      {{"op", "distribution"},
       {"logits", {1, 2, 3}},
       {"top_k", 2},
       {"top_p", 0.9},
       {"min_p", 0.1},
       {"order", {"temperature", "top_k", "top_p", "min_p"}}},
      {{"op", "distribution"}, {"probs", {0.5, 0.3, 0.2}}, {"history", {0, 1}}},
      {{"op", "sample"}, {"logits", {1, 2, 3}}, {"u", 0.25}},
      {{"op", "sample"}, {"logits", {1, 2, 3}}, {"seed", 1}, {"stream", 2}, {"position", 3}},
      {{"op", "philox"}, {"counter", {1, 2, 3, 4}}, {"key", {5, 6}}},
      {{"op", "logits"},
       {"ids", {5, 300, 7}},
       {"chunks", {1, 2}},
       {"rows", "all"},
       {"cache", false}},
      {{"op", "generate"},
       {"prompt", "Once"},
       {"max_new_tokens", 3},
       {"seed", 1},
       {"stop_ids", {7}},
       {"ignore_eos", true},
       {"temperature", 0.7}},
      {{"op", "generate"},
       {"ids", {5, 300}},
       {"max_new_tokens", 2},
       {"cache", false},
       {"num_samples", 2},
       {"top_p", 0.5}},
      {{"op", "generate"},
       {"messages", {{{"role", "user"}, {"content", "1+1是多少？"}}}},
       {"max_new_tokens", 3},
       {"stop", {"2", "no"}}},
      {{"op", "stop"}, {"pieces", {"one E", "ND"}}, {"stop", {"END", "DE"}}},
      {{"op", "chat"},
       {"messages",
        {{{"role", "assistant"},
          {"content", "<think>a</think>b"},
          {"tool_calls", {{{"name", "f"}, {"arguments", {{"x", {1, 2.5, nullptr}}}}}}}}}},
       {"format", "qwen3"},
       {"enable_thinking", false},
       {"add_generation_prompt", true}},
  };
  return requests;
}

// Numbers at the ends of types, wrong types, deep and empty things.
Json odd_value(Dice& dice) {
  static const std::vector<Json> values = {nullptr,
                                           true,
                                           false,
                                           0,
                                           -1,
                                           1,
                                           2147483648,
                                           4294967296,
                                           INT64_MIN,
                                           18446744073709551615u,
                                           0.5,
                                           -0.0,
                                           1e308,
                                           -1e308,
                                           5e-324,
                                           1e-300,
                                           "",
                                           "inf",
                                           "-inf",
                                           "nan",
                                           "x",
                                           "\u0000",
                                           "temperature",
                                           std::string(5000, 'a'),
                                           Json::array(),
                                           Json::object(),
                                           {1, "a", nullptr},
                                           {{"op", "info"}},
                                           {{{}}},
                                           Json(std::vector<int>(300, 5)),
                                           {-1},
                                           {99999},
                                           {"-inf", "-inf"},
                                           {1e308, -1e308}};
  return values[dice.below(values.size())];
}

// One change somewhere in the tree.
Json change_tree(Dice& dice, Json request) {
  auto entry = request.begin();
  std::advance(entry, static_cast<std::ptrdiff_t>(dice.below(request.size())));
  switch (dice.below(5)) {
    case 0:
      request.erase(entry);
      break;
    case 1:
      entry.value() = odd_value(dice);
      break;
    case 2:
      request[entry.key() + "_"] = entry.value();
      break;
    case 3:
      request[valid_requests()[dice.below(valid_requests().size())].begin().key()] =
          odd_value(dice);
      break;
    default:
      if (entry.value().is_array() && !entry.value().empty()) {
        entry.value()[dice.below(entry.value().size())] = odd_value(dice);
      } else {
        request["op"] = valid_requests()[dice.below(valid_requests().size())]["op"];
      }
  }
  return request;
}

// A few changes of bytes; no line ends come in.
std::string change_bytes(Dice& dice, std::string line) {
  for (std::size_t n = dice.between(1, 3); n > 0 && !line.empty(); --n) {
    const std::size_t at = dice.below(line.size());
    char byte = static_cast<char>(dice.below(256));
    if (dice.chance(0.5)) byte = "{}[]\",:\\0123456789.eE-+ntfu "[dice.below(28)];
    if (byte == '\n') byte = ' ';
    switch (dice.below(5)) {
      case 0:
        line[at] = byte;
        break;
      case 1:
        line.insert(at, 1, byte);
        break;
      case 2:
        line.erase(at, dice.between(1, 10));
        break;
      case 3:
        line.resize(at);
        break;
      default:
        line.insert(at, line.substr(at, dice.below(20)));
    }
  }
  return line;
}

TEST(JsonlFuzz, EveryBrokenRequestGetsAnAnswer) {
  Dice dice(221);
  std::string input;
  std::vector<std::string> lines;
  for (int i = 0; i < 2000; ++i) {
    const Json& request = valid_requests()[dice.below(valid_requests().size())];
    std::string line = dice.chance(0.6) ? change_tree(dice, request).dump() : request.dump();
    if (dice.chance(0.5)) line = change_bytes(dice, line);
    input += line + "\n";
    if (line.find_first_not_of(" \t\r") != std::string::npos) lines.push_back(line);
  }
  const Outcome outcome = run_tokenwalk({"jsonl"}, input);
  EXPECT_TRUE(ended_by_itself(outcome)) << outcome.err;
  EXPECT_EQ(outcome.exit_code, 0);
  EXPECT_EQ(outcome.err, "");

  std::istringstream out(outcome.out);
  std::string text;
  std::size_t n_ok = 0;
  for (const std::string& line : lines) {
    ASSERT_TRUE(std::getline(out, text)) << "no answer to " << line;
    const Json reply = Json::parse(text, nullptr, false);
    ASSERT_TRUE(reply.is_object() && reply.contains("ok")) << line << "\n" << text;
    if (reply["ok"] == true) {
      ++n_ok;
      continue;
    }
    for (const char* key : {"code", "message", "found", "expected", "hint"}) {
      ASSERT_TRUE(reply["error"].contains(key)) << line << "\n" << text;
    }
    EXPECT_NE(reply["error"]["message"], "the request failed")
        << "an exception nobody foresaw: " << line << "\n"
        << text;
  }
  EXPECT_FALSE(std::getline(out, text)) << "more answers than lines: " << text;
  EXPECT_GT(n_ok, 100u) << "some changes leave a request valid";
}

}  // namespace
}  // namespace tokenwalk
