// Document 004 of docs/sources.md, the guide to an implementation: its printed numbers, its command
// lines, its advice.

#include <gtest/gtest.h>

#include <cmath>
#include <numeric>

#include "lib/base/error.h"
#include "tests/documents/tiny_text.h"
#include "tests/program/jsonl_client.h"
#include "tests/program/runner.h"
#include "tests/support/told.h"

namespace tokenwalk {
namespace {

struct Document004 : testing::Test {
  const TinyText& tiny = TinyText::shared();
  std::vector<int> prompt = tiny.ids("Once upon a time");

  std::vector<float> logits() const {
    return forward_full(tiny.model(), prompt, LogitRows::kLast).logits;
  }
};

// Its combined settings: temperature 0.8, top-p 0.9, seed 42.
GenerateOptions warm(int n) {
  GenerateOptions options = drawn(n, 42);
  options.sampling.temperature = 0.8;
  options.sampling.top_p = 0.9;
  return options;
}

// What the program prints with --json for these flags.
Json written(Arguments flags) {
  const Arguments first = {"generate", "--json", "--no-check", "--device", "cpu"};
  flags.insert(flags.begin(), first.begin(), first.end());
  const Outcome outcome = run_tokenwalk(flags);
  EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
  return Json::parse(outcome.out, nullptr, false);
}

std::string tiny_path() {
  return data_path("tiny").string();
}

// ---- printed numbers -------------------------------------------------------------------------

TEST_F(Document004, TheRowsOfItsTemperatures) {
  const std::vector<float> logits = {1.0f, 2.0f, 3.0f, 0.5f};
  const auto expect_row = [&](double temperature, std::vector<double> expected, double allowed) {
    const std::vector<double> row = softmax(logits, temperature);
    for (std::size_t i = 0; i < expected.size(); ++i) {
      EXPECT_NEAR(row[i], expected[i], allowed) << "temperature " << temperature << ", id " << i;
    }
  };
  expect_row(1, {0.0854, 0.2321, 0.6308, 0.0518}, 5e-5);
  expect_row(2, {0.1627, 0.2683, 0.4423, 0.1267}, 5e-5);
  expect_row(0.1, {2.06e-09, 4.54e-05, 0.99995, 1.39e-11}, 5e-6);
  const std::vector<double> cold = softmax(logits, 0.1);
  EXPECT_GT(cold[2], 0.9995) << "printed there as 9.99e-01";
  EXPECT_NEAR(cold[0] / 2.06e-09, 1, 0.005);
  EXPECT_NEAR(cold[3] / 1.39e-11, 1, 0.005);
}

TEST_F(Document004, ItsNuclei) {
  // Also with every probability rounded to float, where the sums of the document waver.
  std::vector<float> logits;
  for (const double p : {0.5, 0.3, 0.15, 0.05}) logits.push_back(static_cast<float>(std::log(p)));
  const Candidates at_80 = distribution(logits, {.top_p = 0.8});
  ASSERT_EQ(at_80.size(), 2u);
  EXPECT_NEAR(at_80[0].prob, 0.625, 1e-6);
  EXPECT_NEAR(at_80[1].prob, 0.375, 1e-6);
  const Candidates at_50 = distribution(logits, {.top_p = 0.5});
  ASSERT_EQ(at_50.size(), 1u);
  EXPECT_EQ(at_50[0].prob, 1);
}

TEST_F(Document004, TheEndsOfItsRanges) {
  EXPECT_EQ(distribution(logits(), {.top_p = 0}).size(), 1u) << "its formula divides 0 by 0";
  EXPECT_EQ(distribution(logits(), {.top_p = 1}).size(), logits().size()) << "the tail stays";
  EXPECT_EQ(distribution(logits(), {.temperature = 0}).size(), 1u) << "its limit, not an error";
  EXPECT_THROW(distribution(logits(), {.temperature = -1}), Error);
}

TEST_F(Document004, ALowTemperatureIsNotDeterministic) {
  EXPECT_GT(distribution(logits(), {.temperature = 0.1}).size(), 1u);
}

// ---- its functions ---------------------------------------------------------------------------

TEST_F(Document004, GenerateTextGivesPromptAndNewIds) {
  const GenerateOptions options = warm(20);
  Session session(tiny.model());
  const std::vector<int> whole = generate_full(session, prompt, options);
  EXPECT_EQ(whole, joined(prompt, generate_naive(tiny.model(), prompt, options).tokens));
}

TEST_F(Document004, OnlyTheLastRowIsSampled) {
  const auto all = forward_full(tiny.model(), prompt, LogitRows::kAll);
  const std::vector<float> last(all.logits.end() - static_cast<std::ptrdiff_t>(logits().size()),
                                all.logits.end());
  EXPECT_EQ(last, logits());
  double sum = 0;
  for (const double p : softmax(last)) sum += p;
  EXPECT_NEAR(sum, 1, 1e-12) << "rows are logits; their softmax is the distribution";
}

TEST_F(Document004, TheSameSeedGivesTheSameText) {
  const auto text = [&](std::uint64_t seed) {
    return generate_cached(tiny.model(), prompt, drawn(30, seed)).tokens;
  };
  EXPECT_EQ(text(42), text(42));
  EXPECT_NE(text(42), text(43));
}

TEST_F(Document004, SeveralPromptsAtOnce) {
  std::vector<BatchRequest> requests;
  for (const std::vector<int>& ids : {std::vector<int>{1, 2, 3}, {4, 5, 6}, {7, 8, 9}}) {
    requests.push_back({ids, drawn(50, 7)});
    requests.back().options.sampling.temperature = 0.8;
  }
  const std::vector<Generated> results = generate_batch(tiny.model(), requests);
  for (std::size_t i = 0; i < results.size(); ++i) {
    EXPECT_EQ(results[i].tokens,
              generate_naive(tiny.model(), requests[i].prompt, requests[i].options).tokens)
        << "Sample " << i + 1;
  }
}

// The document stops a batch where all rows end in the same step; here each has its own end.
TEST_F(Document004, RowsEndOnTheirOwn) {
  const auto first = [&](int n) { return naive_tokens(prompt, n).back(); };
  std::vector<BatchRequest> requests(2, {prompt, greedy_options(12)});
  requests[0].options.stop_ids = {first(2)};
  requests[1].options.stop_ids = {first(7)};
  const std::vector<Generated> results = generate_batch(tiny.model(), requests);
  EXPECT_LE(results[0].tokens.size(), 2u);
  EXPECT_GT(results[1].tokens.size(), results[0].tokens.size());
  for (const Generated& row : results) EXPECT_EQ(row.finish, Finish::kStopToken);
}

TEST_F(Document004, TextsDoNotGrowPastTheContext) {
  Session session(tiny.model());
  GenerateOptions options = drawn(5000, 0);
  options.ignore_eos = true;
  const Generated text = session.generate(std::vector<int>(1000, 300), options);
  EXPECT_EQ(text.finish, Finish::kContextFull);
  EXPECT_EQ(session.tokens().size(), tiny.model().config.context);
}

// ---- its command lines -----------------------------------------------------------------------

TEST_F(Document004, BasicGeneration) {
  const Json reply = written({"--checkpoint_path", tiny_path(), "--vocab_size", "2048",
                              "--prompt_tokens", "1,2,3", "--max_new_tokens", "50"});
  EXPECT_EQ(reply["prompt_ids"], (Json{1, 2, 3}));
  EXPECT_LE(reply["samples"][0]["ids"].size(), 50u);
}

TEST_F(Document004, AnotherVocabSizeIsAMistake) {
  const Outcome outcome = run_tokenwalk({"generate", "--checkpoint-path", tiny_path(),
                                         "--vocab-size", "10000", "--prompt-tokens", "1,2,3"});
  EXPECT_EQ(outcome.exit_code, 2);
  for (const char* part : {"--vocab-size", "found:    10000", "expected: 2048", "hint:"}) {
    EXPECT_NE(outcome.err.find(part), std::string::npos) << part << " is not in " << outcome.err;
  }
}

TEST_F(Document004, ACheckpointOfPyTorchIsToldWhatToDo) {
  const Outcome outcome =
      run_tokenwalk({"generate", "--checkpoint_path", "checkpoints/model.pt"}, "");
  EXPECT_EQ(outcome.exit_code, 1);
  EXPECT_NE(outcome.err.find("there is no model at checkpoints/model.pt"), std::string::npos);
}

TEST_F(Document004, TemperatureAndNucleusOnTheCommandLine) {
  const Arguments base = {"--prompt_tokens", "300,301,302", "--max_new_tokens", "20"};
  const auto ids = [&](Arguments flags) {
    flags.insert(flags.begin(), base.begin(), base.end());
    return written(flags)["samples"][0]["ids"];
  };
  for (const char* t : {"0.1", "1.5"}) EXPECT_FALSE(ids({"--temperature", t}).empty());
  for (const char* p : {"0.5", "0.9"}) EXPECT_FALSE(ids({"--top_p", p}).empty());
  const Arguments both = {"--temperature", "0.8", "--top_p", "0.9", "--seed", "42"};
  const GenerateOptions options = warm(20);
  EXPECT_EQ(ids(both),
            generate_naive(tiny.model(), std::vector<int>{300, 301, 302}, options).tokens);
}

TEST_F(Document004, FiveSamplesOfOneSeedAreFiveStreams) {
  const Arguments flags = {"--prompt",         "Once upon a time",
                           "--temperature",    "1",
                           "--top_p",          "0.9",
                           "--max_new_tokens", "20",
                           "--num_samples",    "5",
                           "--seed",           "42"};
  const Json reply = written(flags);
  ASSERT_EQ(reply["samples"].size(), 5u);
  for (std::uint32_t i = 0; i < 5; ++i) {
    GenerateOptions options = drawn(20, 42);
    options.sampling.top_p = 0.9;
    options.stream = i;
    EXPECT_EQ(reply["samples"][i]["ids"], generate_naive(tiny.model(), prompt, options).tokens);
    for (std::uint32_t j = 0; j < i; ++j) EXPECT_NE(reply["samples"][i], reply["samples"][j]);
  }
}

TEST_F(Document004, EarlyStopping) {
  const Json free = written({"--prompt", "Once upon a time", "--greedy", "--max-new-tokens", "12"});
  const Json ids = free["samples"][0]["ids"];
  const Json stopped = written({"--prompt", "Once upon a time", "--greedy", "--max-new-tokens",
                                "12", "--eos-token-id", ids[3].dump()})["samples"][0];
  EXPECT_EQ(stopped["finish"], "eos");
  EXPECT_EQ(stopped["ids"].size(), 4u);
  EXPECT_EQ(stopped["ids"].back(), ids[3]);
  const Outcome none = run_tokenwalk({"generate", "--eos-token-id", "50256"});
  EXPECT_EQ(none.exit_code, 2) << "GPT-2's end is no token of this model";
  EXPECT_NE(none.err.find("50256"), std::string::npos) << none.err;
}

TEST_F(Document004, TextInTextOut) {
  const Outcome outcome = run_tokenwalk({"generate", "--prompt", "Once upon a time", "--greedy",
                                         "--max-new-tokens", "20", "--no-check"});
  EXPECT_EQ(outcome.out, to_text(tiny.text(joined(prompt, naive_tokens(prompt, 20)))) + "\n");
}

// ---- its advice ------------------------------------------------------------------------------

// Nats of the distribution that a token is drawn from.
double entropy(const Candidates& candidates) {
  double sum = 0;
  for (const Candidate& c : candidates) {
    if (c.prob > 0) sum -= c.prob * std::log(c.prob);
  }
  return sum;
}

TEST_F(Document004, ItsRangesGoFromFocusedToDiverse) {
  double before = -1;
  for (const double temperature : {0.1, 0.5, 0.6, 1.0, 1.1, 2.0}) {
    const double now = entropy(distribution(logits(), {.temperature = temperature}));
    EXPECT_GT(now, before) << "temperature " << temperature;
    before = now;
  }
  std::size_t least = 0;
  for (const double p : {0.1, 0.5, 0.6, 0.9, 0.95, 1.0}) {
    const std::size_t kept = distribution(logits(), {.top_p = p}).size();
    EXPECT_GE(kept, least) << "top-p " << p;
    least = kept;
  }
  EXPECT_LT(entropy(distribution(logits(), {.temperature = 0.8, .top_p = 0.9})),
            entropy(distribution(logits(), {.top_p = 0.9})));
}

TEST_F(Document004, ShortTextsEndByTheirEosOrByTheirLength) {
  const std::vector<int> asked =
      tiny.ids("<|im_start|>user\nHello<|im_end|>\n<|im_start|>assistant\n");
  GenerateOptions options = greedy_to_the_end(100);
  const Generated ended = generate_cached(tiny.model(), asked, options);
  EXPECT_EQ(ended.finish, Finish::kEos) << "the finish says why a text is short";
  options.ignore_eos = true;
  EXPECT_EQ(generate_cached(tiny.model(), asked, options).tokens.size(), 100u);
}

}  // namespace
}  // namespace tokenwalk
