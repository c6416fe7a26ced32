// Mistakes on the command line: a message with found, expected and hint, and exit code 1 or 2.

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "lib/base/data_path.h"
#include "tests/program/runner.h"

namespace tokenwalk {
namespace {

namespace fs = std::filesystem;

using Arguments = std::vector<std::string>;

constexpr int kFailed = 1;
constexpr int kUsage = 2;

fs::path tiny() {
  return data_path("tiny");
}

std::string shown(const Arguments& arguments) {
  std::string text = "tokenwalk";
  for (const std::string& argument : arguments) text += " " + argument.substr(0, 60);
  return text;
}

// The run fails with this code, prints nothing on standard output, and says on standard error what
// was found (with this part in it) and what was expected.
Outcome expect_told(const Arguments& arguments, int exit_code, const std::string& found,
                    const Environment& environment = {}) {
  SCOPED_TRACE(shown(arguments));
  const Outcome outcome = run_tokenwalk(arguments, "", environment);
  EXPECT_TRUE(ended_by_itself(outcome)) << outcome.err;
  EXPECT_EQ(outcome.exit_code, exit_code) << outcome.err;
  EXPECT_EQ(outcome.out, "");
  for (const char* part : {"tokenwalk: ", "\n  found:    ", "\n  expected: "}) {
    EXPECT_NE(outcome.err.find(part), std::string::npos) << part << " is not in " << outcome.err;
  }
  EXPECT_NE(outcome.err.find(found), std::string::npos) << found << " is not in " << outcome.err;
  return outcome;
}

// The mistakes that everybody makes get a hint as well.
void expect_hint(const Arguments& arguments, int exit_code, const std::string& found,
                 const Environment& environment = {}) {
  const Outcome outcome = expect_told(arguments, exit_code, found, environment);
  EXPECT_NE(outcome.err.find("\n  hint:     "), std::string::npos)
      << shown(arguments) << ": no hint in " << outcome.err;
}

void expect_refused(const std::string& flag, const std::string& value, int exit_code) {
  expect_told({"generate", "--no-check", flag, value}, exit_code, value);
}

// A folder of its own for files made wrong.
class CliFiles : public testing::Test {
 protected:
  CliFiles() {
    std::string pattern = (fs::temp_directory_path() / "tokenwalk-cli-XXXXXX").string();
    folder_ = mkdtemp(pattern.data());
  }
  ~CliFiles() override { fs::remove_all(folder_); }

  // A copy of the bundled model whose file `name` is changed.
  fs::path model_with(const std::string& name, const std::string& bytes) {
    const fs::path model = folder_ / "model";
    fs::remove_all(model);
    fs::copy(tiny(), model);
    fs::remove(model / name);
    std::ofstream(model / name, std::ios::binary) << bytes;
    return model;
  }

