// The operation generate, with the bundled model; nothing here knows its numbers.

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "tests/program/requests.h"

namespace tokenwalk {
namespace {

Json generated(Json request) {
  request["op"] = "generate";
  return answer(request);
}

TEST(JsonlGenerate, WithAndWithoutTheCacheIsTheSame) {
  for (const int seed : {0, 1, 2}) {
    Json request = {{"prompt", "Once upon a time"},
                    {"max_new_tokens", 20},
                    {"seed", seed},
                    {"temperature", 1.5}};
    const Json cached = generated(request);
    request["cache"] = false;
    EXPECT_EQ(generated(request)["samples"], cached["samples"]);
    for (const int chunk : {1, 3, 1000}) {
      request["cache"] = true;
      request["prefill_chunk"] = chunk;
      EXPECT_EQ(generated(request), cached) << "prefill in chunks of " << chunk;
    }
  }
}

TEST(JsonlGenerate, GreedyIsTheArgmaxOfTheLogits) {
  const Json reply = generated({{"prompt", "Once"}, {"max_new_tokens", 5}, {"temperature", 0}});
  Json ids = reply["prompt_ids"];
  for (const Json& id : reply["samples"][0]["ids"]) {
    EXPECT_EQ(logits_of(ids)["argmax"][0], id);
    ids.push_back(id);
  }
}

TEST(JsonlGenerate, EachIdIsASampleAtItsPosition) {
  const Json reply = generated({{"prompt", "Once"},
                                {"max_new_tokens", 4},
                                {"seed", 5},
                                {"num_samples", 2},
                                {"temperature", 2},
                                {"top_p", 0.95}});
  for (std::size_t stream = 0; stream < 2; ++stream) {
    Json ids = reply["prompt_ids"];
    for (const Json& id : reply["samples"][stream]["ids"]) {
      const Json logits = logits_of(ids, {{"full", true}});
      EXPECT_EQ(answer({{"op", "sample"},
                        {"logits", floats_of_base64(logits["base64"])},
                        {"seed", 5},
                        {"stream", stream},
                        {"position", ids.size()},
                        {"temperature", 2},
                        {"top_p", 0.95}})["token"],
                id);
      ids.push_back(id);
    }
  }
}

TEST(JsonlGenerate, SamplesAreStreamsOfTheirOwn) {
  const Json request = {
      {"prompt", "Once"}, {"max_new_tokens", 12}, {"temperature", 3}, {"seed", 1}};
  Json three = request, one = request, other = request;
  three["num_samples"] = 3;
  other["seed"] = 2;
  const Json samples = generated(three)["samples"];
  ASSERT_EQ(samples.size(), 3u);
  EXPECT_EQ(samples[0], generated(one)["samples"][0]) << "the first does not depend on the rest";
  EXPECT_NE(samples[0]["ids"], samples[1]["ids"]);
  EXPECT_NE(samples[1]["ids"], samples[2]["ids"]);
  EXPECT_NE(samples[0]["ids"], generated(other)["samples"][0]["ids"]) << "another seed";
  three["cache"] = false;
  EXPECT_EQ(generated(three)["samples"], samples);
}

TEST(JsonlGenerate, TextIsTheIdsDecoded) {
  const Json reply = generated({{"prompt", "Once upon a time"}, {"max_new_tokens", 10}});
  const Json& sample = reply["samples"][0];
  ASSERT_EQ(sample["finish"], "length");
  EXPECT_EQ(sample["text"], answer({{"op", "decode"}, {"ids", sample["ids"]}})["text"]);
  EXPECT_EQ(reply["prompt_ids"], answer({{"op", "encode"}, {"text", "Once upon a time"}})["ids"]);
}

TEST(JsonlGenerate, PromptAndIdsAreTheSame) {
  const Json ids = answer({{"op", "encode"}, {"text", "Once upon"}})["ids"];
  EXPECT_EQ(generated({{"ids", ids}, {"max_new_tokens", 5}}),
            generated({{"prompt", "Once upon"}, {"max_new_tokens", 5}}));
}

TEST(JsonlGenerate, SpecialsOfThePrompt) {
  const Json with = generated({{"prompt", "a<|im_end|>"}, {"max_new_tokens", 0}});
  const Json without =
      generated({{"prompt", "a<|im_end|>"}, {"max_new_tokens", 0}, {"specials", false}});
  EXPECT_LT(with["prompt_ids"].size(), without["prompt_ids"].size());
}

TEST(JsonlGenerate, EvaluatedCountsEveryPositionRun) {
  const int p = 6;
  const auto evaluated = [&](int n, bool cache, int samples) {
    const Json reply = generated({{"ids", some_ids(p)},
                                  {"max_new_tokens", n},
                                  {"cache", cache},
                                  {"num_samples", samples},
                                  {"ignore_eos", true}});
    for (const Json& sample : reply["samples"]) EXPECT_EQ(sample["ids"].size(), n);
    return reply["evaluated"].get<int>();
  };
  EXPECT_EQ(evaluated(1, true, 1), p);
  EXPECT_EQ(evaluated(5, true, 1), p + 4) << "the last token is never fed";
  EXPECT_EQ(evaluated(5, true, 3), p + 3 * 4) << "samples share the prefill";
  EXPECT_EQ(evaluated(1, false, 1), p);
  EXPECT_EQ(evaluated(3, false, 1), p + (p + 1) + (p + 2));
  EXPECT_EQ(evaluated(3, false, 2), 2 * (p + (p + 1) + (p + 2)));
}

TEST(JsonlGenerate, NothingNew) {
  for (const bool cache : {true, false}) {
    const Json reply = generated({{"prompt", "Once"}, {"max_new_tokens", 0}, {"cache", cache}});
    EXPECT_EQ(reply["samples"],
              (Json{{{"ids", Json::array()}, {"text", ""}, {"finish", "length"}}}));
  }
}

// ---- how it ends -----------------------------------------------------------------------------

TEST(JsonlGenerate, AStopIdEndsItAndStandsInIdsNotInText) {
  const Json free =
      generated({{"prompt", "Once upon a time"}, {"max_new_tokens", 8}})["samples"][0];
  const Json stop = free["ids"][3];
  const Json stopped = generated({{"prompt", "Once upon a time"},
                                  {"max_new_tokens", 8},
                                  {"stop_ids", {stop, 5}}})["samples"][0];
  Json expected = Json::array();
  for (const Json& id : free["ids"]) {
    expected.push_back(id);
    if (id == stop) break;
  }
  EXPECT_EQ(stopped["ids"], expected);
  EXPECT_EQ(stopped["finish"], "stop_token");
  expected.erase(expected.size() - 1);
  EXPECT_EQ(stopped["text"], answer({{"op", "decode"}, {"ids", expected}})["text"]);
}

TEST(JsonlGenerate, TheLastIdMayStillBeAStop) {
  const Json free =
      generated({{"prompt", "Once upon a time"}, {"max_new_tokens", 2}})["samples"][0];
  ASSERT_NE(free["ids"][0], free["ids"][1]);
  const Json reply = generated({{"prompt", "Once upon a time"},
                                {"max_new_tokens", 2},
                                {"stop_ids", {free["ids"][1]}}})["samples"][0];
  EXPECT_EQ(reply["finish"], "stop_token") << "before length";
}

// A chat question: the model has learnt to end its answer.
TEST(JsonlGenerate, EosEndsItUnlessIgnored) {
  const std::string prompt = "<|im_start|>user\n1+1是多少？<|im_end|>\n<|im_start|>assistant\n";
  const Json request = {{"prompt", prompt}, {"max_new_tokens", 30}, {"temperature", 0}};
  const Json ended = generated(request)["samples"][0];
  ASSERT_EQ(ended["finish"], "eos") << ended;
  const Json specials = info()["tokenizer"]["specials"];
  const Json last = ended["ids"].back();
  EXPECT_TRUE(last == specials["<|im_end|>"] || last == specials["<|endoftext|>"]) << ended;
  EXPECT_EQ(ended["text"].get<std::string>().find("<|"), std::string::npos);

  Json going_on = request;
  going_on["ignore_eos"] = true;
  const Json further = generated(going_on)["samples"][0];
  EXPECT_EQ(further["finish"], "length");
  EXPECT_EQ(further["ids"].size(), 30u);
  for (std::size_t i = 0; i < ended["ids"].size(); ++i) {
    EXPECT_EQ(further["ids"][i], ended["ids"][i]);
  }
  going_on["stop_ids"] = {last};
  EXPECT_EQ(generated(going_on)["samples"][0]["finish"], "stop_token")
      << "ignore_eos does not concern stop_ids";
}

// The id that ended the text is left out, and nothing else: a control token that did not end it
// stays.
TEST(JsonlGenerate, ControlTokensInsideTheTextStay) {
  const std::string prompt = "<|im_start|>user\n1+1是多少？<|im_end|>\n<|im_start|>assistant\n";
  const Json sample = generated({{"prompt", prompt},
                                 {"max_new_tokens", 30},
                                 {"temperature", 0},
                                 {"ignore_eos", true}})["samples"][0];
  ASSERT_NE(sample["text"].get<std::string>().find("<|"), std::string::npos) << sample;
  EXPECT_EQ(sample["text"], answer({{"op", "decode"}, {"ids", sample["ids"]}})["text"]);
}

// With the cache the prompt runs once, whatever follows; without it every new id runs all before
// it.
TEST(JsonlGenerate, EvaluatedWhereNothingIsNew) {
  const auto evaluated = [](int n_prompt, int n_new, bool cache) {
    const Json reply =
        generated({{"ids", some_ids(n_prompt)}, {"max_new_tokens", n_new}, {"cache", cache}});
    EXPECT_EQ(reply["samples"][0]["ids"], Json::array());
    return reply["evaluated"];
  };
  EXPECT_EQ(evaluated(6, 0, true), 6);
  EXPECT_EQ(evaluated(6, 0, false), 0);
  EXPECT_EQ(evaluated(context(), 5, true), context());
  EXPECT_EQ(evaluated(context(), 5, false), 0);
}

TEST(JsonlGenerate, TheContextFillsUp) {
  for (const bool cache : {true, false}) {
    const auto finish_of = [&](int n_prompt, int n_new) {
      const Json sample = generated({{"ids", some_ids(n_prompt)},
                                     {"max_new_tokens", n_new},
                                     {"ignore_eos", true},
                                     {"cache", cache}})["samples"][0];
      EXPECT_EQ(sample["ids"].size(), std::min(n_new, context() - n_prompt));
      return sample["finish"];
    };
    EXPECT_EQ(finish_of(context(), 5), "context_full");
    EXPECT_EQ(finish_of(context() - 2, 5), "context_full");
    EXPECT_EQ(finish_of(context() - 2, 1), "length");
  }
}

TEST(JsonlGenerate, MoreThanTheContextIsRefused) {
  EXPECT_EQ(error_code(Json{{"op", "generate"}, {"ids", some_ids(context() + 1)}}), "capacity");
  EXPECT_EQ(error_code(Json{{"op", "generate"},
                            {"ids", some_ids(context() + 1)},
                            {"max_new_tokens", 0},
                            {"cache", false}}),
            "capacity");
}

TEST(JsonlGenerate, Errors) {
  const auto code = [](Json request) {
    request["op"] = "generate";
    return error_code(request);
  };
  EXPECT_EQ(code({{"prompt", ""}}), "bad_value") << "nothing to condition on";
  EXPECT_EQ(code({{"ids", Json::array()}}), "bad_value");
  EXPECT_EQ(code({{"ids", {vocab()}}}), "bad_value");
  EXPECT_EQ(code({{"ids", {-1}}}), "bad_value");
  EXPECT_EQ(code({{"prompt", "a"}, {"ids", {5}}}), "bad_request");
  EXPECT_EQ(code({{"prompt", 5}}), "bad_request");
  EXPECT_EQ(code({{"prompt", "a"}, {"max_new_tokens", -1}}), "bad_value");
  EXPECT_EQ(code({{"prompt", "a"}, {"max_new_tokens", "5"}}), "bad_request");
  EXPECT_EQ(code({{"prompt", "a"}, {"num_samples", 0}}), "bad_value");
  EXPECT_EQ(code({{"prompt", "a"}, {"prefill_chunk", 0}}), "bad_value");
  EXPECT_EQ(code({{"prompt", "a"}, {"top_p", 2}}), "bad_value");
  EXPECT_EQ(code({{"prompt", "a"}, {"temperature", "nan"}}), "bad_value");
  EXPECT_EQ(code({{"prompt", "a"}, {"seed", -1}}), "bad_value");
  EXPECT_EQ(code({{"prompt", "a"}, {"stop_ids", 5}}), "bad_request");
  EXPECT_EQ(code({{"prompt", "a"}, {"stop_ids", {-5}}}), "bad_value");
  EXPECT_EQ(code({{"prompt", "a"}, {"stop_ids", {vocab()}}}), "bad_value");
  EXPECT_EQ(code({{"ids", {309}}, {"specials", "x"}}), "bad_request") << "though ids need it not";
  EXPECT_EQ(code({{"prompt", "a"}, {"ignore_eos", 1}}), "bad_request");
}

TEST(JsonlGenerate, SettingsOfTheModelsFolderDoNotApply) {
  Json request = {{"prompt", "Once upon a time"}, {"max_new_tokens", 30}, {"seed", 4}};
  const Json by_default = generated(request);
  request["temperature"] = 1;
  request["top_k"] = 0;
  request["top_p"] = 1;
  request["min_p"] = 0;
  EXPECT_EQ(generated(request), by_default);
}

}  // namespace
}  // namespace tokenwalk
