// Document 003 of docs/sources.md, how model.generate() works: the prompt comes back in front of
// the new ids, and what that is good for.

#include <gtest/gtest.h>

#include <algorithm>

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

// What the document returns of a batch: prompts padded in front, texts padded behind, one
// rectangle.
struct Rectangle {
  std::vector<std::vector<int>> rows;
  std::size_t input_length = 0;
};

Rectangle rectangle_of(const std::vector<BatchRequest>& requests,
                       const std::vector<Generated>& results, int pad) {
  Rectangle r;
  std::size_t longest = 0;
  for (std::size_t i = 0; i < results.size(); ++i) {
    r.input_length = std::max(r.input_length, requests[i].prompt.size());
    longest = std::max(longest, results[i].tokens.size());
  }
  for (std::size_t i = 0; i < results.size(); ++i) {
    std::vector<int> row(r.input_length - requests[i].prompt.size(), pad);
    row = joined(joined(row, requests[i].prompt), results[i].tokens);
    row.resize(r.input_length + longest, pad);
    r.rows.push_back(row);
  }
  return r;
}

TEST_F(Document003, ABatchAsARectangleWithPadIds) {
  const int pad = tiny.ids("<|endoftext|>").at(0);
  std::vector<BatchRequest> requests;
  for (const char* text : {"Hello", "1+1是多少？", "What did Rosa see in the garden?"}) {
    requests.push_back(
        {tiny.ids("<|im_start|>user\n" + std::string(text) + "<|im_end|>\n<|im_start|>assistant\n"),
         greedy_to_the_end(60)});
  }
  const std::vector<Generated> results = generate_batch(tiny.model(), requests);
  const Rectangle outputs = rectangle_of(requests, results, pad);
  for (std::size_t i = 0; i < results.size(); ++i) {
    const std::vector<int>& row = outputs.rows[i];
    EXPECT_EQ(row.size(), outputs.rows[0].size());
    // The rows end on their own, and nothing but padding follows.
    const auto new_ids = std::span(row).subspan(outputs.input_length);
    const std::vector<int> alone =
        generate_cached(tiny.model(), requests[i].prompt, requests[i].options).tokens;
    EXPECT_EQ(results[i].tokens, alone) << "a row is what it is alone";
    EXPECT_TRUE(std::equal(alone.begin(), alone.end(), new_ids.begin()));
    for (const int id : new_ids.subspan(alone.size())) EXPECT_EQ(id, pad);
    // Cutting by the number of ids that are no padding would begin in the middle.
    const std::size_t by_mask = requests[i].prompt.size();
    EXPECT_EQ(by_mask == outputs.input_length, row.front() != pad);
  }
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

// The prompt as the document renders it.
TEST_F(Document003, ItsRoleTags) {
  const std::vector<Message> messages = {{"system", "你是助教", {}, {}},
                                         {"user", "1+1是多少？", {}, {}}};
  EXPECT_EQ(chat_text(render_chat(chat_format_named("tags"), messages)),
            "<|system|>你是助教<|user|>1+1是多少？<|assistant|>");
}

TEST_F(Document003, OnePlusOneIsTwo) {
  Conversation conversation(tiny.model(), tiny.tokenizer(),
                            recognise_format(tiny.tokenizer().chat_template));
  conversation.say("user", "1+1是多少？");
  EXPECT_EQ(conversation.answer(greedy_to_the_end(20)).text, "2");
}

TEST_F(Document003, OnePlusOneIsTwoOnTheCommandLine) {
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
