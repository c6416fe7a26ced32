// Texts and ids from files and from standard input, tokens in colours, and the flags of `generate`
// that say what the model is and show what its cache does.

#include <gtest/gtest.h>

#include <algorithm>
#include <string>

#include "lib/base/data_path.h"
#include "tests/program/jsonl_client.h"
#include "tests/program/runner.h"
#include "tests/unit/io_test_support.h"

namespace tokenwalk {
namespace {

std::string output_of(const Arguments& arguments, const std::string& input = "",
                      const Environment& environment = {}) {
  const Outcome outcome = run_tokenwalk(arguments, input, environment);
  EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
  return outcome.out;
}

void expect_usage_error(const Arguments& arguments, const std::vector<std::string>& says) {
  const Outcome outcome = run_tokenwalk(arguments);
  EXPECT_EQ(outcome.exit_code, 2) << outcome.err;
  for (const std::string& part : says) {
    EXPECT_NE(outcome.err.find(part), std::string::npos) << part << " is not in " << outcome.err;
  }
}

const std::string kTwoLines = "Once upon a time\nRosa ran.\n";

// ---- tokenize, detokenize, train-tokenizer ---------------------------------------------------

TEST(CliInput, TokenizeReadsFilesAndStandardInput) {
  const TempFolder folder;
  const std::string file = folder.write("text.txt", kTwoLines).string();
  const std::string expected = output_of({"tokenize", "--json", "--", kTwoLines});
  EXPECT_EQ(output_of({"tokenize", "--json", "--file", file}), expected);
  EXPECT_EQ(output_of({"tokenize", "--json", "--file", "-"}, kTwoLines), expected);
  EXPECT_EQ(output_of({"tokenize", "--json", "-"}, kTwoLines), expected);
  EXPECT_EQ(output_of({"tokenize", "--json", "-"}), output_of({"tokenize", "--json", ""}));
}

TEST(CliInput, JsonHasIdsAndPieces) {
  const Json reply = Json::parse(output_of({"tokenize", "--json", "Once upon 🦜"}));
  ASSERT_EQ(reply["ids"].size(), reply["pieces"].size());
  EXPECT_EQ(reply["pieces"][0], "Once");
  EXPECT_EQ(reply["pieces"].back(), "\uFFFD") << "one byte of several";
}

TEST(CliInput, DetokenizeReadsFilesAndStandardInput) {
  const TempFolder folder;
  const Json ids = Json::parse(output_of({"tokenize", "--json", "--", kTwoLines}))["ids"];
  const std::string expected = kTwoLines + "\n";
  EXPECT_EQ(output_of({"detokenize", "--file", "-"}, ids.dump()), expected);
  std::string lines;
  for (const Json& id : ids) lines += id.dump() + "\r\n";
  EXPECT_EQ(output_of({"detokenize", "--file", folder.write("ids.txt", lines).string()}), expected);
  const Json reply = Json::parse(output_of({"detokenize", "--json", "--file", "-"}, ids.dump()));
  EXPECT_EQ(reply["text"], kTwoLines);
  EXPECT_EQ(from_hex(reply["bytes_hex"]), kTwoLines);
}

TEST(CliInput, TrainingReadsStandardInput) {
  const TempFolder folder;
  const std::string text = "low low low lower lowest";
  const std::string a = (folder.path() / "a.json").string(),
                    b = (folder.path() / "b.json").string();
  const std::string file = folder.write("text.txt", text).string();
  output_of({"train-tokenizer", "--input", file, "--vocab-size", "262", "--out", a});
  const Json told = Json::parse(output_of(
      {"train-tokenizer", "--input", "-", "--vocab-size", "262", "--out", b, "--json"}, text));
  EXPECT_EQ(told, (Json{{"out", b}, {"vocab", 262}, {"merges", 6}}));
  const Arguments ask = {"tokenize", "--json", "lowest", "--tokenizer"};
  Arguments with_a = ask, with_b = ask;
  with_a.push_back(a);
  with_b.push_back(b);
  EXPECT_EQ(output_of(with_a), output_of(with_b));
}

TEST(CliInput, ColoursAreForTerminals) {
  EXPECT_EQ(output_of({"tokenize", "Once upon"}).find('\033'), std::string::npos);
  const std::string colored = output_of({"tokenize", "--color", "always",
                                         "Once upon\na \xE5\x86"
                                         "\x99"});
  for (const char* part : {"mOnce\033[0m", "m upon\033[0m", "m\\n\033[0m\n"}) {
    EXPECT_NE(colored.find(part), std::string::npos) << part << " is not in " << colored;
  }
  // Take the colours away: the text, and its ids.
  std::string plain;
  for (std::size_t i = 0; i < colored.size(); ++i) {
    if (colored[i] == '\033')
      i = colored.find('m', i);
    else
      plain += colored[i];
  }
  const Json ids = Json::parse(output_of({"tokenize", "--json", "Once upon\na 写"}))["ids"];
  std::string numbers;
  for (const Json& id : ids) numbers += (numbers.empty() ? "" : " ") + id.dump();
  EXPECT_NE(plain.find("\n" + numbers + "\n"), std::string::npos) << plain;
  expect_usage_error({"tokenize", "--color", "red", "a"}, {"--color", "red"});
}

TEST(CliInput, WhatIsMissingTwiceOrBroken) {
  const TempFolder folder;
  const std::string file = folder.write("bad.txt", "a\xFF").string();
  expect_usage_error({"tokenize"}, {"there is no text", "--file"});
  expect_usage_error({"tokenize", "a", "--file", file}, {"two texts"});
  expect_usage_error({"detokenize"}, {"there are no ids", "--file"});
  expect_usage_error({"detokenize", "1", "--file", file}, {"ids twice"});
  for (const char* command : {"tokenize", "detokenize"}) {
    const Outcome outcome = run_tokenwalk({command, "--file", file});
    EXPECT_EQ(outcome.exit_code, 1);
    EXPECT_NE(outcome.err.find("byte 0xff at offset 1"), std::string::npos) << outcome.err;
    EXPECT_EQ(run_tokenwalk({command, "--file", file + ".no"}).exit_code, 1);
  }
  const Outcome words = run_tokenwalk({"detokenize", "--file", "-"}, "1, two");
  EXPECT_EQ(words.exit_code, 2);
  EXPECT_NE(words.err.find("two"), std::string::npos) << words.err;
}

TEST(CliInput, HelpHasExamples) {
  for (const char* command :
       {"generate", "tokenize", "detokenize", "train-tokenizer", "info", "convert"}) {
    const std::string help = output_of({command, "--help"});
    EXPECT_NE(help.find("Examples:\n  tokenwalk "), std::string::npos) << command;
  }
}

// ---- generate --------------------------------------------------------------------------------

TEST(CliInput, PromptsFromFilesAndStandardInput) {
  const TempFolder folder;
  const Arguments flags = {"generate", "--json", "--no-check", "--greedy", "--max-new-tokens", "4"};
  const auto ids = [&](const Arguments& more, const std::string& input = "") {
    Arguments all = flags;
    all.insert(all.end(), more.begin(), more.end());
    return Json::parse(output_of(all, input))["prompt_ids"];
  };
  const Json expected = ids({"--prompt", "Once upon\na time"});
  const std::string file = folder.write("p.txt", "Once upon\na time\r\n").string();
  EXPECT_EQ(ids({"--prompt-file", file}), expected);
  EXPECT_EQ(ids({"--prompt-file", "-"}, "Once upon\na time\n"), expected);
  EXPECT_NE(ids({"--prompt-file", "-"}, "Once upon\na time\n\n"), expected) << "only the last";
  expect_usage_error({"generate", "--prompt", "a", "--prompt-file", file}, {"two prompts"});
}

TEST(CliInput, TheCacheIsDrawnAsItFills) {
  const std::string text = output_of({"generate", "--prompt", "Once upon a time", "--greedy",
                                      "--max-new-tokens", "4", "--show-cache", "--no-check"});
  const std::size_t n =
      Json::parse(output_of({"tokenize", "--json", "Once upon a time"}))["ids"].size();
  for (std::size_t k = 0; k <= 4; ++k) {
    const std::size_t cached = n + (k == 0 ? 0 : k - 1);
    const std::string says = "] " + std::string(5 - std::to_string(cached).size(), ' ') +
                             std::to_string(cached) + " cached + " + (k == 0 ? "0" : "1") +
                             " pending";
    EXPECT_NE(text.find(says), std::string::npos) << says << " is not in\n" << text;
  }
  EXPECT_NE(text.find("\nOnce upon a time"), std::string::npos) << "the text follows";
  expect_usage_error({"generate", "--show-cache", "--no-cache"}, {"--show-cache", "--no-cache"});
}

// The text below the lines is the text without them, stop strings and samples included.
TEST(CliInput, TheCacheIsDrawnOverTheSameText) {
  const Arguments stops = {"--prompt", "Once upon a time", "--stop", "little", "--greedy"};
  const Arguments samples = {"--prompt", "Once upon", "--num-samples", "2", "--seed", "3"};
  const Arguments ids = {"--model", (data_path("golden") / "models" / "qwen2").string(),
                         "--prompt-tokens", "1,2,3"};
  for (const Arguments& flags : {stops, samples, ids}) {
    Arguments plain = {"generate", "--no-check", "--max-new-tokens", "9"};
    plain.insert(plain.end(), flags.begin(), flags.end());
    std::string text = output_of(plain);
    if (text.find("---\n") != std::string::npos) text = text.substr(text.find("---\n") + 4);
    plain.emplace_back("--show-cache");
    const std::string drawn = output_of(plain);
    EXPECT_EQ(drawn.substr(drawn.size() - std::min(drawn.size(), text.size())), text) << drawn;
  }
}

TEST(CliInput, ThePromptIsToldChunkByChunk) {
  const Arguments flags = {"generate", "--prompt-tokens", "300,301,302,303,304",
                           "--greedy", "--no-check",      "--max-new-tokens",
                           "12"};
  Arguments chunks = flags;
  for (const char* flag : {"--show-cache", "--prefill-chunk", "2"}) chunks.emplace_back(flag);
  const std::string told = output_of(chunks), text = output_of(flags);
  for (const char* part : {"]     2 cached + 0 pending  2 tokens of the prompt\n",
                           "]     4 cached + 0 pending  4 tokens of the prompt\n",
                           "]     5 cached + 0 pending  5 tokens of the prompt\n"}) {
    EXPECT_NE(told.find(part), std::string::npos) << part << " is not in\n" << told;
  }
  EXPECT_EQ(told.substr(told.size() - std::min(told.size(), text.size())), text);
}

TEST(CliInput, GreedyAndSamplingDoNotGoTogetherWithTheOther) {
  expect_usage_error({"generate", "--greedy", "--temperature", "0.7"}, {"--greedy", "0.7"});
  expect_usage_error({"generate", "--do-sample", "--temperature", "0"},
                     {"--do-sample", "temperature 0"});
  EXPECT_EQ(run_tokenwalk({"generate", "--greedy", "--temperature", "0", "--max-new-tokens", "1"})
                .exit_code,
            0);
}

TEST(CliInput, WhatIsSaidOfTheModelIsChecked) {
  expect_usage_error({"generate", "--context", "1025"},
                     {"--context", "found:    1025", "1 to 1024"});
  expect_usage_error({"generate", "--eos-token-id", "2048"}, {"--eos-token-id", "0 to 2047"});
  expect_usage_error({"generate", "--vocab-size", "0"}, {"--vocab-size"});
}

}  // namespace
}  // namespace tokenwalk
