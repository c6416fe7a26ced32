// Document 000 of docs/sources.md, "Text Generation Semantics": whole texts in and out, and a cache
// that is handed from call to call. Its patterns on the bundled model, greedy, against the loop
// that recomputes everything.

#include <gtest/gtest.h>

#include "lib/base/error.h"
#include "lib/base/format.h"
#include "tests/documents/tiny_text.h"
#include "tests/program/runner.h"

namespace tokenwalk {
namespace {

// A session, and the document's way to call it: text with a session that holds nothing; with one
// that holds the text, only the last id counts and comes back in front of the new ids.
struct Document000 : testing::Test {
  const TinyText& tiny = TinyText::shared();
  std::vector<int> prompt = tiny.ids("Once upon a time");
  Session session{tiny.model()};

  std::vector<int> first(const std::vector<int>& ids, int n) {
    return generate_full(session, ids, greedy_options(n));
  }
  std::vector<int> more(int last, int n) {
    EXPECT_EQ(session.tokens().back(), last);
    return joined({last}, session.generate({}, greedy_options(n)).tokens);
  }
};

TEST_F(Document000, Pattern1GivesPromptAndNewIds) {
  const std::vector<int> generated = first(prompt, 10);
  EXPECT_EQ(generated, joined(prompt, naive_tokens(prompt, 10)));
  EXPECT_EQ(generated.size(), prompt.size() + 10);
}

TEST_F(Document000, TheCacheIsOneShortOfTheText) {
  first(prompt, 10);
  EXPECT_EQ(session.cached(), prompt.size() + 10 - 1) << "not P + N, as the document says";
  EXPECT_EQ(session.pending(), 1u);
}

TEST_F(Document000, Pattern2JoinsTurnsWithoutTheIdThatComesTwice) {
  const std::vector<int> one = first(prompt, 5);
  const std::vector<int> two = more(one.back(), 5);
  EXPECT_EQ(two.size(), 6u);
  const std::vector<int> whole = joined(prompt, naive_tokens(prompt, 10));
  EXPECT_EQ(joined(one, std::span(two).subspan(1)), whole) << "generated_ids_2[1:]";
  EXPECT_NE(joined(one, two), whole) << "mistake 1: the last id would be there twice";
  EXPECT_EQ(session.tokens(), whole) << "a session joins by itself";
}

TEST_F(Document000, TheCacheIsNotAsLongAsASecondCallsIds) {
  const std::vector<int> one = first(prompt, 5);
  const std::vector<int> two = more(one.back(), 5);
  EXPECT_EQ(session.cached(), prompt.size() + 9);
  EXPECT_NE(session.cached(), two.size()) << "len(generated_ids) leaves out the history";
}

TEST_F(Document000, Pattern3OneTokenACallGivesTheTextOfOneCall) {
  std::vector<int> all = first(prompt, 1);
  for (int i = 1; i < 20; ++i) all.push_back(more(all.back(), 1).back());
  EXPECT_EQ(all, joined(prompt, naive_tokens(prompt, 20)));
  EXPECT_EQ(session.cached(), all.size() - 1);
}

TEST_F(Document000, PrintingTokenByTokenNeedsAStream) {
  const std::vector<int> ids = tiny.ids("很久以前，罗莎");
  Utf8Stream characters;
  std::string streamed, one_by_one;
  for (const int id : ids) {
    streamed += characters.push(tiny.text({id}));
    one_by_one += to_text(tiny.text({id}));
  }
  EXPECT_EQ(streamed + characters.flush(), "很久以前，罗莎");
  // A character that takes several ids comes out broken when each is decoded alone.
  const std::vector<int> rare = tiny.ids("\xF0\x9F\xA6\x9C");
  ASSERT_GT(rare.size(), 1u);
  EXPECT_EQ(to_text(tiny.text({rare.front()})), "\uFFFD");
}

TEST_F(Document000, PassingTheWholeTextAgainCostsTheSame) {
  const std::vector<int> one = first(prompt, 5);
  const std::size_t only_last = session.fork().generate({}, greedy_options(5)).evaluated;
  Session again = session.fork();
  EXPECT_EQ(again.sync(one), 1u) << "the pending id alone; the rest is found in the cache";
  EXPECT_EQ(again.generate({}, greedy_options(5)).evaluated + 1, only_last);
  EXPECT_EQ(again.tokens(), joined(prompt, naive_tokens(prompt, 10)));
}

TEST_F(Document000, IdsThatAreNotThoseOfTheCacheAreFound) {
  first(prompt, 5);
  const std::vector<int> other = tiny.ids("Once upon a day there was");
  EXPECT_EQ(first(other, 5), joined(other, naive_tokens(other, 5)));
}

TEST_F(Document000, NewIdsAreReadAndNoneIsLost) {
  first(prompt, 5);
  const std::vector<int> before = session.tokens(), user = tiny.ids(" The dog said");
  const std::vector<int> reply = generate_new(session, user, greedy_options(5));
  EXPECT_EQ(reply, naive_tokens(joined(before, user), 5));
}

TEST_F(Document000, NoNewTokensFillTheCacheAndNoIdsAreAnError) {
  EXPECT_EQ(first(prompt, 0), prompt);
  EXPECT_EQ(session.cached(), prompt.size()) << "not None";
  Session empty(tiny.model());
  EXPECT_THROW(empty.generate({}, greedy_options(1)), Error);
}

TEST_F(Document000, TheOldStateStaysWhereAForkGoesOn) {
  first(prompt, 3);
  Session kept = session.fork();
  session.generate(tiny.ids(" The end."), greedy_options(5));
  kept.generate({}, greedy_options(5));
  EXPECT_EQ(kept.tokens(), joined(prompt, naive_tokens(prompt, 8)));
}

TEST_F(Document000, TheShapesOfTheCacheCanBePrinted) {
  const Outcome outcome = run_tokenwalk({"generate", "--prompt", "Once upon a time", "--greedy",
                                         "--max-new-tokens", "6", "--show-cache", "--no-check"});
  EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
  const ModelConfig& c = tiny.model().config;
  for (std::size_t layer = 0; layer < c.n_layers; ++layer) {
    const std::string line =
        format("layer %2zu   K and V (1, %zu, %zu, %zu)\n", layer, c.attention.n_kv_heads,
               prompt.size() + 5, c.attention.head_dim);
    EXPECT_NE(outcome.out.find(line), std::string::npos) << line << "not in\n" << outcome.out;
  }
}

}  // namespace
}  // namespace tokenwalk
