// Document 001 of docs/sources.md, "KV Cache and generate() Semantics": new ids in, new ids out.
// Its patterns on the bundled model, greedy, against the loop that recomputes everything.

#include <gtest/gtest.h>

#include "chapters/06_cached_generate/known_wrong.h"
#include "tests/documents/tiny_text.h"
#include "tests/program/jsonl_client.h"

namespace tokenwalk {
namespace {

struct Document001 : testing::Test {
  const TinyText& tiny = TinyText::shared();
  std::vector<int> prompt = tiny.ids("Once upon a time");
  Session session{tiny.model()};

  std::vector<int> more(const std::vector<int>& ids, int n) {
    return generate_new(session, ids, greedy_options(n));
  }
};

TEST_F(Document001, Pattern1GivesTheNewIdsAlone) {
  const std::vector<int> ids = more(prompt, 10);
  EXPECT_EQ(ids, naive_tokens(prompt, 10));
  EXPECT_EQ(tiny.text(joined(prompt, ids)).substr(0, 16), "Once upon a time");
}

TEST_F(Document001, Pattern2GoesOnWithNothing) {
  const std::vector<int> first = more(prompt, 5);
  const std::vector<int> second = more({}, 5);
  EXPECT_EQ(joined(first, second), naive_tokens(prompt, 10));
  EXPECT_EQ(session.cached(), prompt.size() + 9) << "the document counts one more";
}

TEST_F(Document001, Pattern3ReadsWhatTheUserSays) {
  std::vector<int> conversation = tiny.ids("Rosa and Ben are friends.");
  const auto turn = [&](const std::vector<int>& ids, int n) {
    conversation = joined(conversation, ids);
    const std::vector<int> expected = naive_tokens(conversation, n);
    EXPECT_EQ(more(session.tokens().empty() ? conversation : ids, n), expected);
    conversation = joined(conversation, expected);
    EXPECT_EQ(session.tokens(), conversation) << "old + input + new";
  };
  turn({}, 8);
  turn(tiny.ids(" What did Ben see?"), 12);
  turn(tiny.ids(" And then?"), 6);
}

// The same as people mean it: roles, and each turn reads what is new and nothing else.
TEST_F(Document001, ConversationsHaveATemplate) {
  Conversation conversation(tiny.model(), tiny.tokenizer(),
                            recognise_format(tiny.tokenizer().chat_template));
  std::size_t held = 0;
  for (const char* question : {"Hello", "1+1是多少？", "What did Rosa see?"}) {
    conversation.say("user", question);
    const Answer answer = conversation.answer(greedy_to_the_end(40));
    EXPECT_EQ(answer.fed, answer.tokens - held) << question;
    held = conversation.session().cached();
    // All that was said is in the session, in order.
    const std::string text = tiny.text(conversation.session().tokens());
    EXPECT_NE(text.find(question), std::string::npos);
    EXPECT_NE(text.find(answer.text), std::string::npos);
  }
}

TEST_F(Document001, StreamingIsOneTokenACall) {
  std::vector<int> all = prompt;
  for (int i = 0; i < 30; ++i) all = joined(all, more(i == 0 ? prompt : std::vector<int>(), 1));
  EXPECT_EQ(all, joined(prompt, naive_tokens(prompt, 30)));
}

TEST_F(Document001, WordsAreInjectedWithNoNewToken) {
  const std::vector<int> first = more(prompt, 6), forced = tiny.ids(" However,");
  EXPECT_TRUE(more(forced, 0).empty());
  EXPECT_EQ(session.cached(), session.tokens().size()) << "nothing is pending, nothing is missing";
  const std::vector<int> text = joined(joined(prompt, first), forced);
  EXPECT_EQ(session.tokens(), text);
  EXPECT_EQ(more({}, 6), naive_tokens(text, 6));
}

TEST_F(Document001, FlushMakesTheCacheHoldEverything) {
  more(prompt, 6);
  EXPECT_EQ(session.cached() + 1, session.tokens().size());
  session.flush();
  EXPECT_EQ(session.cached(), session.tokens().size());
  EXPECT_EQ(more({}, 6), naive_tokens(joined(prompt, naive_tokens(prompt, 6)), 6));
}

TEST_F(Document001, ThreeSamplesShareThePrefill) {
  const Json request = {{"op", "generate"},
                        {"prompt", "Once upon a time"},
                        {"max_new_tokens", 20},
                        {"num_samples", 3},
                        {"ignore_eos", true}};
  const Json reply = answer(request);
  EXPECT_EQ(reply["evaluated"], prompt.size() + 3 * 19u);
  for (std::uint32_t stream = 0; stream < 3; ++stream) {
    GenerateOptions options = drawn(20, 0);
    options.stream = stream;
    options.ignore_eos = true;
    EXPECT_EQ(reply["samples"][stream]["ids"], generate_naive(tiny.model(), prompt, options).tokens)
        << "sample " << stream << " is what it is alone";
  }
  EXPECT_NE(reply["samples"][0], reply["samples"][1]);
}

TEST_F(Document001, OneByOneIsNotNeeded) {
  KvCache at_once(tiny.model()), one_by_one(tiny.model());
  EXPECT_EQ(prefill(tiny.model(), at_once, prompt), prefill(tiny.model(), one_by_one, prompt, 1));
}

// The loop as printed: right in length, wrong in contents.
TEST_F(Document001, ItsOwnLoopFeedsTheLastTokenTwice) {
  KvCache theirs(tiny.model()), ours(tiny.model());
  const GenerateOptions options = greedy_options(12);
  const Generated wrong = generate_feeding_last_twice(tiny.model(), theirs, prompt, options);
  const Generated right = decode(tiny.model(), ours, prefill(tiny.model(), ours, prompt), options);
  EXPECT_EQ(theirs.length(), prompt.size() + 12) << "as announced";
  EXPECT_EQ(ours.length(), prompt.size() + 11);
  // The contents tell: what would come next is right from ours alone.
  const auto next = [&](KvCache& cache, const Generated& text) {
    return prefill(tiny.model(), cache, {&text.tokens.back(), 1});
  };
  const auto truth = [&](const Generated& text) {
    return forward_full(tiny.model(), joined(prompt, text.tokens), LogitRows::kLast).logits;
  };
  EXPECT_EQ(next(ours, right), truth(right));
  EXPECT_NE(next(theirs, wrong), truth(wrong));
}

TEST_F(Document001, ATextMayEndBeforeItsLength) {
  const std::vector<int> asked =
      tiny.ids("<|im_start|>user\nHello<|im_end|>\n<|im_start|>assistant\n");
  const GenerateOptions options = greedy_to_the_end(200);
  const Generated answer = session.generate(asked, options);
  EXPECT_EQ(answer.finish, Finish::kEos);
  EXPECT_LT(answer.tokens.size(), 200u) << "not always max_new_tokens";
  // Its end, <|im_end|>, is part of the text, though it has not been fed yet.
  EXPECT_EQ(session.tokens().back(), answer.tokens.back());
}

TEST_F(Document001, PiecesEncodedAloneAreNotTheTextEncoded) {
  EXPECT_NE(joined(tiny.ids("Once upon a ti"), tiny.ids("me")), tiny.ids("Once upon a time"));
}

}  // namespace
}  // namespace tokenwalk
