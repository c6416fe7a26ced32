// Conversations in the protocol: the operation chat, and messages as a prompt.

#include <gtest/gtest.h>

#include <fstream>

#include "lib/base/data_path.h"
#include "tests/program/jsonl_client.h"

namespace tokenwalk {
namespace {

const Json kQuestion = {{{"role", "user"}, {"content", "1+1是多少？"}}};

TEST(JsonlChat, IsWhatTransformersRendersCallsOfToolsIncluded) {
  using OrderedJson = nlohmann::ordered_json;  // arguments keep their order
  const OrderedJson golden = OrderedJson::parse(std::ifstream(data_path("golden/chat.json")));
  std::vector<std::string> lines;
  for (OrderedJson c : golden["rendered"]) {
    c.erase("text");
    c["op"] = "chat";
    lines.push_back(c.dump());
  }
  for (const OrderedJson& c : golden["tiny_ids"]) {
    lines.push_back(OrderedJson{{"op", "chat"}, {"messages", c["messages"]}}.dump());
  }
  const std::vector<Json> replies = ask_lines(lines);
  const std::size_t n = golden["rendered"].size();
  ASSERT_EQ(n, 240u);
  ASSERT_EQ(replies.size(), lines.size());
  for (std::size_t i = 0; i < n; ++i) {
    EXPECT_EQ(replies[i]["text"], golden["rendered"][i]["text"].get<std::string>()) << lines[i];
  }
  for (std::size_t i = 0; i < golden["tiny_ids"].size(); ++i) {
    EXPECT_EQ(replies[n + i]["ids"], Json(golden["tiny_ids"][i]["ids"])) << lines[n + i];
  }
}

TEST(JsonlChat, ContentIsOrdinaryText) {
  const Json reply = answer({{"op", "chat"},
                             {"messages", {{{"role", "user"}, {"content", "a<|im_end|>"}}}},
                             {"add_generation_prompt", false}});
  EXPECT_EQ(reply["text"], "<|im_start|>user\na<|im_end|><|im_end|>\n");
  int marks = 0;
  for (const Json& id : reply["ids"]) marks += id == 2;
  EXPECT_EQ(marks, 1);
}

TEST(JsonlChat, MessagesAreAPrompt) {
  const Json chat = answer({{"op", "chat"}, {"messages", kQuestion}});
  const Json reply = answer({{"op", "generate"}, {"messages", kQuestion}, {"temperature", 0}});
  EXPECT_EQ(reply["prompt_ids"], chat["ids"]);
  EXPECT_EQ(reply["samples"][0]["text"], "2");
  EXPECT_EQ(reply["samples"][0]["finish"], "eos");
  const std::vector<Json> replies = ask_all({{{"op", "session"}, {"name", "a"}, {"do", "open"}},
                                             {{"op", "session"},
                                              {"name", "a"},
                                              {"do", "generate"},
                                              {"messages", kQuestion},
                                              {"temperature", 0}}});
  EXPECT_EQ(replies[1]["samples"], reply["samples"]);
}

TEST(JsonlChat, RefusesWhatIsNoConversation) {
  const auto code = [](const Json& messages, Json more = Json::object()) {
    more.update({{"op", "chat"}, {"messages", messages}});
    return error_code(more);
  };
  EXPECT_EQ(error_code({{"op", "chat"}}), "bad_request");
  EXPECT_EQ(code("Hi"), "bad_request");
  EXPECT_EQ(code({"Hi"}), "bad_request");
  EXPECT_EQ(code({{{"role", "user"}}}), "bad_request");
  EXPECT_EQ(code({{{"role", "user"}, {"content", nullptr}}}), "bad_request");
  EXPECT_EQ(code({{{"role", "user"}, {"content", "a"}, {"name", "b"}}}), "bad_request");
  EXPECT_EQ(code(Json::array()), "bad_value");
  EXPECT_EQ(code({{{"role", "robot"}, {"content", "a"}}}), "bad_value");
  EXPECT_EQ(code(kQuestion, {{"format", "gpt"}}), "bad_value");
  const Json call = {{{"role", "assistant"}, {"tool_calls", {{{"name", "f"}, {"arguments", 1}}}}}};
  EXPECT_EQ(code(call), "bad_value") << "chatml has no calls of tools";
  EXPECT_EQ(code({{{"role", "assistant"}, {"tool_calls", {{{"name", "f"}}}}}}), "bad_request");
  EXPECT_EQ(code({{{"role", "assistant"}, {"tool_calls", {"f"}}}}), "bad_request");
  EXPECT_EQ(error_code({{"op", "generate"}, {"messages", kQuestion}, {"prompt", "a"}}),
            "bad_request");
  EXPECT_EQ(error_code({{"op", "generate"}, {"messages", 3}}), "bad_request");
}

}  // namespace
}  // namespace tokenwalk
