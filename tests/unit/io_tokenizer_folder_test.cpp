// The tokenizer of a folder: written and read back, the older form, the neighbours.

#include "lib/io/tokenizer_folder.h"

#include "lib/base/check.h"
#include "lib/io/tokenizer_json.h"
#include "lib/io/write_tokenizer_json.h"
#include "tests/unit/io_test_support.h"

namespace tokenwalk {
namespace {

using Kind = SplitStep::Kind;
using Steps = std::vector<SplitStep>;

TEST(WriteTokenizerJson, IsReadBackTheSame) {
  const TempFolder folder;
  TokenizerData data;
  for (int byte = 0; byte < 256; ++byte)
    data.vocab.push_back(std::string(1, static_cast<char>(byte)));
  data.vocab.insert(data.vocab.end(), {"\xe4\xb8", "中", " \n", "<|end of text|>", "\"\\"});
  data.merges = {{"\xe4", "\xb8"}, {"\xe4\xb8", "\xad"}, {" ", "\n"}, {"\"", "\\"}};
  AddedToken end;
  end.text = "<|end of text|>";
  end.id = 259;
  end.special = end.rstrip = true;
  data.added = {end};
  const SplitStep prefix{Kind::kPrefixSpace, "", SplitBehavior::kIsolated, false};
  const SplitStep digits{Kind::kNumber, "", SplitBehavior::kContiguous, false};
  const SplitStep text{Kind::kText, "\"\n", SplitBehavior::kMergedWithNext, true};
  for (const Steps& split :
       {named_split("gpt2"), named_split("smollm"), named_split("qwen2"), named_split("llama3"),
        named_split("none"), Steps{digits, text, prefix}, Steps{prefix, SplitStep()}}) {
    data.split = split;
    data.nfc = split.empty();
    const auto path = folder.path() / "tokenizer.json";
    write_tokenizer_json(path, data);
    const TokenizerData back = read_tokenizer_json(path);
    EXPECT_EQ(back.vocab, data.vocab);
    EXPECT_EQ(back.merges, data.merges);
    EXPECT_EQ(back.split, data.split);
    EXPECT_EQ(back.nfc, data.nfc);
    EXPECT_EQ(back.added[0].text, end.text);
    EXPECT_EQ(back.added[0].id, 259);
    EXPECT_TRUE(back.added[0].special && back.added[0].rstrip && !back.added[0].lstrip);
  }
}

TEST(WriteTokenizerJson, LeavesNoHalfFile) {
  const TempFolder folder;
  TokenizerData data;
  data.vocab = {"a"};
  expect_bad_file([&] { write_tokenizer_json(folder.path() / "none" / "t.json", data); },
                  {"cannot write", "", "a folder that exists", ""});
  data.vocab = {"a", "b"};
  data.added = {AddedToken{"a", 1, true, false, false, false, false, false}};
  expect_bad_file([&] { write_tokenizer_json(folder.path() / "t.json", data); },
                  {"cannot hold this vocabulary", "\"a\"", "", "rename"});
  EXPECT_TRUE(std::filesystem::is_empty(folder.path()));
  data.split = {SplitStep(), SplitStep()};
  EXPECT_THROW(write_tokenizer_json(folder.path() / "t.json", data), CheckFailure);
}

TEST(WriteTokenizerJson, FollowsALink) {
  const TempFolder folder;
  const auto file = folder.write("file.json", "old"), link = folder.path() / "link.json";
  std::filesystem::create_symlink("file.json", link);
  TokenizerData data;
  data.vocab = {"a"};
  write_tokenizer_json(link, data);
  EXPECT_TRUE(std::filesystem::is_symlink(link));
  EXPECT_EQ(read_tokenizer_json(file).vocab, data.vocab);
}

TEST(WriteTokenizerJson, ReplacesNothingThatIsNoFile) {
  const TempFolder folder;
  TokenizerData data;
  data.vocab = {"a"};
  const auto pipe = folder.path() / "pipe", to_pipe = folder.path() / "to_pipe";
  const auto to_nothing = folder.path() / "to_nothing", inner = folder.path() / "folder";
  ASSERT_EQ(mkfifo(pipe.c_str(), 0600), 0);
  std::filesystem::create_symlink("pipe", to_pipe);
  std::filesystem::create_symlink("nothing", to_nothing);
  std::filesystem::create_directory(inner);
  for (const auto& path : {pipe, to_pipe, to_nothing, inner}) {
    expect_bad_file([&] { write_tokenizer_json(path, data); },
                    {"cannot write " + path.string(), "a pipe", "a regular file", "another"});
  }
  EXPECT_TRUE(std::filesystem::is_fifo(pipe) && std::filesystem::is_symlink(to_pipe));
  EXPECT_TRUE(std::filesystem::is_symlink(to_nothing) && std::filesystem::is_directory(inner));
}

TEST(TokenizerFolder, CollectsWhatTheNeighboursSay) {
  const TempFolder folder;
  folder.write("tokenizer.json", small_tokenizer_json());
  EXPECT_TRUE(read_tokenizer_folder(folder.path()).eos.empty());

  folder.write("tokenizer_config.json",
               R"({"bos_token": {"content": "a"}, "eos_token": "<|end|>", "add_bos_token": true,
                   "chat_template": [{"name": "tool", "template": "no"},
                                     {"name": "default", "template": "yes"}]})");
  folder.write("generation_config.json", R"({"eos_token_id": [6, 5]})");
  folder.write("config.json", R"({"eos_token_id": 2})");
  const TokenizerData data = read_tokenizer_folder(folder.path());
  EXPECT_EQ(data.bos, 0);
  EXPECT_TRUE(data.add_bos);
  EXPECT_EQ(data.eos, (std::vector<int>{2, 5, 6}));
  EXPECT_EQ(data.chat_template, "yes");

