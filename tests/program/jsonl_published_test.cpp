// Tokenizers that others made, through the protocol and the commands, without a model.

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "lib/base/data_path.h"
#include "tests/program/jsonl_client.h"
#include "tests/program/runner.h"

namespace tokenwalk {
namespace {

std::string golden(const std::string& name) {
  return (data_path("tiny").parent_path() / "golden/tokenizers" / (name + ".json")).string();
}

// The id of a special token.
int id_of(const std::string& name, const std::string& token) {
  const Json ids = answer({{"op", "encode"}, {"text", token}, {"add_bos", false}},
                          {"--tokenizer", golden(name)})["ids"];
  EXPECT_EQ(ids.size(), 1u) << token << " " << ids;
  return ids[0];
}

Json encode(const std::string& name, Json request) {
  request["op"] = "encode";
  return answer(request, {"--tokenizer", golden(name)})["ids"];
}

TEST(JsonlPublished, TokenizersServeWithoutAModel) {
  const Arguments flags = {"--tokenizer", golden("qwen2")};
  const Json info = answer({{"op", "info"}}, flags);
  EXPECT_NE(info["tokenizer"]["kind"].get<std::string>().find("qwen2"), std::string::npos) << info;
  EXPECT_EQ(error_code(Json{{"op", "logits"}, {"ids", {1}}}, flags), "no_model");
  const Json composed = answer({{"op", "encode"}, {"text", "é"}}, flags)["ids"];
  EXPECT_EQ(answer({{"op", "encode"}, {"text", "e\u0301"}}, flags)["ids"], composed) << "NFC";
}

TEST(JsonlPublished, AddBosPutsTheFilesTokensAround) {
  const int begin = id_of("llama3", "<|im_start|>");
  EXPECT_EQ(encode("llama3", {{"text", "the"}})[0], begin);
  EXPECT_NE(encode("llama3", {{"text", "the"}, {"add_bos", false}})[0], begin);
  const int end = id_of("gpt2_whole", "<|im_end|>");
  EXPECT_EQ(encode("gpt2_whole", {{"text", "the"}}).back(), end);
  EXPECT_NE(encode("gpt2_whole", {{"text", "the"}, {"add_bos", false}}).back(), end);
  const Json both = encode("smollm", {{"text", ""}});
  EXPECT_EQ(both, (Json{id_of("smollm", "<|im_start|>"), id_of("smollm", "<|im_end|>")}));
}

TEST(JsonlPublished, SpecialsFalseMakesEveryAddedTokenOrdinaryText) {
  const std::string text = "<|im_start|> <tool> <both> word";
  const Json ids = encode("flags", {{"text", text}, {"specials", false}});
  for (const char* token : {"<|im_start|>", "<tool>", "<both>"}) {
    const int id = id_of("flags", token);
    for (const Json& each : ids) EXPECT_NE(each, id) << token;
  }
  EXPECT_EQ(answer({{"op", "decode"}, {"ids", ids}}, {"--tokenizer", golden("flags")})["text"],
            text);
}

TEST(JsonlPublished, SkipSpecialsLeavesOutControlTokensOnly) {
  const Json ids = encode("flags", {{"text", "a<|im_start|>b<tool>c"}});
  const Json reply = answer({{"op", "decode"}, {"ids", ids}, {"skip_specials", true}},
                            {"--tokenizer", golden("flags")});
  EXPECT_EQ(reply["text"], "ab<tool>c");
}

TEST(JsonlPublished, StreamsShowWholeCharacters) {
  const std::string text = "é是\U0001F468\u200D\U0001F469\u0301 ½";
  for (const char* name : {"gpt2", "qwen2", "smollm", "llama3"}) {
    const Json ids = encode(name, {{"text", text}, {"add_bos", false}});
    const Json reply =
        answer({{"op", "decode"}, {"ids", ids}, {"stream", true}}, {"--tokenizer", golden(name)});
    std::string together;
    for (const Json& piece : reply["pieces"]) {
      EXPECT_EQ(piece.get<std::string>().find("\uFFFD"), std::string::npos) << reply;
      together += piece.get<std::string>();
    }
    EXPECT_EQ(together, text);
    EXPECT_EQ(reply["flush"], "");
  }
}

Json train(const std::string& text, const std::string& pattern) {
  return answer({{"op", "train_tokenizer"},
                 {"text", text},
                 {"vocab_size", 400},
                 {"pattern", pattern}})["merges_hex"];
}

TEST(JsonlPublished, TrainingByPattern) {
  const std::string text = "12 12 1212 ab!ab! AB'LL ab'll";
  const Json qwen = train(text, "qwen"), llama = train(text, "llama3");
  const Json digits = {"31", "32"};
  const auto has = [](const Json& merges, const Json& pair) {
    return std::find(merges.begin(), merges.end(), pair) != merges.end();
  };
  EXPECT_FALSE(has(qwen, digits)) << "one digit at a time";
  EXPECT_TRUE(has(llama, digits));
  EXPECT_TRUE(has(train(text, "gpt2"), digits));
  EXPECT_TRUE(has(train("a-b a-b", "[a-z]-[a-z]"), (Json{"612d", "62"})) ||
              has(train("a-b a-b", "[a-z]-[a-z]"), (Json{"61", "2d62"})));
  EXPECT_EQ(train("a-b a-b", "[a-z]"), Json::array()) << "what lies between is cut too";
}

TEST(JsonlPublished, BadPatternsAreToldWithTheirOffset) {
  const Json request = {
      {"op", "train_tokenizer"}, {"text", "a"}, {"vocab_size", 300}, {"pattern", "\\s+|(b"}};
  EXPECT_EQ(error_code(request), "bad_value");
  const Json reply = ask_all({request})[0];
  const std::string found = reply["error"]["found"];
  EXPECT_NE(found.find("missing closing parenthesis at offset 6"), std::string::npos) << reply;
}

TEST(CliPublished, TrainTokenizerByPattern) {
  const auto folder = std::filesystem::temp_directory_path() / "tokenwalk_published_test";
  std::filesystem::create_directories(folder);
  const std::string text = (folder / "text.txt").string(), out = (folder / "t.json").string();
  std::ofstream(text) << "12 12 12 abab abab";
  const Outcome trained = run_tokenwalk({"train-tokenizer", "--input", text, "--vocab-size", "300",
                                         "--pattern", "qwen", "--out", out});
  EXPECT_EQ(trained.exit_code, 0) << trained.err;
  EXPECT_EQ(answer({{"op", "encode"}, {"text", "1212"}}, {"--tokenizer", out})["ids"].size(), 4u);
  const Outcome shown = run_tokenwalk({"detokenize", "--tokenizer", out, "16,17"});
  EXPECT_EQ(shown.out, "12\n") << "digits stand 16 places after '!'";
  const Outcome bad = run_tokenwalk(
      {"train-tokenizer", "--input", text, "--vocab-size", "300", "--pattern", "(", "--out", out});
  EXPECT_EQ(bad.exit_code, 2);
  EXPECT_NE(bad.err.find("at offset 1"), std::string::npos) << bad.err;
  std::filesystem::remove_all(folder);
}

TEST(CliPublished, TokensAroundAndControlTokensAreOptional) {
  const std::string file = golden("llama3");
  const auto out = [&](std::vector<std::string> arguments) {
    arguments.insert(arguments.end(), {"--tokenizer", file});
    return run_tokenwalk(arguments).out;
  };
  const Json with = Json::parse(out({"tokenize", "--json", "the"}))["ids"];
  const Json without = Json::parse(out({"tokenize", "--json", "--no-bos", "the"}))["ids"];
  ASSERT_EQ(with.size(), without.size() + 1);
  std::string ids;
  for (const Json& id : with) ids += (ids.empty() ? "" : ",") + id.dump();
  EXPECT_EQ(out({"detokenize", ids}), "<|im_start|>the\n");
  EXPECT_EQ(out({"detokenize", "--skip-specials", ids}), "the\n");
}

TEST(CliPublished, FilesWithStepsThatAreNotKnownAreRefused) {
  const auto folder = std::filesystem::temp_directory_path() / "tokenwalk_published_refused";
  std::filesystem::create_directories(folder);
  std::ifstream in(golden("qwen2"));
  Json file = Json::parse(in);
  const auto refused = [&](const std::string& part, const Json& value, const std::string& says) {
    Json edited = file;
    edited[Json::json_pointer(part)] = value;
    std::ofstream(folder / "tokenizer.json") << edited;
    const Outcome outcome = run_tokenwalk({"tokenize", "--tokenizer", folder.string(), "a"});
    EXPECT_EQ(outcome.exit_code, 1);
    EXPECT_NE(outcome.err.find(says), std::string::npos) << outcome.err;
  };
  refused("/pre_tokenizer/pretokenizers/0/type", "Punctuation", "Punctuation");
  refused("/pre_tokenizer/pretokenizers/0/pattern/Regex", "(", "at offset 1");
  refused("/pre_tokenizer/pretokenizers/0/pattern/Regex", "\\X", "\\X at offset 0");
  refused("/normalizer", {{"type", "NFKC"}}, "NFKC");
  refused("/post_processor", {{"type", "BertProcessing"}}, "BertProcessing");
  std::filesystem::remove_all(folder);
}

}  // namespace
}  // namespace tokenwalk