  fs::path folder_;
};

// ---- usage -----------------------------------------------------------------------------------

TEST(CliUsage, UnknownCommandsAndFlagsAreNamed) {
  expect_hint({"no-such-command"}, kUsage, "no-such-command");
  expect_hint({"--no-such-flag"}, kUsage, "--no-such-flag");
  expect_hint({"generate", "--no-such-flag"}, kUsage, "--no-such-flag");
  expect_hint({"generate", "--no-such-flag=5"}, kUsage, "--no-such-flag");
  expect_hint({"generate", "a stray word"}, kUsage, "a stray word");
  expect_hint({"tokenize", "one", "two"}, kUsage, "two");
}

TEST(CliUsage, WhatIsMissingIsNamed) {
  expect_told({}, kUsage, "subcommand");
  expect_told({"generate", "--top-p"}, kUsage, "--top-p");
  expect_told({"tokenize"}, kUsage, "text");
  expect_told({"detokenize"}, kUsage, "ids");
  expect_told({"train-tokenizer"}, kUsage, "--");
  expect_told({"train-tokenizer", "--input", "x"}, kUsage, "--vocab-size");
}

TEST(CliUsage, NumbersThatAreNone) {
  for (const char* flag : {"--temperature", "--top-p", "--min-p", "--top-k", "--max-new-tokens",
                           "--num-samples", "--threads", "--prompt-tokens"}) {
    expect_refused(flag, "abc", kUsage);
    expect_refused(flag, "1x", kUsage);
  }
  for (const char* flag : {"--top-k", "--max-new-tokens", "--num-samples", "--prompt-tokens"}) {
    expect_refused(flag, "1.5", kUsage);
    expect_refused(flag, "99999999999999999999", kUsage);
    expect_refused(flag, "-99999999999999999999", kUsage);
  }
}

TEST(CliUsage, TheFlagIsNamedWithWhatItTakes) {
  const auto said = [](const Arguments& arguments, const char* part) {
    const std::string err = expect_told(arguments, kUsage, "").err;
    EXPECT_NE(err.find(part), std::string::npos) << part << " is not in " << err;
  };
  said({"generate", "--temperature", "abc"},
       "bad --temperature\n  found:    abc\n  expected: a num");
  said({"generate", "--top-p", "1.0000001"}, "bad --top-p\n  found:    1.0000001\n");
  said({"generate", "--top-p", "2"}, "expected: a number from 0 to 1\n  hint:");
  said({"generate", "--top_k", "-3"}, "bad --top-k\n  found:    -3\n  expected: a whole number");
  said({"generate", "--num-samples", "0"}, "bad --num-samples\n  found:    0\n");
  for (const char* bad : {"-1", "0", "1e23", "2.5", "4294967297"}) {
    said({"generate", "--prefill-chunk", bad}, "bad --prefill-chunk\n");
  }
}

TEST(CliUsage, ListsOfIdsHaveNoHoles) {
  for (const char* bad : {"309,,415", "5,", ",5", ",", "5, 6", "5;6"}) {
    expect_refused("--prompt-tokens", bad, kUsage);
    expect_told({"detokenize", bad}, kUsage, bad);
  }
}

// An empty argument is no number; it is what a script passes when a variable is not set.
TEST(CliUsage, NothingIsNoNumber) {
  for (const char* flag :
       {"--temperature", "--top-p", "--top-k", "--max-new-tokens", "--prompt-tokens", "--seed"}) {
    const Outcome outcome = run_tokenwalk({"generate", flag, "", "--no-check"});
    EXPECT_NE(outcome.exit_code, 0) << flag;
    EXPECT_EQ(outcome.out, "") << flag;
  }
  EXPECT_NE(run_tokenwalk({"detokenize", ""}).exit_code, 0);
}

// ---- values ----------------------------------------------------------------------------------

TEST(CliValues, OutOfRange) {
  expect_hint({"generate", "--top-p", "2"}, kUsage, "2");
  expect_refused("--top-p", "-0.5", kUsage);
  expect_refused("--top-p", "nan", kUsage);
  expect_refused("--min-p", "7", kUsage);
  expect_refused("--min-p", "nan", kUsage);
  expect_hint({"generate", "--temperature", "nan"}, kUsage, "nan");
  expect_refused("--temperature", "inf", kUsage);
  expect_refused("--temperature", "-1", kUsage);
  expect_refused("--temperature", "1e999", kUsage);
  expect_refused("--top-k", "-3", kUsage);
  expect_told({"generate", "--max-new-tokens", "-1"}, kUsage, "-1");
  expect_refused("--num-samples", "0", kUsage);
  expect_refused("--num-samples", "-1", kUsage);
  expect_refused("--threads", "-1", kUsage);
  expect_refused("--threads", "1000000", kUsage);
}

TEST(CliValues, Seeds) {
  for (const char* bad :
       {"-1", "1.5", "abc", "18446744073709551616", "99999999999999999999999", "0x10", "+5"}) {
    expect_refused("--seed", bad, kUsage);
  }
  EXPECT_EQ(run_tokenwalk({"generate", "--seed", "18446744073709551615", "--max-new-tokens", "1",
                           "--no-check"})
                .exit_code,
            0);
}

TEST(CliValues, NamesThatAreNone) {
  expect_refused("--kernels", "no-such-kernels", kUsage);
  expect_refused("--precision", "f33", kUsage);
  expect_refused("--precision", "q4_0", kUsage);
  expect_refused("--kv", "q8_0", kUsage);
  expect_refused("--device", "tpu", kUsage);
  expect_told({"generate"}, kUsage, "nonsense", {{"TOKENWALK_KERNELS", "nonsense"}});
}

// ---- prompts ---------------------------------------------------------------------------------

TEST(CliPrompts, NothingToConditionOn) {
  expect_hint({"generate", "--prompt", ""}, kUsage, "empty prompt");
}

TEST(CliPrompts, NotUtf8) {
  expect_hint({"generate", "--prompt", "abc\xFF"}, kUsage, "0xff at offset 3");
  expect_hint({"generate", "--prompt", "\xED\xA0\x80"}, kUsage, "offset 0");
  expect_hint({"tokenize", "\xC0\xAF"}, kUsage, "0xc0 at offset 0");
}

TEST(CliPrompts, IdsThatAreNoTokens) {
  expect_told({"generate", "--prompt-tokens", "5,99999"}, kUsage, "99999");
  expect_told({"generate", "--prompt-tokens", "5,-1"}, kUsage, "-1");
  expect_told({"detokenize", "99999"}, kUsage, "99999");
  expect_told({"detokenize", "5,-7"}, kUsage, "-7");
}

TEST(CliPrompts, MoreTokensThanTheContext) {
  std::string ids = "5";
  for (int i = 0; i < 5000; ++i) ids += ",5";
  expect_hint({"generate", "--prompt-tokens", ids}, kFailed, "5001 tokens");
}

TEST(CliPrompts, TwoPrompts) {
  expect_told({"generate", "--prompt", "a", "--prompt-tokens", "5"}, kUsage, "--prompt-tokens");
  expect_told({"generate", "--check", "--no-check"}, kUsage, "--check");
}

// ---- files -----------------------------------------------------------------------------------

TEST_F(CliFiles, Missing) {
  for (const char* flag : {"--model", "--tokenizer"}) {
    expect_hint({"tokenize", "a", flag, "/no/such/model"}, kFailed, "/no/such/model");
    expect_hint({"jsonl", flag, "/no/such/model"}, kFailed, "/no/such/model");
  }
  expect_hint({"generate", "--model", "/no/such/model"}, kFailed, "/no/such/model");
  expect_hint({"info", "/no/such/model"}, kFailed, "/no/such/model");
  expect_hint({"train-tokenizer", "--input", "/no/such/text", "--vocab-size", "300"}, kFailed,
              "/no/such/text");
  expect_hint({"generate"}, kFailed, "/no/such/data/tiny", {{"TOKENWALK_DATA", "/no/such/data"}});
}

TEST_F(CliFiles, AFolderThatIsNoModel) {
  expect_hint({"generate", "--model", folder_.string()}, kFailed, folder_.string());
  expect_hint({"info", folder_.string()}, kFailed, folder_.string());
}

TEST_F(CliFiles, WhatIsNoModelIsToldWhatAModelIs) {
  const fs::path text = folder_ / "README.md";
  std::ofstream(text) << "hello";
  for (const std::string& path : {folder_.string(), text.string(), std::string("/no/such")}) {
    for (const char* command : {"generate", "jsonl"}) {
      const Outcome outcome = expect_told({command, "--model", path}, kFailed, path);
      EXPECT_NE(outcome.err.find("a model folder (config.json"), std::string::npos) << outcome.err;
      EXPECT_EQ(outcome.err.find("tokenizer.json: "), std::string::npos) << outcome.err;
    }
  }
}

TEST_F(CliFiles, AFileThatIsNoModel) {
  for (const std::string& bytes : {std::string(), std::string("hello"), std::string(1000, '\0'),
                                   std::string("GGUF"), std::string("GGUF\3\0\0\0", 8)}) {
    for (const char* name : {"model.gguf", "model.safetensors"}) {
      const fs::path path = folder_ / name;
      std::ofstream(path, std::ios::binary | std::ios::trunc) << bytes;
      expect_hint({"generate", "--model", path.string()}, kFailed, path.string());
      expect_hint({"info", path.string()}, kFailed, path.string());
    }
  }
}

TEST_F(CliFiles, FilesThatAreCut) {
  for (const char* name : {"model.safetensors", "config.json", "tokenizer.json"}) {
    const std::string whole = read_file(tiny() / name);
    for (const std::size_t size :
         {std::size_t{0}, std::size_t{7}, whole.size() / 2, whole.size() - 3}) {
      expect_hint({"generate", "--model", model_with(name, whole.substr(0, size)).string()},
                  kFailed, name);
    }
  }
}

TEST_F(CliFiles, FilesThatAreMissing) {
  for (const char* name : {"model.safetensors", "config.json", "tokenizer.json"}) {
    const fs::path model = model_with(name, "");
    fs::remove(model / name);
    expect_hint({"generate", "--model", model.string()}, kFailed, model.string());
  }
}

TEST_F(CliFiles, AConfigThatDoesNotFitTheWeights) {
  std::string config = read_file(tiny() / "config.json");
  const std::string layers = "\"num_hidden_layers\": ";
  const std::size_t at = config.find(layers);
  ASSERT_NE(at, std::string::npos);
  for (const char* wrong : {"9", "0", "-1", "1e9", "\"four\"", "99999999999"}) {
    std::string changed = config;
    changed.replace(at + layers.size(), config.find(',', at) - at - layers.size(), wrong);
    expect_told({"generate", "--model", model_with("config.json", changed).string()}, kFailed, "");
  }
}

TEST_F(CliFiles, ATrainingTextThatIsNotUtf8) {
  std::ofstream(folder_ / "text.txt", std::ios::binary) << "fine\xFF";
  expect_hint({"train-tokenizer", "--input", (folder_ / "text.txt").string(), "--vocab-size", "300",
               "--out", (folder_ / "out.json").string()},
              kFailed, "offset 4");
  EXPECT_FALSE(fs::exists(folder_ / "out.json"));
}

TEST_F(CliFiles, TrainingThatCannotBe) {
  const std::string text = (folder_ / "text.txt").string(), out = (folder_ / "out.json").string();
  std::ofstream(text) << "low lower lowest";
  expect_told({"train-tokenizer", "--input", text, "--vocab-size", "100", "--out", out}, kUsage,
              "100");
  expect_told({"train-tokenizer", "--input", text, "--vocab-size", "300", "--out",
               "/no/such/folder/out.json"},
              kFailed, "/no/such/folder/out.json");
  expect_told({"train-tokenizer", "--input", folder_.string(), "--vocab-size", "300", "--out", out},
              kFailed, folder_.string());
  EXPECT_FALSE(fs::exists(out));
}

}  // namespace
}  // namespace tokenwalk
