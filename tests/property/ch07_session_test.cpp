#include "chapters/07_sessions/session.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <functional>

#include "chapters/07_sessions/known_wrong.h"
#include "chapters/07_sessions/session_file.h"
#include "chapters/07_sessions/wrappers.h"
#include "lib/base/error.h"
#include "tests/support/dice.h"
#include "tests/support/machines.h"
#include "tests/support/random_cases.h"
#include "tests/support/runs.h"
#include "tests/support/tiny_random_model.h"

namespace tokenwalk {
namespace {

// A session and the text that it must hold.
struct Text {
  Session session;
  std::vector<int> ids;
};

// K and V of all layers, [n_layers, cached, 2, kv_size], as run_full orders them.
std::vector<float> kv_of(const Session& session) {
  std::vector<float> kv;
  for (std::size_t i = 0; i < session.model().config.n_layers; ++i) {
    append_kv(session.model(), session.cache().layer(i), session.cached(), kv);
  }
  return kv;
}

// What the invariants I1 to I3 say of a session, with all numbers from one full pass. "" if so.
std::string find_fault(const Text& text) {
  const Session& s = text.session;
  const ModelConfig& config = s.model().config;
  if (s.tokens() != text.ids) return "tokens() are not the text";
  if (s.cached() > text.ids.size()) return "more is cached than there is text";
  if (s.pending() > 1) return "more than one id is pending";
  if (s.logits().empty() != (s.pending() == 1 || text.ids.empty())) {
    return "logits must be there exactly if nothing is pending";
  }
  if (s.cached() == 0) return "";
  const RunResult full = run_full(s.model(), std::span(text.ids).first(s.cached()));
  const std::string kv =
      describe_difference("K and V", config.attention.kv_size(), full.kv, kv_of(s));
  if (!kv.empty() || s.logits().empty()) return kv;
  return describe_difference("logits", config.vocab, std::span(full.logits).last(config.vocab),
                             s.logits());
}

GenerateOptions draw_options(Dice& dice) {
  GenerateOptions options;
  options.max_new_tokens = static_cast<int>(dice.below(6));
  options.seed = dice.below(1000);
  options.sampling.temperature = dice.chance(0.3) ? 0 : 1;
  options.ignore_eos = true;
  return options;
}

// I2, I4, I6: the tokens of the naive loop over the whole text, P + N - 1 positions.
std::string generate(Text& text, Dice& dice) {
  const Model& model = text.session.model();
  const GenerateOptions options = draw_options(dice);
  const bool first = text.ids.empty();
  const std::vector<int> added = dice.ids(dice.between(first ? 1 : 0, 4), model.config.vocab);
  const std::size_t unfed = text.session.pending() + added.size();
  text.ids.insert(text.ids.end(), added.begin(), added.end());
  const Generated expected = generate_naive(model, text.ids, options);
  const Generated got = text.session.generate(added, options);
  if (got.tokens != expected.tokens) return "other tokens than generate_naive";
  if (got.finish != expected.finish) return "another finish";
  const std::size_t n = got.tokens.size();
  if (got.evaluated != unfed + (n > 0 ? n - 1 : 0)) {
    return "evaluated " + std::to_string(got.evaluated) + " positions for " +
           std::to_string(unfed) + " ids not cached and " + std::to_string(n) + " new ones";
  }
  text.ids.insert(text.ids.end(), got.tokens.begin(), got.tokens.end());
  return "";
}

std::string truncate(Text& text, Dice& dice) {
  const std::size_t n = dice.between(0, text.ids.size());
  const std::size_t before = text.session.cached();
  const std::size_t expected = n == text.ids.size() ? before : std::min(before, n == 0 ? 0 : n - 1);
  text.session.truncate(n);
  text.ids.resize(n);
  return text.session.cached() == expected ? "" : "truncate keeps another number of positions";
}

std::string sync(Text& text, Dice& dice) {
  std::vector<int> ids = text.ids;
  ids.resize(dice.between(0, ids.size()));
  for (const int id :
       dice.ids(dice.between(ids.empty() ? 1 : 0, 3), text.session.model().config.vocab)) {
    ids.push_back(id);
  }
  std::size_t common = 0;
  while (common < std::min(ids.size(), text.ids.size()) && ids[common] == text.ids[common])
    ++common;
  const std::size_t kept = std::min({text.session.cached(), common, ids.size() - 1});
  const std::size_t evaluated = text.session.sync(ids);
  text.ids = ids;
  if (text.session.pending() != 0) return "an id is pending after sync";
  return evaluated == ids.size() - kept ? "" : "sync evaluates another number of positions";
}

std::string act(Text& text, Dice& dice) {
  switch (dice.below(5)) {
    case 0:
      return truncate(text, dice);
    case 1:
      return sync(text, dice);
    case 2:
      return text.session.flush() <= 1 && text.session.pending() == 0 ? "" : "flush leaves an id";
    default:
      return generate(text, dice);
  }
}

// Random actions on a text and its forks; after each, every one of them is what it must be.
std::string find_fault(std::uint64_t seed, const KernelSet& kernels) {
  const Model model = TinyRandomModel(draw_spec(seed)).build(kernels);
  Dice dice(seed, 17);
  std::vector<Text> texts;
  texts.push_back({Session(model), {}});
  for (int step = 0; step < 12; ++step) {
    const std::size_t i = dice.below(texts.size());
    if (texts.size() < 3 && dice.chance(0.2)) {
      texts.push_back({texts[i].session.fork(), texts[i].ids});
    }
    std::string fault = act(texts[i], dice);
    for (const Text& text : texts) {
      if (fault.empty()) fault = find_fault(text);
    }
    if (!fault.empty()) return "step " + std::to_string(step) + ": " + fault;
  }
  return "";
}

TEST(Ch07Session, HoldsItsInvariantsWhateverIsDone) {
  for_each_machine([](const KernelSet& kernels, int threads) {
    for (const std::uint64_t seed : case_seeds(12)) {
      ASSERT_EQ(find_fault(seed, kernels), "")
          << machine_name(kernels, threads) << ", case seed " << seed;
    }
  });
}

// ---- one rule at a time ----------------------------------------------------------------------

class SessionTest : public testing::Test {
 protected:
  ThreadPool pool_{1};
  std::unique_ptr<KernelSet> kernels_ = reference_kernel_set(pool_);
  Model model_ = TinyRandomModel({.hidden = 24, .vocab = 60, .context = 30}).build(*kernels_);
  Session session_{model_};

