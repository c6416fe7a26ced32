#include <gtest/gtest.h>

#include <functional>
#include <stdexcept>

#include "chapters/07_sessions/known_wrong.h"
#include "chapters/07_sessions/wrappers.h"
#include "lib/base/error.h"
#include "tests/property/ch07_text.h"
#include "tests/support/dice.h"

namespace tokenwalk {
namespace {

using Ch07SessionRules = SessionTest;

TEST_F(Ch07SessionRules, OnePendingIdAfterNewTokens) {
  session_.generate(std::vector<int>{1, 2, 3}, tokens(4));
  EXPECT_EQ(session_.tokens().size(), 7u);
  EXPECT_EQ(session_.cached(), 6u);
  EXPECT_EQ(session_.pending(), 1u);
  session_.generate({}, tokens(0));
  EXPECT_EQ(session_.pending(), 0u);
  EXPECT_EQ(session_.logits().size(), 60u);
}

TEST_F(Ch07SessionRules, ATextThatFillsTheContextGivesNothingNew) {
  const Generated result = session_.generate(Dice(3).ids(30, 60), tokens(5));
  EXPECT_TRUE(result.tokens.empty());
  EXPECT_EQ(result.finish, Finish::kContextFull);
  EXPECT_EQ(session_.cached(), 30u);
}

TEST_F(Ch07SessionRules, ErrorsLeaveItAsItWas) {
  EXPECT_THROW(session_.generate({}, tokens(1)), Error);
  session_.generate(std::vector<int>{1, 2, 3}, tokens(4));
  const std::vector<int> before = session_.tokens();
  EXPECT_THROW(session_.generate(Dice(3).ids(24, 60), tokens(1)), Error);  // 31 ids
  EXPECT_THROW(session_.generate(std::vector<int>{60}, tokens(1)), Error);
  EXPECT_THROW(session_.generate({}, tokens(-1)), Error);
  EXPECT_THROW(session_.truncate(8), Error);
  EXPECT_THROW(session_.sync({}), Error);
  EXPECT_THROW(session_.sync(Dice(3).ids(31, 60)), Error);
  EXPECT_EQ(session_.tokens(), before);
  EXPECT_EQ(session_.cached(), 6u);
}

TEST_F(Ch07SessionRules, ACallbackMayCancelOrThrow) {
  GenerateOptions options = tokens(9);
  options.on_token = [n = 0](int) mutable { return ++n < 3; };
  const Generated cancelled = session_.generate(std::vector<int>{1, 2, 3}, options);
  EXPECT_EQ(cancelled.finish, Finish::kCallback);
  EXPECT_EQ(session_.tokens().size(), 6u);
  options.on_token = [](int) -> bool { throw std::runtime_error("enough"); };
  EXPECT_THROW(session_.generate({}, options), std::runtime_error);
  EXPECT_EQ(find_fault({session_.fork(), session_.tokens()}), "");
  EXPECT_EQ(session_.tokens().size(), 7u);
}

// ---- ways to go on, right and wrong ------------------------------------------------------------

using Continue = std::function<Generated(Session&, const GenerateOptions&)>;
using Sync = std::function<std::size_t(Session&, std::span<const int>)>;

// Whether going on for 4 tokens after a first 3 gives the text of 7 in one go.
std::string check_continue(const Continue& go_on, const Model& model) {
  Session whole(model), parts(model);
  const std::vector<int> prompt = {7, 8, 9};
  whole.generate(prompt, greedy_options(7));
  parts.generate(prompt, greedy_options(3));
  go_on(parts, greedy_options(4));
  return parts.tokens() == whole.tokens() ? "" : "another text than in one go";
}

// Whether the session holds the new text after sync, with the logits of a full pass.
std::string check_sync(const Sync& sync, const Model& model) {
  const std::vector<int> before = {7, 8, 9, 10};
  for (const std::vector<int>& ids :
       {std::vector<int>{7, 8, 9, 10, 11}, {7, 3, 9, 10, 11}, {7}, {7, 8, 9, 10}, {3}}) {
    Session session(model);
    session.generate(before, greedy_options(0));
    sync(session, ids);
    const std::string fault = find_fault({session.fork(), ids});
    if (!fault.empty()) return fault;
  }
  return "";
}

TEST_F(Ch07SessionRules, GoingOnAndSyncingGiveTheTextAskedFor) {
  EXPECT_EQ(check_continue([](Session& s, const auto& o) { return s.generate({}, o); }, model_),
            "");
  EXPECT_EQ(check_sync([](Session& s, auto ids) { return s.sync(ids); }, model_), "");
}

TEST_F(Ch07SessionRules, KnownWrongWaysToGoOnAreRejected) {
  EXPECT_NE(check_continue(continue_with_last_token, model_), "");
  EXPECT_NE(check_sync(sync_trusting, model_), "");
}

TEST_F(Ch07SessionRules, WholeTextInAndOut) {
  const std::vector<int> prompt = {7, 8, 9};
  const std::vector<int> once = generate_full(session_, prompt, greedy_options(7));
  EXPECT_EQ(once.size(), 10u);
  Session other(model_);
  const std::vector<int> half = generate_full(other, prompt, greedy_options(3));
  EXPECT_EQ(generate_full(other, half, greedy_options(4)), once);
  EXPECT_EQ(other.cached(), 9u);
  std::vector<int> changed = half;
  changed[1] = 20;
  Session fresh(model_);
  EXPECT_EQ(generate_full(other, changed, greedy_options(4)),
            generate_full(fresh, changed, greedy_options(4)));
}

TEST_F(Ch07SessionRules, NewIdsInAndOut) {
  const std::vector<int> first =
      generate_new(session_, std::vector<int>{7, 8, 9}, greedy_options(3));
  EXPECT_EQ(first.size(), 3u);
  EXPECT_EQ(generate_new(session_, {}, greedy_options(0)).size(), 0u);
  EXPECT_EQ(session_.cached(), 6u);
}

}  // namespace
}  // namespace tokenwalk
