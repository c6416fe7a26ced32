// The operation session, with the bundled model; nothing here knows its numbers.

#include <gtest/gtest.h>

#include <filesystem>
#include <string>
#include <vector>

#include "tests/program/jsonl_client.h"

namespace tokenwalk {
namespace {

Json session(const std::string& name, const std::string& what, Json keys = Json::object()) {
  keys["op"] = "session";
  keys["name"] = name;
  keys["do"] = what;
  return keys;
}

void expect_state(const Json& reply, int tokens, int cached, int pending, int evaluated) {
  const Json expected = {tokens, cached, pending, evaluated};
  EXPECT_EQ(Json({reply["tokens"], reply["cached"], reply["pending"], reply["evaluated"]}),
            expected)
      << reply;
}

TEST(JsonlSession, CountsWhatItHoldsAndEvaluates) {
  const Json greedy = {{"temperature", 0}, {"ignore_eos", true}};
  const std::vector<Json> replies =
      ask_all({session("a", "open", {{"options", greedy}}),
               session("a", "generate", {{"ids", {3, 4, 5}}, {"max_new_tokens", 4}}),
               session("a", "generate", {{"ids", {6, 7}}, {"max_new_tokens", 0}}),
               session("a", "generate", {{"max_new_tokens", 2}}), session("a", "flush"),
               session("a", "truncate", {{"to", 5}}), session("a", "truncate", {{"to", 5}}),
               session("a", "sync", {{"ids", {3, 4, 9}}}), session("a", "close")});
  expect_state(replies[0], 0, 0, 0, 0);
  expect_state(replies[1], 7, 6, 1, 6);
  expect_state(replies[2], 9, 9, 0, 3);
  expect_state(replies[3], 11, 10, 1, 1);
  expect_state(replies[4], 11, 11, 0, 1);
  expect_state(replies[5], 5, 4, 1, 0);
  expect_state(replies[6], 5, 4, 1, 0);
  expect_state(replies[7], 3, 3, 0, 1);
  EXPECT_EQ(replies[1]["samples"][0]["ids"].size(), 4u);
  EXPECT_EQ(replies[2]["prompt_ids"], Json({6, 7}));
}

TEST(JsonlSession, GivesTheTextOfGenerate) {
  const Json keys = {{"prompt", "Once upon a time"}, {"max_new_tokens", 12}, {"seed", 3}};
  Json whole = keys;
  whole["op"] = "generate";
  const std::vector<Json> replies = ask_all(
      {whole, session("a", "open", {{"options", {{"seed", 3}}}}),
       session("a", "generate", {{"prompt", "Once upon a time"}, {"max_new_tokens", 5}}),
       session("a", "fork", {{"as", "b"}}), session("a", "generate", {{"max_new_tokens", 7}}),
       session("b", "generate", {{"max_new_tokens", 7}}), session("a", "info"),
       session("b", "info")});
  Json ids = replies[2]["samples"][0]["ids"];
  for (const Json& id : replies[4]["samples"][0]["ids"]) ids.push_back(id);
  EXPECT_EQ(ids, replies[0]["samples"][0]["ids"]);
  EXPECT_EQ(replies[5]["samples"], replies[4]["samples"]);
  EXPECT_EQ(replies[6], replies[7]);
  EXPECT_EQ(replies[6]["kv_sha256"].get<std::string>().size(), 64u);
}

TEST(JsonlSession, IsSavedAndLoaded) {
  const std::string path =
      (std::filesystem::temp_directory_path() / "tokenwalk_jsonl_session_test").string();
  const std::vector<Json> first = ask_all(
      {session("a", "open"), session("a", "generate", {{"ids", {3, 4}}}),
       session("a", "save", {{"path", path}}), session("a", "generate"), session("a", "info")});
  const std::vector<Json> second = ask_all(
      {session("z", "load", {{"path", path}}), session("z", "generate"), session("z", "info")});
  std::filesystem::remove(path);
  EXPECT_EQ(second[1]["samples"], first[3]["samples"]);
  EXPECT_EQ(second[2], first[4]);
}

TEST(JsonlSession, RefusesWhatCannotBe) {
  const auto code = [](const Json& request) {
    return ask_all({session("a", "open"), request})[1]["error"]["code"];
  };
  EXPECT_EQ(code(session("b", "info")), "bad_value");
  EXPECT_EQ(code(session("a", "open")), "bad_value");
  EXPECT_EQ(code(session("a", "dance")), "bad_value");
  EXPECT_EQ(code(session("a", "generate")), "bad_value") << "nothing to condition on";
  EXPECT_EQ(code(session("a", "generate", {{"ids", {3}}, {"num_samples", 2}})), "bad_value");
  EXPECT_EQ(code(session("a", "truncate", {{"to", 1}})), "bad_value");
  EXPECT_EQ(code(session("a", "truncate")), "bad_request");
  EXPECT_EQ(code(session("a", "load", {{"path", "/no/such/file"}})), "bad_value") << "a is open";
  EXPECT_EQ(code(session("b", "load", {{"path", "/no/such/file"}})), "bad_file");
  EXPECT_EQ(code(session("b", "open", {{"options", {{"nonsense", 1}}}})), "bad_request");
  EXPECT_EQ(code(session("a", "sync", {{"ids", std::vector<int>(2000, 3)}})), "capacity");
}

}  // namespace
}  // namespace tokenwalk
