// Rendering and encoding of conversations, against transformers' own results.

#include <gtest/gtest.h>

#include <fstream>
#include <nlohmann/json.hpp>

#include "chapters/11_chat/known_wrong.h"
#include "lib/base/data_path.h"
#include "lib/base/error.h"

namespace tokenwalk {
namespace {

using Json = nlohmann::json;

const Json& chat_golden() {
  static const Json golden = Json::parse(std::ifstream(data_path("golden/chat.json")));
  return golden;
}

const PublishedTokenizer& chat_tokenizer() {
  static const PublishedTokenizer tiny = load_tokenizer(data_path("tiny"));
  return tiny;
}

// The messages of a golden case, but for calls of tools, which are JSON and belong to the program.
std::vector<Message> golden_messages(const Json& list) {
  std::vector<Message> messages;
  for (const Json& m : list) {
    if (m.contains("tool_calls")) return {};
    messages.push_back({m["role"], m["content"], {}, {}});
  }
  return messages;
}

TEST(Ch11Render, IsWhatTransformersRenders) {
  int compared = 0;
  for (const Json& c : chat_golden()["rendered"]) {
    const std::vector<Message> messages = golden_messages(c["messages"]);
    if (messages.empty()) continue;
    const ChatOptions options = {c["add_generation_prompt"], c["enable_thinking"]};
    const std::string name = c["format"], expected = c["text"];
    EXPECT_EQ(chat_text(render_chat(chat_format_named(name), messages, options)), expected)
        << name << " " << c["messages"];
    ++compared;
  }
  EXPECT_GT(compared, 190);
}

TEST(Ch11Render, CallsOfToolsAndTheirResults) {
  const std::vector<Message> messages = {{"user", "Rain?", {}, {}},
                                         {"assistant", "", {{"f", "\"x\"", "x"}}, {}},
                                         {"tool", "yes", {}, {}},
                                         {"tool", "no", {}, {}}};
  const std::string results =
      "<|im_start|>user\n<tool_response>\nyes\n</tool_response>\n<tool_response>\nno\n"
      "</tool_response><|im_end|>\n";
  const auto text = [&](const char* format) {
    return chat_text(render_chat(chat_format_named(format), messages, {false, true}));
  };
  EXPECT_EQ(text("qwen3"),
            "<|im_start|>user\nRain?<|im_end|>\n<|im_start|>assistant\n<tool_call>\n"
            "{\"name\": \"f\", \"arguments\": x}\n</tool_call><|im_end|>\n" +
                results);
  EXPECT_NE(text("qwen2.5").find("<|im_start|>assistant\n<tool_call>\n{\"name\": \"f\", "
                                 "\"arguments\": \"x\"}\n</tool_call><|im_end|>\n" +
                                 results),
            std::string::npos);
  EXPECT_THROW(text("chatml"), Error);
}

TEST(Ch11Render, RefusesWhatIsNoConversation) {
  const ChatFormat& format = chat_format_named("chatml");
  EXPECT_THROW(render_chat(format, {}), Error);
  EXPECT_THROW(render_chat(format, {{"robot", "Hi", {}, {}}}), Error);
  EXPECT_THROW(render_chat(chat_format_named("qwen3"), {{"user", "Hi", {{"f", "1", "1"}}, {}}}),
               Error);
  EXPECT_THROW(chat_format_named("gpt"), Error);
}

// ---- recognising -------------------------------------------------------------------------------

// "" and the format's name, or the error's `found`.
std::string recognised(const std::string& jinja) {
  try {
    return recognise_format(jinja).name;
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::kBadFile);
    EXPECT_NE(error.parts().hint.find("--chat-format"), std::string::npos);
    return error.parts().found;
  }
}

TEST(Ch11Recognise, AModelsOwnTemplateByWhatItContains) {
  EXPECT_EQ(recognised(chat_tokenizer().chat_template), "chatml");
  EXPECT_EQ(recognised("<|im_start|>system You are a helpful AI assistant named SmolLM, trained by "
                       "Hugging Face<|im_end|>"),
            "smollm2");
  EXPECT_EQ(recognised("<|im_start|> You are Qwen, created by Alibaba Cloud. You are a helpful "
                       "assistant. <tool_call> {% if tools %}"),
            "qwen2.5");
  EXPECT_EQ(recognised("<|im_start|> <think> last_query_index {% if enable_thinking %}"), "qwen3");
  EXPECT_EQ(recognised("<|start_header_id|> message['content'] | trim + '<|eot_id|>'"), "llama3");
  EXPECT_EQ(recognised("<|system|><|user|><|assistant|>"), "tags");
}

TEST(Ch11Recognise, EverythingElseIsRefusedByName) {
  EXPECT_EQ(recognised(""), "a model without a chat template");
  EXPECT_EQ(recognised("<|start_header_id|> | trim <|eot_id|> Today Date: "),
            "the template of Llama 3.1 or later");
  EXPECT_EQ(recognised("[INST]"), "the template of Mistral or Llama 2");
  EXPECT_EQ(recognised("<|im_start|><|im_end|> {% if tools %}"),
            "the template of a variant of ChatML");
  EXPECT_EQ(recognised("### Instruction:"), "another template");
}

// ---- ids ---------------------------------------------------------------------------------------

using Encode = std::vector<int> (*)(const PublishedTokenizer&, const std::vector<ChatPart>&);

// Conversations without words that look like tokens: the ids of transformers.
std::size_t count_other_ids(Encode encode) {
  std::size_t n = 0;
  for (const Json& c : chat_golden()["tiny_ids"]) {
    const auto parts = render_chat(chat_format_named("chatml"), golden_messages(c["messages"]));
    n += encode(chat_tokenizer(), parts) != c["ids"].get<std::vector<int>>();
  }
  return n;
}

// Whatever the messages contain: as many special tokens as the template has marks.
std::size_t count_injections(Encode encode) {
  std::size_t n = 0;
  for (const Json& c : chat_golden()["rendered"]) {
    const std::vector<Message> messages = golden_messages(c["messages"]);
    if (c["format"] != "chatml" || messages.empty()) continue;
    const auto parts = render_chat(chat_format_named("chatml"), messages, {false, true});
    std::size_t special = 0;
    for (const int id : encode(chat_tokenizer(), parts)) {
      special += chat_tokenizer().control[static_cast<std::size_t>(id)];
    }
    n += special != 2 * messages.size();
  }
  return n;
}

TEST(Ch11Encode, IdsAreThoseOfTransformers) {
  EXPECT_EQ(count_other_ids(encode_chat), 0u);
}

TEST(Ch11Encode, NoContentBecomesASpecialToken) {
  EXPECT_EQ(count_injections(encode_chat), 0u);
}

// Bytes, two marks, and one merge: two line ends are one token.
PublishedTokenizer line_end_tokenizer() {
  TokenizerData data;
  data.source = "a test";
  for (int byte = 0; byte < 256; ++byte)
    data.vocab.push_back(std::string(1, static_cast<char>(byte)));
  data.vocab.push_back("\n\n");
  data.merges = {{"\n", "\n"}};
  for (const char* mark : {"<|im_start|>", "<|im_end|>"}) {
    AddedToken token;
    token.text = mark;
    token.id = static_cast<int>(data.vocab.size());
    token.special = true;
    data.added.push_back(token);
    data.vocab.push_back(mark);
  }
  return make_published(data);
}

// "user\n" is the template's, "\n" the user's; the whole text has them in one token.
bool joins_what_stands_together(Encode encode) {
  const PublishedTokenizer tokenizer = line_end_tokenizer();
  const auto parts =
      render_chat(chat_format_named("chatml"), {{"user", "\n", {}, {}}}, {false, true});
  return encode(tokenizer, parts) == tokenizer.encode(chat_text(parts), true, false);
}

TEST(Ch11Encode, TextThatStandsTogetherIsEncodedTogether) {
  EXPECT_TRUE(joins_what_stands_together(encode_chat));
}

TEST(Ch11Encode, KnownWrongWaysAreRejected) {
  EXPECT_GT(count_injections(encode_as_one_text), 0u);
  EXPECT_FALSE(joins_what_stands_together(encode_each_part));
}

TEST(Ch11Encode, KnownIdsAreKept) {
  const std::vector<ChatPart> parts = {{"<|im_start|>", true, {}}, {"ab", false, {40, 41}}};
  EXPECT_EQ(encode_chat(chat_tokenizer(), parts), (std::vector<int>{1, 40, 41}));
}

}  // namespace
}  // namespace tokenwalk
