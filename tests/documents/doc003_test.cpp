// Document 003 of docs/sources.md, how model.generate() works: the prompt comes back in front of
// the new ids, and what that is good for.

#include <gtest/gtest.h>

#include "tests/documents/tiny_text.h"
#include "tests/program/jsonl_client.h"
#include "tests/program/runner.h"

namespace tokenwalk {
namespace {

struct Document003 : testing::Test {
  const TinyText& tiny = TinyText::shared();
  std::vector<int> prompt = tiny.ids("The little cat sat on the");
};

TEST_F(Document003, TheNewIdsAreCutOffByThePromptsLength) {
  Session session(tiny.model()), other(tiny.model());
  const std::vector<int> outputs = generate_full(session, prompt, greedy_options(8));
  const std::vector<int> gen_only(outputs.begin() + static_cast<std::ptrdiff_t>(prompt.size()),
                                  outputs.end());
  EXPECT_EQ(gen_only, generate_new(other, prompt, greedy_options(8)))
      << "returning the new ids alone needs no cutting";
}

// The flow chart feeds whole texts: 3, 4, 5 positions. A cache makes that 3, 1, 1.
TEST_F(Document003, TheFlowChartIsTheLoopWithoutACache) {
  const std::vector<int> three(prompt.begin(), prompt.begin() + 3);
  const Generated naive = generate_naive(tiny.model(), three, greedy_options(3));
  const Generated cached = generate_cached(tiny.model(), three, greedy_options(3));
  EXPECT_EQ(naive.evaluated, 3u + 4u + 5u);
  EXPECT_EQ(cached.evaluated, 3u + 1u + 1u);
  EXPECT_EQ(naive.tokens, cached.tokens);
}

TEST_F(Document003, TheEndIsPartOfWhatComesBack) {
  const std::vector<int> asked =
      tiny.ids("<|im_start|>user\nHello<|im_end|>\n<|im_start|>assistant\n");
  Session session(tiny.model());
  const GenerateOptions options = greedy_to_the_end(200);
  const std::vector<int> outputs = generate_full(session, asked, options);
  EXPECT_EQ(outputs.back(), tiny.ids("<|im_end|>").at(0));
  EXPECT_EQ(to_text(tiny.tokenizer().decode_shown({outputs.back()})), "") << "skip_special_tokens";
}

TEST_F(Document003, DoSampleOrGreedy) {
  const auto ids = [](Arguments flags) {
    const Arguments all = {"generate", "--json", "--max-new-tokens", "12", "--no-check"};
    flags.insert(flags.begin(), all.begin(), all.end());
    const Outcome outcome = run_tokenwalk(flags);
    EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
    return Json::parse(outcome.out, nullptr, false)["samples"][0]["ids"];
  };
  const Json greedy = ids({"--greedy"});
  EXPECT_EQ(greedy, naive_tokens(tiny.ids("Once upon a time"), 12));
  EXPECT_EQ(ids({"--do-sample=false"}), greedy);
  EXPECT_EQ(ids({"--do_sample", "--seed", "4"}), ids({"--seed", "4"}));
  EXPECT_NE(ids({"--do-sample", "--seed", "4"}), greedy);
}

TEST_F(Document003, OnePlusOneIsTwo) {
  const Outcome outcome =
      run_tokenwalk({"generate", "--json", "--greedy", "--prompt",
                     "<|im_start|>user\n1+1是多少？<|im_end|>\n<|im_start|>assistant\n"});
  EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
  const Json sample = Json::parse(outcome.out, nullptr, false)["samples"][0];
  EXPECT_EQ(sample["text"], "2");
  EXPECT_EQ(sample["finish"], "eos");
}

}  // namespace
}  // namespace tokenwalk
