// What holds for every request of the protocol, whatever the operation.

#include <gtest/gtest.h>

#include <sstream>
#include <string>
#include <vector>

#include "tests/program/jsonl_client.h"
#include "tests/program/runner.h"

namespace tokenwalk {
namespace {

const std::string kGood = R"({"op": "philox", "counter": [0, 0, 0, 0], "key": [0, 0]})";
const Json kWords = {0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8};

// ---- id --------------------------------------------------------------------------------------

TEST(JsonlProtocol, AnIdOfAnyTypeComesBack) {
  const std::vector<Json> ids = {nullptr,
                                 true,
                                 false,
                                 0,
                                 -1,
                                 7,
                                 9007199254740993,
                                 0.1,
                                 -2.5e-300,
                                 "",
                                 "text \u662f \u0001",
                                 Json::array(),
                                 {1, {2, {"x"}}},
                                 Json::object(),
                                 {{"a", {{"b", nullptr}}}},
                                 18446744073709551615u,
                                 INT64_MIN};
  std::vector<Json> requests;
  for (const Json& id : ids) requests.push_back({{"op", "info"}, {"id", id}});
  for (const Json& id : ids) requests.push_back({{"op", "no such op"}, {"id", id}});
  const std::vector<Json> replies = ask_all(requests);
  for (std::size_t i = 0; i < requests.size(); ++i) {
    ASSERT_TRUE(replies[i].contains("id")) << replies[i];
    EXPECT_EQ(replies[i]["id"], ids[i % ids.size()]);
    EXPECT_EQ(replies[i]["ok"], i < ids.size());
  }
}

// The lines of what the program answers, as it writes them.
std::vector<std::string> raw_replies(const std::vector<std::string>& lines) {
  std::string input;
  for (const std::string& line : lines) input += line + "\n";
  std::istringstream out(run_tokenwalk({"jsonl"}, input).out);
  std::vector<std::string> replies;
  for (std::string line; std::getline(out, line);) replies.push_back(line);
  return replies;
}

TEST(JsonlProtocol, AnIdComesBackLetterByLetter) {
  for (const std::string id : {"123456789012345678901234567890", "1.50", "1E5", "-0",
                               "0.10000000000000000000001", "\"\\u0041\\/\"", "[1, {\"id\": 2}]",
                               "{ \"b\": 1, \"a\": \"}\" }", "\"a,\\\"b\"", "null"}) {
    const std::string start = "{\"id\":" + id + ",\"ok\":";
    const auto replies = raw_replies(
        {R"({"op": "philox", "counter": [0, 0, 0, 0], "key": [0, 0], "id": )" + id + " }",
         "{\"id\" : " + id + R"(, "op": "no such op"})",
         R"({"op": "softmax", "logits": [1e400], "\u0069d":)" + id + "}",
         R"({"op": {"id": 5}, "x": [{"id": 6}], "id": 7, "id":)" + id + "}"});
    ASSERT_EQ(replies.size(), 4u);
    for (const std::string& reply : replies) EXPECT_EQ(reply.substr(0, start.size()), start);
  }
}

TEST(JsonlProtocol, AnIdThatIsNotJsonDoesNotComeBack) {
  for (const char* line :
       {R"({"op": "info", "x": 1e400, "id": garbage})", R"({"id": 5 5, "op": 1e400})", R"({"id": )",
        R"([{"id": 5}])", R"(["id": 5])", R"("id": 5)"}) {
    const auto replies = ask_lines({line});
    ASSERT_EQ(replies.size(), 1u);
    EXPECT_FALSE(replies[0].contains("id")) << replies[0];
    EXPECT_EQ(replies[0]["ok"], false);
  }
}

TEST(JsonlProtocol, WithoutAnIdThereIsNone) {
  EXPECT_FALSE(answer({{"op", "info"}}).contains("id"));
}

// ---- lines -----------------------------------------------------------------------------------

TEST(JsonlProtocol, RepliesComeInTheOrderOfTheRequests) {
  std::vector<Json> requests;
  for (int i = 0; i < 200; ++i) {
    requests.push_back({{"op", i % 3 == 0   ? "info"
                               : i % 3 == 1 ? "encode"
                                            : "nothing"},
                        {"id", i}});
    if (i % 3 == 1) requests.back()["text"] = std::string(static_cast<std::size_t>(i) * 50, 'a');
  }
  const std::vector<Json> replies = ask_all(requests);
  for (int i = 0; i < 200; ++i) {
    EXPECT_EQ(replies[static_cast<std::size_t>(i)].value("id", -1), i);
  }
}

TEST(JsonlProtocol, BlankLinesAreSkipped) {
  const auto replies =
      ask_lines({"", "  ", "\t", kGood, "\r", "", kGood + "\r", " " + kGood + " "});
  ASSERT_EQ(replies.size(), 3u);
  for (const Json& reply : replies) EXPECT_EQ(reply.value("words", Json()), kWords);
}

TEST(JsonlProtocol, NothingInNothingOut) {
  EXPECT_TRUE(ask_lines({}).empty());
  const Outcome empty = run_tokenwalk({"jsonl"}, "");
  EXPECT_EQ(empty.exit_code, 0);
  EXPECT_EQ(empty.out, "");
}

TEST(JsonlProtocol, TheLastLineNeedsNoEnd) {
  const Outcome outcome = run_tokenwalk({"jsonl"}, kGood);
  EXPECT_EQ(outcome.exit_code, 0);
  EXPECT_EQ(Json::parse(outcome.out)["words"], kWords);
}

TEST(JsonlProtocol, EachReplyIsFlushedAtOnce) {
  RunningProgram program({"jsonl"});
  for (int i = 0; i < 3; ++i) {
    program.say(kGood);
    EXPECT_EQ(Json::parse(program.hear(), nullptr, false).value("words", Json()), kWords)
        << "before the input ends";
  }
  program.say("not JSON");
  EXPECT_NE(program.hear(), "");
  EXPECT_EQ(program.finish(), 0);
}

// ---- bad requests ----------------------------------------------------------------------------

TEST(JsonlProtocol, UnknownKeys) {
  for (const char* op : {"info", "encode", "decode", "utf8", "train_tokenizer", "softmax",
                         "distribution", "sample", "philox", "logits", "generate"}) {
    const Json reply = ask_all({{{"op", op}, {"no_such_key", 1}}}).at(0);
    EXPECT_EQ(reply.value("ok", true), false) << op;
    EXPECT_EQ(reply["error"]["code"], "bad_request") << op;
    EXPECT_NE(reply["error"]["found"].get<std::string>().find("no_such_key"), std::string::npos);
  }
  EXPECT_EQ(error_code(Json{{"op", "info"}, {"ID", 1}}), "bad_request");
}

TEST(JsonlProtocol, TheNearestNameIsHinted) {
  const auto hint = [](const Json& request) {
    return ask_all({request}).at(0)["error"]["hint"].get<std::string>();
  };
  EXPECT_EQ(hint({{"op", "genrate"}}), "the nearest is generate");
  EXPECT_EQ(hint({{"op", "generate"}, {"prompt", "a"}, {"topp", 1}}), "the nearest is top_p");
}

TEST(JsonlProtocol, MissingKeys) {
  for (const char* op : {"encode", "decode", "utf8", "train_tokenizer", "softmax", "distribution",
                         "sample", "philox", "logits", "generate"}) {
    EXPECT_EQ(error_code(Json{{"op", op}}), "bad_request") << op;
  }
}

TEST(JsonlProtocol, ABadLineDoesNotStopTheNext) {
  const std::string long_garbage(100000, '\xFE');
  const auto replies = ask_lines({kGood, "garbage", kGood, long_garbage, kGood, "[[[[", kGood,
                                  "{\"op\":\"generate\"}", kGood});
  ASSERT_EQ(replies.size(), 9u);
  for (std::size_t i = 0; i < 9; ++i) {
    EXPECT_EQ(replies[i].value("ok", false), i % 2 == 0) << replies[i];
    if (i % 2 == 0) {
      EXPECT_EQ(replies[i].value("words", Json()), kWords);
    }
  }
}

TEST(JsonlProtocol, AnErrorStaysShortWhateverTheRequest) {
  const std::string megabyte(1000000, 'x');
  const std::vector<std::string> lines = {
      megabyte,
      "{\"op\": \"" + megabyte + "\"}",
      "{\"op\": \"encode\", \"text\": \"" + megabyte,
      "{\"op\": \"info\", \"" + megabyte + "\": 1}",
      "{\"op\": \"utf8\", \"chunks_hex\": [\"" + megabyte + "\"]}",
      "{\"op\": \"train_tokenizer\", \"vocab_size\": 300, \"path\": \"" + megabyte + "\"}"};
  for (const std::string& line : lines) {
    const Json reply = ask_lines({line}).at(0);
    EXPECT_EQ(reply.value("ok", true), false);
    EXPECT_LT(reply.dump().size(), 10000u) << line.substr(0, 60);
  }
}

// ---- long lines ------------------------------------------------------------------------------

TEST(JsonlProtocol, AMegabyteIsServed) {
  std::string text;
  while (text.size() < 1000000) text += "Once upon a time, \u662f ";
  const Json reply = answer({{"op", "encode"}, {"text", text}});
  const Json back = answer({{"op", "decode"}, {"ids", reply["ids"]}});
  EXPECT_EQ(back["text"], text);
}

TEST(JsonlProtocol, MoreThan64MebibytesAreRefusedAndTheNextLineIsServed) {
  const std::size_t limit = std::size_t{64} << 20;
  const std::string blanks(limit - kGood.size(), ' ');
  const auto replies = ask_lines({kGood + blanks, kGood + blanks + " ", kGood});
  ASSERT_EQ(replies.size(), 3u);
  EXPECT_EQ(replies[0].value("words", Json()), kWords) << "exactly 64 MiB";
  EXPECT_EQ(replies[1].value("ok", true), false);
  EXPECT_EQ(replies[2].value("words", Json()), kWords);
}

// ---- what replies depend on ------------------------------------------------------------------

TEST(JsonlProtocol, RepliesDependOnTheRequestAlone) {
  const std::vector<Json> requests = {
      {{"op", "generate"}, {"prompt", "Once"}, {"max_new_tokens", 6}, {"seed", 3}},
      {{"op", "logits"}, {"ids", {10, 20, 30}}, {"rows", "all"}},
      {{"op", "sample"}, {"logits", {1, 2, 3}}, {"seed", 5}, {"position", 7}},
      {{"op", "encode"}, {"text", "Once upon a time"}},
      {{"op", "score"}, {"text", "Once upon a time"}, {"top", 2}},
      {{"op", "batch"}, {"requests", {{{"prompt", "Once"}, {"max_new_tokens", 6}}}}}};
  std::vector<Json> twice = requests;
  twice.insert(twice.end(), requests.rbegin(), requests.rend());
  const auto first = ask_all(twice, {"--threads", "1"});
  const auto second = ask_all(requests, {"--threads", "3"});
  for (std::size_t i = 0; i < requests.size(); ++i) {
    EXPECT_EQ(first[i], first[2 * requests.size() - 1 - i]) << "asked later in the same run";
    EXPECT_EQ(first[i], second[i]) << "with other threads";
  }
}

TEST(JsonlProtocol, WithoutAModelTheOpsThatNeedNoneWork) {
  const Environment nowhere = {{"TOKENWALK_DATA", "/no/such/folder"}};
  const std::string model = R"({"op": "generate", "prompt": "Once"})";
  const std::string logits = R"({"op": "logits", "ids": [1]})";
  const Outcome outcome =
      run_tokenwalk({"jsonl"}, kGood + "\n" + model + "\n" + logits + "\n" + kGood + "\n", nowhere);
  EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
  std::vector<Json> replies;
  for (std::size_t at = 0; at < outcome.out.size(); at = outcome.out.find('\n', at) + 1) {
    replies.push_back(Json::parse(outcome.out.substr(at, outcome.out.find('\n', at) - at)));
  }
  ASSERT_EQ(replies.size(), 4u);
  EXPECT_EQ(replies[0].value("words", Json()), kWords);
  EXPECT_EQ(replies[1]["error"]["code"], "no_model");
  EXPECT_EQ(replies[2]["error"]["code"], "no_model");
  EXPECT_EQ(replies[3].value("words", Json()), kWords);
}

}  // namespace
}  // namespace tokenwalk