  folder.write("chat_template.jinja", "{{ messages }}");
  EXPECT_EQ(read_tokenizer_folder(folder.path()).chat_template, "{{ messages }}");
}

TEST(TokenizerFolder, ReadsVocabularyAndMergesOfTheOlderForm) {
  const TempFolder folder;
  folder.write("vocab.json", R"({"a": 1, "b": 2, "Ġ": 3, "ab": 4, "Ġab": 5, "<|end|>": 0})");
  for (const char* merges : {"a b\nĠ ab\n", "#version: 0.2\r\na b\r\n\r\nĠ ab"}) {
    folder.write("merges.txt", merges);
    const TokenizerData data = read_tokenizer_folder(folder.path());
    EXPECT_EQ(data.vocab, (std::vector<std::string>{"<|end|>", "a", "b", " ", "ab", " ab"}));
    ASSERT_EQ(data.merges.size(), 2u);
    EXPECT_EQ(data.merges[1], (std::pair<std::string, std::string>(" ", "ab")));
    ASSERT_EQ(data.added.size(), 1u);
    EXPECT_TRUE(data.added[0].special);
    EXPECT_EQ(data.split, named_split("gpt2"));
  }
}

TEST(TokenizerFolder, RefusesVocabulariesAndMergesThatDoNotFit) {
  const TempFolder folder;
  const auto refused = [&](const char* vocab, const char* merges, const ErrorSays& says) {
    folder.write("vocab.json", vocab);
    folder.write("merges.txt", merges);
    expect_bad_file([&] { read_tokenizer_folder(folder.path()); }, says);
  };
  refused("[]", "", {"vocab.json is no vocabulary", "", "", ""});
  refused(R"({"a": "b"})", "", {"\"a\"", "\"b\"", "a whole number", ""});
  refused(R"({"a": -1})", "", {"\"a\"", "-1", "a whole number", ""});
  refused(R"({"a": 1})", "\n", {"leaves a hole", "id 1", "", ""});
  refused(R"({"a": 0, "<s>": 4294967296})", "\n", {"hole", "4294967296", "", ""});
  refused(R"({"a": 0})", "a a\n", {"merge of words", "\"aa\"", "", ""});
  for (const char* line : {"a", "a ", " a", "a b c", "a  b"}) {
    refused(R"({"a": 0})", line, {"malformed merge in line 1", line, "", ""});
  }
  refused(R"({"a": 0})", "\n\n#version: 0.2 x", {"line 3", "", "", ""});
  std::filesystem::remove(folder.path() / "merges.txt");
  expect_bad_file([&] { read_tokenizer_folder(folder.path()); }, {"merges.txt", "", "", ""});
}

TEST(TokenizerFolder, RefusesNeighboursThatDoNotFit) {
  const TempFolder folder;
  folder.write("tokenizer.json", small_tokenizer_json());
  const auto read = [&] { read_tokenizer_folder(folder.path()); };
  folder.write("tokenizer_config.json", R"({"eos_token": "</s>"})");
  expect_bad_file(read,
                  {"names a token that the tokenizer lacks", "\"</s>\"", "", "different models"});
  folder.write("tokenizer_config.json", R"({"eos_token": 7})");
  expect_bad_file(read, {"\"eos_token\"", "7", "a string", ""});
  folder.write("tokenizer_config.json", "{}");
  folder.write("config.json", R"({"eos_token_id": "2"})");
  expect_bad_file(read, {"\"eos_token_id\"", "\"2\"", "whole numbers", ""});
  folder.write("config.json", R"({"eos_token_id": 4294967296})");
  expect_bad_file(read, {"impossible eos_token_id", "4294967296", "", ""});
  folder.write("config.json", R"({"eos_token_id": -1})");
  EXPECT_TRUE(read_tokenizer_folder(folder.path()).eos.empty());
  folder.write("config.json", "{");
  expect_bad_file(read, {"config.json is not valid JSON", "", "", ""});
  std::filesystem::remove(folder.path() / "tokenizer.json");
  expect_bad_file(read, {"tokenizer.json", "No such file", "", ""});
}

}  // namespace
}  // namespace tokenwalk
