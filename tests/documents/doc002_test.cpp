// Document 002 of docs/sources.md, the guide to metal-candle: the cache, ways to sample, streaming,
// troubleshooting.

#include <gtest/gtest.h>

#include <algorithm>

#include "chapters/06_cached_generate/known_wrong.h"
#include "lib/base/error.h"
#include "tests/documents/tiny_text.h"
#include "tests/program/runner.h"

namespace tokenwalk {
namespace {

struct Document002 : testing::Test {
  const TinyText& tiny = TinyText::shared();
  std::vector<int> prompt = tiny.ids("Once upon a time");

  // The logits after the prompt.
  std::vector<float> logits() const {
    KvCache cache(tiny.model());
    return prefill(tiny.model(), cache, prompt);
  }
  std::size_t kept(const SamplingOptions& options) const {
    return distribution(logits(), options).size();
  }
};

// ---- the cache -------------------------------------------------------------------------------

TEST_F(Document002, MemoryGoesByKvHeads) {
  ModelConfig qwen;  // Qwen2-0.5B
  qwen.n_layers = 24;
  qwen.attention = {.n_heads = 14, .n_kv_heads = 2, .head_dim = 64};
  const std::size_t as_printed = 24 * 2 * 1 * 14 * 2048 * 64 * 2;
  EXPECT_EQ(as_printed, 176'160'768u) << "176 MB or 168 MiB, not ~173 MB";
  const std::size_t in_f16 = kv_bytes_per_position(qwen, KvType::kF16) * 2048;
  EXPECT_EQ(in_f16, 24u << 20);
  EXPECT_EQ(as_printed / in_f16, 7u);
}

TEST_F(Document002, ClearAndCurrentPosition) {
  Session session(tiny.model());
  session.generate(prompt, greedy_options(0));
  EXPECT_EQ(session.cached(), prompt.size());
  session.truncate(0);
  EXPECT_EQ(session.cached(), 0u);
  EXPECT_EQ(generate_full(session, prompt, greedy_options(4)),
            joined(prompt, naive_tokens(prompt, 4)));
}

TEST_F(Document002, TheCacheSavesMoreThanTenTimesThePositionsAt512) {
  const std::size_t naive = 512 * prompt.size() + 512 * 511 / 2, cached = prompt.size() + 511;
  Session session(tiny.model());
  EXPECT_EQ(session.generate(prompt, greedy_options(512)).evaluated, cached);
  EXPECT_GT(naive, 10 * cached);
}

// The loop as printed: every step appends the whole text once more.
TEST_F(Document002, ItsOwnLoopFillsTheCacheWithCopies) {
  KvCache cache(tiny.model());
  const Generated wrong =
      generate_feeding_everything(tiny.model(), cache, prompt, greedy_options(10));
  EXPECT_EQ(cache.length(), 10 * prompt.size() + 10 * 9 / 2);
  // What would come next is not what the text says.
  const std::vector<int> text = joined(prompt, wrong.tokens);
  EXPECT_NE(prefill(tiny.model(), cache, {&text.back(), 1}),
            forward_full(tiny.model(), text, LogitRows::kLast).logits);
}

TEST_F(Document002, PastTheEndOfTheCacheIsAnErrorBeforeWork) {
  Session session(tiny.model());
  const std::vector<int> long_prompt(tiny.model().config.context + 1, 300);
  try {
    session.generate(long_prompt, greedy_options(1));
    FAIL() << "a prompt of 1,025 tokens for 1,024 positions";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::kCapacity);
    EXPECT_NE(std::string(error.what()).find("1025"), std::string::npos) << error.what();
    EXPECT_NE(std::string(error.what()).find("1024"), std::string::npos) << error.what();
  }
  EXPECT_EQ(session.cached(), 0u);
}

TEST_F(Document002, TheProgramNamesTheRemedy) {
  const Outcome tight = run_tokenwalk(
      {"generate", "--prompt-tokens", "1,2,3,4,5", "--context", "4", "--max-new-tokens", "1"});
  EXPECT_EQ(tight.exit_code, 1);
  for (const char* part : {"found:", "5", "expected:", "4", "hint:"}) {
    EXPECT_NE(tight.err.find(part), std::string::npos) << part << " is not in " << tight.err;
  }
  const Outcome full = run_tokenwalk({"generate", "--prompt-tokens", "1,2,3", "--context", "8",
                                      "--max-new-tokens", "100", "--ignore-eos"});
  EXPECT_EQ(full.exit_code, 0) << full.err;
  EXPECT_NE(full.err.find("finish context_full"), std::string::npos) << full.err;
}

// ---- sampling --------------------------------------------------------------------------------

TEST_F(Document002, EveryStrategyIsAnOption) {
  EXPECT_EQ(kept({.temperature = 0}), 1u);
  EXPECT_EQ(kept({}), tiny.model().config.vocab);
  for (const int k : {10, 50, 100}) EXPECT_EQ(kept({.top_k = k}), static_cast<std::size_t>(k));
  const std::size_t narrow = kept({.top_p = 0.8}), middle = kept({.top_p = 0.9});
  EXPECT_LE(narrow, middle);
  EXPECT_LE(middle, kept({.top_p = 0.95}));
}

TEST_F(Document002, StrategiesCanBeCombined) {
  // First the temperature, then the nucleus, as the document has it.
  Candidates by_hand = cut_nucleus(apply_temperature(make_candidates(logits()), 0.7), 0.9);
  const Candidates both = distribution(logits(), {.temperature = 0.7, .top_p = 0.9});
  ASSERT_EQ(both.size(), by_hand.size());
  for (std::size_t i = 0; i < both.size(); ++i) EXPECT_EQ(both[i].id, by_hand[i].id);
}

TEST_F(Document002, LowTemperaturesFocusHighOnesSpread) {
  const auto best = [&](double t) { return distribution(logits(), {.temperature = t})[0].prob; };
  EXPECT_GT(best(0.7), best(1));
  EXPECT_GT(best(1), best(1.5));
}

// ---- streaming and stopping ------------------------------------------------------------------

TEST_F(Document002, ACallbackHearsTheTextInPieces) {
  Session session(tiny.model());
  Utf8Stream characters;
  std::string heard;
  GenerateOptions options = drawn(40, 3);
  options.on_token = [&](int id) {
    heard += characters.push(tiny.tokenizer().decode_shown({id}));
    return true;
  };
  const std::vector<int> asked =
      tiny.ids("<|im_start|>user\n你好<|im_end|>\n<|im_start|>assistant\n");
  const Generated reply = session.generate(asked, options);
  EXPECT_EQ(heard + characters.flush(), to_text(tiny.tokenizer().decode_shown(reply.tokens)));
}

TEST_F(Document002, AConditionOfOnesOwnStopsAndLeavesTheSessionWhole) {
  Session session(tiny.model());
  std::string text;
  GenerateOptions options = greedy_options(60);
  options.on_token = [&](int id) {
    text += tiny.text({id});
    return text.find('.') == std::string::npos;
  };
  const Generated first = session.generate(prompt, options);
  EXPECT_EQ(first.finish, Finish::kCallback);
  EXPECT_EQ(text.find('.'), text.size() - 1);
  EXPECT_EQ(joined(first.tokens, session.generate({}, greedy_options(5)).tokens),
            naive_tokens(prompt, static_cast<int>(first.tokens.size()) + 5));
}

// "END" in the middle of a token, and in two.
TEST_F(Document002, TheTrapOfEndsWith) {
  for (const std::vector<std::string>& pieces :
       {std::vector<std::string>{"At the ", "END."}, {"At the E", "ND, she"}, {"At the ", "END"}}) {
    StopStrings stop({"END"});
    std::string text, let_through, before_the_end;
    bool ends_with = false;
    for (const std::string& piece : pieces) {
      before_the_end = let_through;
      let_through += stop.push(piece);
      text += piece;
      ends_with = ends_with || (text.size() >= 3 && text.compare(text.size() - 3, 3, "END") == 0);
    }
    EXPECT_EQ(let_through, "At the ");
    EXPECT_EQ(before_the_end, "At the ") << "an E that may begin it is held back";
    ASSERT_NE(stop.matched(), nullptr);
    EXPECT_EQ(ends_with, pieces.back() == "END") << "the document's condition misses the others";
  }
}

TEST_F(Document002, AStopStringEndsTheTextOnTheCommandLine) {
  const Outcome outcome = run_tokenwalk(
      {"generate", "--prompt", "Once upon a time", "--greedy", "--stop", "little", "--no-check"});
  EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
  EXPECT_EQ(outcome.out.find("little"), std::string::npos) << outcome.out;
  EXPECT_NE(outcome.err.find("finish stop_string"), std::string::npos) << outcome.err;
}

TEST_F(Document002, FourTextsAtOnce) {
  std::vector<BatchRequest> requests;
  for (const char* text : {"Once", "Rosa and Ben", "The little cat sat on", "很久以前"}) {
    requests.push_back({tiny.ids(text), greedy_options(10)});
  }
  const std::vector<Generated> results = generate_batch(tiny.model(), requests);
  for (std::size_t i = 0; i < requests.size(); ++i) {
    EXPECT_EQ(results[i].tokens, naive_tokens(requests[i].prompt, 10)) << "text " << i;
  }
}

TEST_F(Document002, TheEndOfAChatIsNotTheEndOfATextAlone) {
  const ModelConfig& config = tiny.model().config;
  for (const char* name : {"<|endoftext|>", "<|im_end|>"}) {
    const int id = tiny.ids(name).at(0);
    EXPECT_NE(std::find(config.eos_ids.begin(), config.eos_ids.end(), id), config.eos_ids.end())
        << name;
  }
}

}  // namespace
}  // namespace tokenwalk
