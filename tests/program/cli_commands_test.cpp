// The commands of the program as people use them.

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/program/jsonl_client.h"
#include "tests/program/runner.h"

namespace tokenwalk {
namespace {

// The text that `generate` prints, without the table on standard error.
std::string generate(Arguments flags) {
  flags.insert(flags.begin(), {"generate", "--no-check"});
  return run_well(flags);
}

Json generate_json(Arguments flags) {
  flags.insert(flags.begin(), {"generate", "--json", "--no-check"});
  const Json reply = Json::parse(run_well(flags), nullptr, false);
  EXPECT_TRUE(reply.is_object());
  return reply;
}

// 900 ids.
std::string long_list() {
  std::string ids = "300";
  for (int i = 1; i < 900; ++i) ids += "," + std::to_string(300 + i);
  return ids;
}

// ---- help ------------------------------------------------------------------------------------

TEST(CliHelp, EveryCommandHasIt) {
  const std::string all = run_well({"--help"});
  for (const char* command :
       {"generate", "tokenize", "detokenize", "train-tokenizer", "info", "jsonl", "bench"}) {
    EXPECT_NE(all.find(command), std::string::npos) << command;
    const Outcome outcome = run_tokenwalk({command, "--help"});
    EXPECT_EQ(outcome.exit_code, 0) << command;
    EXPECT_GT(outcome.out.size(), 50u) << command;
    EXPECT_EQ(outcome.err, "") << command;
  }
}

TEST(CliHelp, GenerateListsTheFlags) {
  const std::string text = run_well({"generate", "--help"});
  for (const char* flag :
       {"--model", "--prompt", "--prompt-tokens", "--max-new-tokens", "--temperature", "--top-k",
        "--top-p", "--min-p", "--seed", "--num-samples", "--device", "--threads", "--kernels",
        "--precision", "--no-cache", "--json"}) {
    EXPECT_NE(text.find(flag), std::string::npos) << flag;
  }
}

TEST(CliHelp, UsageNamesTheProgram) {
  EXPECT_NE(run_well({"--help"}).find("Usage: tokenwalk "), std::string::npos);
  EXPECT_NE(run_well({"generate", "--help"}).find("tokenwalk generate "), std::string::npos);
}

TEST(CliHelp, Version) {
  const std::string version = run_well({"--version"});
  EXPECT_NE(version.find_first_of("0123456789"), std::string::npos) << version;
  EXPECT_EQ(run_well({"info"}).find("tokenwalk " + version.substr(0, version.find('\n'))), 0u);
}

// ---- generate --------------------------------------------------------------------------------

TEST(CliGenerate, PrintsThePromptAndItsContinuation) {
  const std::string text = generate({"--prompt", "Once upon a time", "--max-new-tokens", "8"});
  EXPECT_EQ(text.find("Once upon a time"), 0u) << text;
  EXPECT_GT(text.size(), std::string("Once upon a time\n").size());
  EXPECT_EQ(text.back(), '\n');
}

TEST(CliGenerate, ShowsATableAndTheProofOnStandardError) {
  const Outcome outcome = run_tokenwalk({"generate", "--max-new-tokens", "4"});
  EXPECT_NE(outcome.err.find("cached == uncached: 0 of "), std::string::npos) << outcome.err;
  EXPECT_EQ(outcome.out.find("cached"), std::string::npos);
}

TEST(CliGenerate, WithoutTheCacheTheTextIsTheSame) {
  for (const char* seed : {"0", "1", "7"}) {
    const Arguments flags = {"--prompt", "One day", "--temperature",    "1.2",
                             "--seed",   seed,      "--max-new-tokens", "12"};
    Arguments slow = flags;
    slow.push_back("--no-cache");
    EXPECT_EQ(generate(flags), generate(slow)) << "seed " << seed;
  }
}

TEST(CliGenerate, TheSeedDecides) {
  const Arguments flags = {"--prompt", "One", "--temperature", "3", "--max-new-tokens", "12"};
  const auto with_seed = [&](const char* seed) {
    Arguments more = flags;
    more.insert(more.end(), {"--seed", seed});
    return generate(more);
  };
  EXPECT_EQ(with_seed("5"), with_seed("5"));
  EXPECT_NE(with_seed("5"), with_seed("6"));
  EXPECT_EQ(with_seed("0"), generate(flags)) << "0 is the default";
}

TEST(CliGenerate, ARandomSeedIsTold) {
  const Outcome outcome =
      run_tokenwalk({"generate", "--seed", "random", "--max-new-tokens", "3", "--no-check"});
  ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
  const std::size_t at = outcome.err.find("seed ");
  ASSERT_NE(at, std::string::npos) << outcome.err;
  const std::string seed = outcome.err.substr(at + 5, outcome.err.find('\n', at) - at - 5);
  EXPECT_EQ(generate({"--seed", seed, "--max-new-tokens", "3"}), outcome.out);
}

TEST(CliGenerate, ThreadsAndKernelsChangeNothing) {
  const Arguments flags = {"--prompt", "One", "--max-new-tokens", "10", "--temperature", "1"};
  const std::string text = generate(flags);
  for (const Arguments& more : {Arguments{"--threads", "1"}, Arguments{"--threads", "4"},
                                Arguments{"--kernels", "reference"}}) {
    Arguments all = flags;
    all.insert(all.end(), more.begin(), more.end());
    EXPECT_EQ(generate(all), text) << more[0] << " " << more[1];
  }
}

TEST(CliGenerate, UnderscoresInFlags) {
  EXPECT_EQ(generate({"--max_new_tokens", "5", "--top_p=0.5", "--top_k", "3", "--num_samples=1"}),
            generate({"--max-new-tokens", "5", "--top-p=0.5", "--top-k", "3", "--num-samples=1"}));
  EXPECT_EQ(generate({"--prompt", "a_b", "--max_new_tokens=0"}), "a_b\n") << "not in values";
  EXPECT_EQ(generate({"--prompt=--a_b", "--max_new_tokens=0"}), "--a_b\n");
  EXPECT_EQ(generate({"--prompt", "--a_b", "--max_new_tokens", "0"}), "--a_b\n");
  EXPECT_EQ(generate({"--no_cache", "--prompt", "--a_b", "--max_new_tokens", "0"}), "--a_b\n");
}

TEST(CliGenerate, PromptTokens) {
  const Json ids = Json::parse(run_well({"tokenize", "--json", "Once upon a time"}))["ids"];
  std::string list;
  for (const Json& id : ids) list += (list.empty() ? "" : ",") + std::to_string(id.get<int>());
  EXPECT_EQ(generate({"--prompt-tokens", list, "--max-new-tokens", "6"}),
            generate({"--prompt", "Once upon a time", "--max-new-tokens", "6"}));
}

TEST(CliGenerate, SpecialsOfThePrompt) {
  const Arguments flags = {"--prompt", "a<|im_end|>", "--max-new-tokens", "0"};
  const auto n_ids = [&](const Arguments& more) {
    Arguments all = flags;
    all.insert(all.end(), more.begin(), more.end());
    return generate_json(all)["prompt_ids"].size();
  };
  EXPECT_EQ(n_ids({}), 2u);
  EXPECT_GT(n_ids({"--no-specials"}), 5u);
  EXPECT_NE(run_well({"generate", "--help"}).find("special tokens in it"), std::string::npos);
}

// Without the cache there is no prefill, and every new token is a pass of its own; with it the
// first new token comes out of the prefill and takes no step.
TEST(CliGenerate, RatesThatThereAreNoneOfAreNotTold) {
  const auto rates = [](const char* n, const Arguments& more) {
    Arguments flags = {"--max-new-tokens", n, "--ignore-eos"};
    flags.insert(flags.end(), more.begin(), more.end());
    const Json reply = generate_json(flags);
    return std::pair(reply["prefill_tokens_per_second"], reply["decode_tokens_per_second"]);
  };
  EXPECT_TRUE(rates("3", {}).first.is_number() && rates("3", {}).second.is_number());
  EXPECT_TRUE(rates("1", {}).second.is_null());
  EXPECT_TRUE(rates("1", {"--no-cache"}).first.is_null());
  EXPECT_TRUE(rates("1", {"--no-cache"}).second.is_number());
  // A naive step of this small model takes a long time: more tokens a second would be positions.
  EXPECT_LT(rates("2", {"--no-cache", "--prompt-tokens", long_list()}).second, 400);
  const Outcome one = run_tokenwalk({"generate", "--max-new-tokens", "1", "--no-check"});
  EXPECT_EQ(one.err.find(" 0.0 tokens/s"), std::string::npos) << one.err;
  EXPECT_NE(one.err.find("- tokens/s"), std::string::npos) << one.err;
}

TEST(CliGenerate, TheLibrarysKernelsMayDiffer) {
  EXPECT_EQ(run_tokenwalk({"generate", "--kernels", "eigen", "--max-new-tokens", "4", "--check"})
                .exit_code,
            0);
}

TEST(CliGenerate, JsonParsesAndAgreesWithTheText) {
  const Arguments flags = {"--prompt",      "Once", "--max-new-tokens", "6",
                           "--num-samples", "2",    "--temperature",    "2"};
  const Json reply = generate_json(flags);
  ASSERT_EQ(reply["samples"].size(), 2u);
  for (const Json& sample : reply["samples"]) {
    EXPECT_TRUE(sample.contains("ids") && sample.contains("text") && sample.contains("finish"));
  }
  const std::string text = generate(flags);
  EXPECT_EQ(text.find("Once" + reply["samples"][0]["text"].get<std::string>()), 0u) << text;
  EXPECT_NE(text.find("Once" + reply["samples"][1]["text"].get<std::string>(), 1),
            std::string::npos)
      << text;
}

TEST(CliGenerate, JsonIsTheProtocolsGenerate) {
  const Json by_flags =
      generate_json({"--prompt", "Once upon", "--max-new-tokens", "10", "--temperature", "1",
                     "--top-p", "0.9", "--top-k", "0", "--min-p", "0", "--seed", "3"});
  const Json by_protocol = answer({{"op", "generate"},
                                   {"prompt", "Once upon"},
                                   {"max_new_tokens", 10},
                                   {"top_p", 0.9},
                                   {"seed", 3}});
  EXPECT_EQ(by_flags["samples"], by_protocol["samples"]);
  EXPECT_EQ(by_flags["prompt_ids"], by_protocol["prompt_ids"]);
}

TEST(CliGenerate, TemperatureZeroIsGreedyWhateverTheSeed) {
  EXPECT_EQ(generate({"--temperature", "0", "--seed", "1", "--max-new-tokens", "10"}),
            generate({"--temperature", "0", "--seed", "2", "--max-new-tokens", "10"}));
}

}  // namespace
}  // namespace tokenwalk