  static GenerateOptions tokens(int n) { return greedy_options(n); }
};

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

// ---- the file --------------------------------------------------------------------------------

class Ch07SessionFile : public SessionTest {
 protected:
  void TearDown() override { std::filesystem::remove(path_); }

  std::filesystem::path path_ =
      std::filesystem::temp_directory_path() /
      ("tokenwalk_session_" + std::to_string(reinterpret_cast<std::uintptr_t>(this)));
};

TEST_F(Ch07SessionFile, GoesOnWithTheSameBits) {
  for (const int n : {0, 5}) {  // logits kept, or an id pending
    session_.generate(std::vector<int>{4, 5}, tokens(n));
    save_session(session_, path_);
    Session loaded = load_session(model_, path_);
    EXPECT_EQ(find_fault({loaded.fork(), session_.tokens()}), "");
    EXPECT_EQ(loaded.pending(), session_.pending());
    EXPECT_EQ(loaded.generate({}, tokens(4)).tokens,
              session_.fork().generate({}, tokens(4)).tokens);
  }
}

TEST_F(Ch07SessionFile, EveryCutAndEveryChangedByteIsRefused) {
  session_.generate(std::vector<int>{4, 5}, tokens(2));
  save_session(session_, path_);
  std::string bytes;
  {
    std::ifstream in(path_, std::ios::binary);
    bytes.assign(std::istreambuf_iterator<char>(in), {});
  }
  const auto refused = [&](const std::string& changed) {
    std::ofstream(path_, std::ios::binary) << changed;
    try {
      load_session(model_, path_);
    } catch (const Error& error) {
      return error.code() == ErrorCode::kBadFile;
    }
    return false;
  };
  for (std::size_t n = 0; n < bytes.size(); n += 1 + n / 50) {
    EXPECT_TRUE(refused(bytes.substr(0, n))) << "cut after " << n;
    std::string changed = bytes;
    changed[n] = static_cast<char>(changed[n] ^ 4);
    EXPECT_TRUE(refused(changed)) << "byte " << n << " changed";
  }
  EXPECT_TRUE(refused(bytes + "x"));
  EXPECT_FALSE(refused(bytes));
}

TEST_F(Ch07SessionFile, ASessionOfAnotherModelIsRefused) {
  session_.generate(std::vector<int>{4, 5}, tokens(2));
  save_session(session_, path_);
  const Model other =
      TinyRandomModel({.seed = 2, .hidden = 24, .vocab = 60, .context = 30}).build(*kernels_);
  EXPECT_THROW(load_session(other, path_), Error);
}

}  // namespace
}  // namespace tokenwalk
