// Turns of a conversation with the bundled model.

#include <gtest/gtest.h>

#include <stdexcept>

#include "chapters/04_transformer/reference_kernels.h"
#include "chapters/11_chat/known_wrong.h"
#include "lib/base/data_path.h"
#include "lib/base/error.h"

namespace tokenwalk {
namespace {

class Ch11Conversation : public testing::Test {
 protected:
  static GenerateOptions greedily(int n = 40) {
    GenerateOptions options;
    options.max_new_tokens = n;
    options.sampling.temperature = 0;
    return options;
  }

  Conversation begin(const char* format = "chatml") const {
    return Conversation(model_, tokenizer_, chat_format_named(format));
  }

  Answer ask(Conversation& conversation, const char* question) const {
    conversation.say("user", question);
    return conversation.answer(greedily());
  }

  // The answer of a session that has heard nothing before to the whole conversation.
  Answer alone(const std::vector<Message>& messages) const {
    Conversation other = begin();
    other.set_messages(messages);
    return other.answer(greedily());
  }

  ThreadPool pool_{1};
  std::unique_ptr<KernelSet> kernels_ = kernel_set_named("auto", pool_);
  Model model_ = load_model(data_path("tiny"), *kernels_);
  PublishedTokenizer tokenizer_ = load_tokenizer(data_path("tiny"));
};

TEST_F(Ch11Conversation, TheTinyModelKnowsOnePlusOne) {
  Conversation c = begin();
  const Answer answer = ask(c, "1+1是多少？");
  EXPECT_EQ(answer.text, "2");
  EXPECT_EQ(answer.generated.finish, Finish::kEos);
  EXPECT_EQ(c.messages().back().content, "2");
  EXPECT_EQ(c.messages().back().role, "assistant");
}

TEST_F(Ch11Conversation, EachTurnFeedsOnlyWhatIsNew) {
  Conversation c = begin();
  std::size_t fed = 0;
  for (const char* question :
       {"1+1是多少？", "天空是什么颜色？", "What is the capital of France?"}) {
    const std::size_t held = c.session().cached();
    c.say("user", question);
    const std::vector<Message> messages = c.messages();
    const Answer answer = c.answer(greedily());
    EXPECT_EQ(answer.fed, answer.tokens - held) << question;
    fed += answer.fed + answer.generated.evaluated;
    EXPECT_EQ(answer.text, alone(messages).text) << question;
  }
  EXPECT_EQ(fed, c.session().cached()) << "no position was evaluated twice";
}

// "cat" letter by letter, which no encoding gives: the next turn does not feed it again.
TEST_F(Ch11Conversation, AnAnswersIdsAreKeptAsTheyWereSampled) {
  std::vector<int> ids;
  for (const char* part : {"c", "a", "t", "<|im_end|>"}) {
    ids.push_back(tokenizer_.encode(part, true, false).at(0));
  }
  ASSERT_NE(tokenizer_.encode("cat", true, false).size(), 3u);
  GenerateOptions options = greedily();
  options.pick = [&, n = std::size_t{0}](auto, std::size_t) mutable { return ids[n++]; };
  Conversation c = begin();
  c.say("user", "What do you see?");
  EXPECT_EQ(c.answer(options).text, "cat");
  const std::size_t held = c.session().cached();
  const Answer next = ask(c, "1+1是多少？");
  EXPECT_EQ(next.fed, next.tokens - held);
}

TEST_F(Ch11Conversation, UndoAndRetryFeedWhatChanged) {
  Conversation c = begin();
  EXPECT_FALSE(c.undo());
  EXPECT_FALSE(c.drop_answer());
  const std::string first = ask(c, "1+1是多少？").text;
  ask(c, "天空是什么颜色？");
  EXPECT_TRUE(c.undo());
  EXPECT_EQ(c.messages().size(), 2u);
  const std::vector<Message> before = c.messages();
  const Answer other = ask(c, "What is the capital of France?");
  EXPECT_LT(other.fed, other.tokens - 10) << "the first turn is still cached";
  EXPECT_TRUE(c.drop_answer());
  EXPECT_EQ(c.messages().size(), 3u);
  const Answer again = c.answer(greedily());
  EXPECT_EQ(again.text, other.text);
  EXPECT_EQ(again.fed, 1u) << "the last token, for its logits";
  EXPECT_EQ(before[1].content, first);
}

TEST_F(Ch11Conversation, ACancelledAnswerStaysAndTheTalkGoesOn) {
  Conversation c = begin();
  GenerateOptions options = greedily();
  options.on_token = [n = 0](int) mutable { return ++n < 3; };
  c.say("user", "What is the capital of France?");
  const Answer cut = c.answer(options);
  EXPECT_EQ(cut.generated.finish, Finish::kCallback);
  EXPECT_EQ(c.messages().back().content, cut.text);
  c.say("user", "1+1是多少？");
  const std::vector<Message> messages = c.messages();
  const Answer next = c.answer(greedily());
  EXPECT_EQ(next.text, alone(messages).text);
  EXPECT_LT(next.fed, next.tokens - 10);
}

TEST_F(Ch11Conversation, WhatWasReadBeforeIsNotFedAgain) {
  Conversation c = begin(), at_once = begin();
  for (const char* question : {"1+1是多少？", "天空是什么颜色？"}) {
    c.say("user", question);
    const std::size_t read = c.read([] { return true; });
    const Answer answer = c.answer(greedily()), expected = ask(at_once, question);
    EXPECT_EQ(answer.text, expected.text);
    EXPECT_EQ(answer.fed, 1u);
    EXPECT_EQ(read + answer.fed, expected.fed);
  }
  EXPECT_EQ(c.session().tokens(), at_once.session().tokens());
}

TEST_F(Ch11Conversation, ReadingStopsBehindAChunk) {
  Conversation c = begin();
  std::string question;
  while (tokenizer_.encode(question, true, false).size() < kPrefillChunk + 100) question += "one ";
  c.say("user", question);
  EXPECT_EQ(c.read([] { return false; }), kPrefillChunk);
  EXPECT_EQ(c.session().cached(), kPrefillChunk);
  EXPECT_TRUE(c.undo());
  const Answer answer = ask(c, "1+1是多少？");
  EXPECT_EQ(answer.text, "2");
  EXPECT_LT(answer.fed, answer.tokens) << "the template's beginning was read";
}

// A model that writes on past the end of its turn, in words or in tokens.
TEST_F(Ch11Conversation, AnAnswerEndsWhereTheUsersTurnBegins) {
  const auto answer_to_script = [&](const char* format, const std::string& script) {
    const std::vector<int> ids = tokenizer_.encode(script, true, false);
    GenerateOptions options = greedily();
    options.max_new_tokens = static_cast<int>(ids.size());
    options.pick = [&, n = std::size_t{0}](auto, std::size_t) mutable { return ids[n++]; };
    Conversation c = begin(format);
    c.say("user", "1+1?");
    const Answer answer = c.answer(options);
    EXPECT_EQ(c.messages().back().content, answer.text);
    c.say("user", "And 2+2?");
    std::vector<Message> messages = c.messages();
    for (Message& message : messages) message.ids.clear();
    const Answer next = c.answer(greedily());
    EXPECT_EQ(next.tokens,
              encode_chat(tokenizer_, render_chat(chat_format_named(format), messages)).size());
    return answer.text + " " + finish_name(answer.generated.finish);
  };
  EXPECT_EQ(answer_to_script("tags", "2<|user|>And 3+3?"), "2 stop_string");
  EXPECT_EQ(answer_to_script("tags", "2<|use"), "2<|use length");
  EXPECT_EQ(answer_to_script("chatml", "2<|im_end|>\n"), "2 eos");
  EXPECT_EQ(answer_to_script("chatml", "2<|im_start|>user\nMore?"), "2 stop_string");
  EXPECT_EQ(answer_to_script("llama3", "2<|eot_id|>"), "2 stop_string");
  EXPECT_EQ(answer_to_script("qwen3", "<think>\nx\n</think>\n\n2<|im_end|>"),
            "<think>\nx\n</think>\n\n2 eos")
      << "whose thought is not told again";
}

TEST_F(Ch11Conversation, WhatDoesNotFitIsRefusedAndNothingChanges) {
  Conversation c = begin();
  ask(c, "1+1是多少？");
  std::string much;
  for (int i = 0; i < 600; ++i) much += "word 7 ";
  c.say("user", much);
  const std::size_t n = c.messages().size(), held = c.session().tokens().size();
  EXPECT_THROW(c.answer(greedily()), Error);
  EXPECT_EQ(c.messages().size(), n);
  EXPECT_EQ(c.session().tokens().size(), held);
  EXPECT_TRUE(c.undo());
  EXPECT_EQ(ask(c, "1+1是多少？").text, "2");
}

TEST_F(Ch11Conversation, KnownWrongTurnsWithoutATemplateAreRejected) {
  Session session(model_);
  const Generated bare = answer_without_template(session, tokenizer_, "1+1是多少？", greedily());
  EXPECT_NE(text_of(tokenizer_, text_ids(bare)), "2");
}

}  // namespace
}  // namespace tokenwalk
