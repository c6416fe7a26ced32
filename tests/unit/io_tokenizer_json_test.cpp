#include "lib/io/tokenizer_json.h"

#include <sys/stat.h>

#include <cstdlib>
#include <filesystem>

#include "lib/base/check.h"
#include "lib/io/tokenizer_folder.h"
#include "lib/io/write_tokenizer_json.h"
#include "tests/unit/io_test_support.h"

namespace tokenwalk {
namespace {

using Edits = std::vector<std::pair<std::string, std::string>>;

TokenizerData parse(const Edits& edits = {}) {
  return parse_tokenizer_json(small_tokenizer_json(edits), "tokenizer.json");
}

void expect_refused(const Edits& edits, const ErrorSays& says) {
  expect_bad_file([&] { parse(edits); }, says);
}

const std::string kByteLevel =
    R"({"type": "ByteLevel", "add_prefix_space": false, "use_regex": true})";

TEST(TokenizerJson, ReadsVocabularyMergesAndAddedTokens) {
  const TokenizerData data = parse();
  EXPECT_EQ(data.vocab, (std::vector<std::string>{"a", "b", "c", " ", "ab", "abc", "<|end|>"}));
  ASSERT_EQ(data.merges.size(), 2u);
  EXPECT_EQ(data.merges[1], (std::pair<std::string, std::string>("ab", "c")));
  ASSERT_EQ(data.added.size(), 1u);
  EXPECT_EQ(data.added[0].text, "<|end|>");
  EXPECT_EQ(data.added[0].id, 6);
  EXPECT_TRUE(data.added[0].special);
  EXPECT_EQ(data.split, "gpt2");
  EXPECT_EQ(data.normalizer, "");
  EXPECT_FALSE(data.add_bos);
  EXPECT_EQ(data.bos, -1);
}

TEST(TokenizerJson, ReadsMergesAsPairs) {
  const auto data = parse({{R"("a b", "ab c")", R"(["a", "b"], ["ab", "c"])"}});
  EXPECT_EQ(data.merges, parse().merges);
}

TEST(TokenizerJson, TakesTheVocabularyInAnyOrder) {
  const auto data = parse({{R"("a": 0, "b": 1,)", R"("b": 1, "a": 0,)"}});
  EXPECT_EQ(data.vocab, parse().vocab);
}

TEST(TokenizerJson, TakesAddedTokensThatAreWordsToo) {
  EXPECT_EQ(parse({{R"("abc": 5)", R"("abc": 5, "<|end|>": 6)"}}).vocab, parse().vocab);
  // Spaces have no place in the byte alphabet: the word is an added token, so it stands for itself.
  const auto data = parse({{"<|end|>", "the end"}, {R"("abc": 5)", R"("abc": 5, "the end": 6)"}});
  EXPECT_EQ(data.vocab[6], "the end");
}

TEST(TokenizerJson, KnowsWaysToSplit) {
  const auto split = [](const std::string& step) { return parse({{kByteLevel, step}}).split; };
  const auto sequence = [](const std::string& steps) {
    return R"({"type": "Sequence", "pretokenizers": [)" + steps + "]}";
  };
  const std::string digits = R"({"type": "Digits", "individual_digits": true}, )";
  EXPECT_EQ(split(R"({"type": "ByteLevel", "add_prefix_space": false, "use_regex": false})"),
            "none");
  EXPECT_EQ(split(sequence(kByteLevel)), "gpt2");
  EXPECT_EQ(split(sequence(digits + kByteLevel)), "smollm");
  EXPECT_EQ(split(sequence(kByteLevel + ", " + kByteLevel)), "unsupported");
  EXPECT_EQ(split(sequence(R"({"type": "Digits", "individual_digits": false}, )" + kByteLevel)),
            "unsupported");
  EXPECT_EQ(split(sequence(R"({"type": "Punctuation", "individual_digits": true}, )" + kByteLevel)),
            "unsupported");
  EXPECT_EQ(split("null"), "unsupported");
  EXPECT_EQ(split("[1]"), "unsupported");
  const auto data = parse({{kByteLevel, R"({"type": "Metaspace", "replacement": "▁"})"}});
  EXPECT_EQ(data.split, "unsupported");
  EXPECT_NE(data.split_description.find("Metaspace"), std::string::npos) << data.split_description;
}

TEST(TokenizerJson, KeepsOtherSettings) {
  EXPECT_TRUE(
      parse({{"\"add_prefix_space\": false", "\"add_prefix_space\": true"}}).add_prefix_space);
  EXPECT_TRUE(parse({{"\"ignore_merges\": false", "\"ignore_merges\": true"}}).ignore_merges);
  const auto normalizer = [](const std::string& value) {
    return parse({{"\"normalizer\": null", "\"normalizer\": " + value}}).normalizer;
  };
  EXPECT_EQ(normalizer(R"({"type": "NFC"})"), "NFC");
  EXPECT_EQ(normalizer(R"({"type": "Sequence", "normalizers": [{"type": "NFC"}]})"), "NFC");
  EXPECT_EQ(normalizer(R"({"type": "Sequence", "normalizers": []})"), "");
  EXPECT_EQ(normalizer(R"({"type": "Lowercase"})"), "unsupported");
}

TEST(TokenizerJson, FindsTokensAroundEveryText) {
  const auto around = [](const std::string& pieces) {
    return parse({{"\"post_processor\": null",
                   R"("post_processor": {"type": "Sequence", "processors": [{"type": "ByteLevel"},
                      {"type": "TemplateProcessing", "single": [)" +
                       pieces + "]}]}"}});
  };
  const std::string end = R"({"SpecialToken": {"id": "<|end|>", "type_id": 0}})";
  const std::string text = R"({"Sequence": {"id": "A", "type_id": 0}})";
  const auto before = around(end + ", " + text);
  EXPECT_TRUE(before.add_bos);
  EXPECT_EQ(before.bos, 6);
  EXPECT_FALSE(before.add_eos);
  const auto after = around(text + ", " + end);
  EXPECT_FALSE(after.add_bos);
  EXPECT_TRUE(after.add_eos);
  EXPECT_EQ(after.eos, std::vector<int>{6});
  expect_bad_file([&] { around(R"({"SpecialToken": {"id": "<s>"}}, )" + text); },
                  {"not among its added tokens", "\"<s>\"", "an added token", ""});
}

TEST(TokenizerJson, RefusesHolesDuplicatesAndAbsurdIds) {
  expect_refused({{R"("c": 2)", R"("c": 9)"}},
                 {"\"c\" an id that leaves a hole", "id 9", "0 to 6", ""});
  expect_refused({{R"("c": 2)", R"("c": 18446744073709551615)"}},
                 {"a hole", "id 1844", "0 to 6", ""});
  expect_refused({{R"("c": 2)", R"("c": 1)"}},
                 {"id 1 to two tokens", "\"c\"", "every id once", ""});
  expect_refused({{R"("c": 2)", R"("c": 2, "c": 2)"}}, {"word \"c\" twice", "2 and 2", "once", ""});
  expect_refused({{R"("c": 2)", R"("c": -2)"}},
                 {"\"c\" something that is no id", "negative", "whole", ""});
  expect_refused({{R"("c": 2)", R"("c": 2.0)"}},
                 {"\"c\" something that is no id", "not whole", "", ""});
  expect_refused({{R"("c": 2)", R"("c": "2")"}},
                 {"\"c\" something that is no id", "a string", "", ""});
  expect_refused({{R"("c": 2)", R"("c": {})"}},
                 {"\"c\" something that is no id", "an object", "", ""});
  expect_refused({{R"("c": 2)", R"("c": [2])"}},
                 {"\"c\" something that is no id", "an array", "", ""});
  expect_refused({{R"("id": 6)", R"("id": 5)"}}, {"id 5 to two tokens", "", "", ""});
  expect_refused({{R"("id": 6)", R"("id": 2147483647)"}},
                 {"a hole", "id 2147483647", "0 to 6", ""});
  expect_refused({{R"("id": 6)", R"("id": 2147483648)"}}, {"malformed added token", "", "", ""});
  expect_refused({{R"("abc": 5)", R"("abc": 5, "<|end|>": 7)"}},
                 {"two ids", "7 in the vocabulary, 6", "", ""});
}

TEST(TokenizerJson, RefusesWordsThatAreNoBytes) {
  expect_refused({{R"("c": 2)", R"("▁c": 2)"}},
                 {"\"▁c\"", "outside the byte alphabet", "256", "byte-level"});
  expect_refused({{R"("c": 2)", R"("": 2)"}}, {"stands for no bytes", "an empty word", "", ""});
}

TEST(TokenizerJson, RefusesBadMerges) {
  expect_refused({{"\"a b\"", "\"a x\""}}, {"merge of words", "merge 0 needs \"x\"", "", ""});
  expect_refused({{"\"ab c\"", "\"b c\""}}, {"merge of words", "merge 1 needs \"bc\"", "", ""});
  expect_refused({{"\"ab c\"", "\"a b\""}}, {"\"a\" and \"b\" twice", "merge 1", "once", ""});
  for (const char* merge :
       {"\"ab\"", "\"a b c\"", "\" b\"", "\"a \"", "\"\"", "[\"a\"]", "[]", "7",
        "[\"a\", \"b\", \"c\"]", "[\"a\", 1]", "null", "{}", "[[\"a\", \"b\"]]"}) {
    expect_refused({{"\"ab c\"", merge}}, {"malformed merge, number 1", "", "left right", ""});
  }
}

TEST(TokenizerJson, RefusesBadAddedTokens) {
  const std::string about = "malformed added token";
  expect_refused({{R"("content": "<|end|>")", R"("content": 5)"}}, {about, "", "\"content\"", ""});
  expect_refused({{R"("id": 6, )", ""}}, {about, "", "\"id\"", ""});
  expect_refused({{R"("content": "<|end|>")", R"("content": "")"}}, {"not text", "\"\"", "", ""});
  expect_refused({{"\"added_tokens\": [", "\"added_tokens\": [7, "}}, {about, "7", "", ""});
  const std::string again = R"("added_tokens": [{"id": 7, "content": "<|end|>"}, )";
  expect_refused({{"\"added_tokens\": [", again}}, {"\"<|end|>\" twice", "", "", ""});
}

TEST(TokenizerJson, RefusesOtherModels) {
  expect_refused({{"\"BPE\"", "\"WordPiece\""}},
                 {"cannot be read", "\"WordPiece\"", "BPE", "byte-level"});
  expect_refused({{"\"merges\"", "\"mergers\""}}, {"cannot be read", "", "\"merges\"", ""});
  expect_refused({{"\"model\"", "\"models\""}}, {"has no \"model\"", "null", "an object", ""});
  expect_refused({{"\"dropout\": null", "\"dropout\": 0.1"}}, {"dropout", "0.1", "null", ""});
  expect_bad_file([] { parse_tokenizer_json("[]", "t"); },
                  {"t is not an object", "an array", "", ""});
  expect_bad_file([] { parse_tokenizer_json(R"({"model": {"vocab": {}, "merges": []}})", "t"); },
                  {"is empty", "no tokens", "a vocabulary", ""});
}

TEST(TokenizerJson, RefusesTextThatIsCutOrNotUtf8) {
  const std::string good = small_tokenizer_json();
  for (std::size_t n = 1; n < good.size(); ++n) {
    expect_bad_file([&] { parse_tokenizer_json(good.substr(0, n), "t"); },
                    {"t is not valid JSON", "", "", "at byte"});
  }
  expect_refused({{"\"c\": 2", "\"\xff\": 2"}}, {"not valid JSON", "\\xff", "UTF-8", ""});
  expect_refused({{"\"c\": 2", "\"\\ud800\": 2"}}, {"not valid JSON", "surrogate", "", ""});
  expect_refused(
      {{"\"version\": \"1.0\"", "\"version\": " + std::string(100, '[') + std::string(100, ']')}},
      {"too deeply", "", "", ""});
}

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
  for (const char* split : {"gpt2", "smollm", "none"}) {
    data.split = split;
    data.normalizer = data.split == "none" ? "NFC" : "";
    const auto path = folder.path() / "tokenizer.json";
    write_tokenizer_json(path, data);
    const TokenizerData back = read_tokenizer_json(path);
    EXPECT_EQ(back.vocab, data.vocab);
    EXPECT_EQ(back.merges, data.merges);
    EXPECT_EQ(back.split, data.split);
    EXPECT_EQ(back.normalizer, data.normalizer);
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
  data.added = {AddedToken{"a", 1, true, false, false, false, false}};
  expect_bad_file([&] { write_tokenizer_json(folder.path() / "t.json", data); },
                  {"cannot hold this vocabulary", "\"a\"", "", "rename"});
  EXPECT_TRUE(std::filesystem::is_empty(folder.path()));
  data.split = "unsupported";
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

TEST(TokenizerJson, ReadsPublishedFiles) {
  const char* extra = std::getenv("TOKENWALK_EXTRA_DATA");
  if (extra == nullptr) GTEST_SKIP() << "TOKENWALK_EXTRA_DATA is not set";
  const auto tokenizers = std::filesystem::path(extra) / "tokenizers";
  const TokenizerData gpt2 = read_tokenizer_folder(tokenizers / "gpt2");
  EXPECT_EQ(gpt2.vocab.size(), 50257u);
  EXPECT_EQ(gpt2.vocab[262], " the");
  EXPECT_EQ(gpt2.merges.size(), 50000u);
  EXPECT_EQ(gpt2.split, "gpt2");
  EXPECT_EQ(gpt2.eos, std::vector<int>{50256});
  const TokenizerData qwen3 = read_tokenizer_folder(tokenizers / "qwen3");
  EXPECT_EQ(qwen3.vocab.size(), 151669u);
  EXPECT_EQ(qwen3.merges.size(), 151387u);
  EXPECT_EQ(qwen3.normalizer, "NFC");
  EXPECT_EQ(qwen3.split, "unsupported");
  EXPECT_EQ(qwen3.eos, std::vector<int>{151645});
}

}  // namespace
}  // namespace tokenwalk
