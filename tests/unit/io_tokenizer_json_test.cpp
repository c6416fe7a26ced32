#include "lib/io/tokenizer_json.h"

#include <cstdlib>

#include "lib/io/tokenizer_folder.h"
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
  EXPECT_EQ(data.split, named_split("gpt2"));
  EXPECT_FALSE(data.nfc);
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

using Kind = SplitStep::Kind;
using Steps = std::vector<SplitStep>;

std::string sequence(const std::string& steps) {
  return R"({"type": "Sequence", "pretokenizers": [)" + steps + "]}";
}

const std::string kSplit =
    R"({"type": "Split", "pattern": {"Regex": "a+"}, "behavior": "Isolated", "invert": false})";

TEST(TokenizerJson, KnowsWaysToSplit) {
  const auto split = [](const std::string& step) { return parse({{kByteLevel, step}}).split; };
  const auto edited = [&](const std::string& from, const std::string& to) {
    std::string step = kSplit;
    step.replace(step.find(from), from.size(), to);
    return split(sequence(step + ", " + kByteLevel)).front();
  };
  const std::string digits = R"({"type": "Digits", "individual_digits": true}, )";
  const std::string plain =
      R"({"type": "ByteLevel", "add_prefix_space": false, "use_regex": false})";
  EXPECT_EQ(split(plain), Steps());
  EXPECT_EQ(split(sequence(kByteLevel)), named_split("gpt2"));
  EXPECT_EQ(split(sequence(digits + kByteLevel)), named_split("smollm"));
  EXPECT_EQ(split(R"({"type": "ByteLevel"})"),
            (Steps{{Kind::kPrefixSpace, "", SplitBehavior::kIsolated, false}, SplitStep()}));
  EXPECT_EQ(split(sequence(R"({"type": "Digits", "individual_digits": false}, )" + plain)),
            (Steps{{Kind::kNumber, "", SplitBehavior::kContiguous, false}}));
  EXPECT_EQ(split(sequence(kSplit + ", " + plain)),
            (Steps{{Kind::kRegex, "a+", SplitBehavior::kIsolated, false}}));
  EXPECT_EQ(edited("false", "true").invert, true);
  EXPECT_EQ(edited("Regex", "String").kind, Kind::kText);
  EXPECT_EQ(edited("Isolated", "Removed").behavior, SplitBehavior::kRemoved);
  EXPECT_EQ(edited("Isolated", "MergedWithPrevious").behavior, SplitBehavior::kMergedWithPrevious);
  EXPECT_EQ(edited("Isolated", "MergedWithNext").behavior, SplitBehavior::kMergedWithNext);
  EXPECT_EQ(edited("Isolated", "Contiguous").behavior, SplitBehavior::kContiguous);
}

TEST(TokenizerJson, NamesWaysToSplitThatItDoesNotKnow) {
  const auto refused = [](const std::string& step, const std::string& found) {
    expect_refused({{kByteLevel, step}}, {"splits text", found, "", ""});
  };
  refused(sequence(kByteLevel + ", " + kByteLevel), "ByteLevel");
  refused(sequence(kByteLevel + ", " + kSplit), "ByteLevel");
  refused(sequence(R"({"type": "Punctuation"}, )" + kByteLevel), "Punctuation");
  refused(sequence(kSplit), "Split");
  refused(sequence(""), "pretokenizers");
  refused(sequence("3"), "3");
  refused(R"({"type": "Sequence"})", "Sequence");
  refused(R"({"type": "Metaspace", "replacement": "▁"})", "Metaspace");
  refused("null", "null");
  std::string many = kByteLevel;
  for (int i = 0; i < 100; ++i) many.insert(0, kSplit + ", ");
  expect_refused({{kByteLevel, sequence(many)}},
                 {"too many pretokenizers", "101", "at most 100", ""});
  refused("[1]", "[1]");
  const auto bad_split = [&](const std::string& from, const std::string& to) {
    std::string step = kSplit;
    step.replace(step.find(from), from.size(), to);
    refused(sequence(step + ", " + kByteLevel), "Split");
  };
  bad_split("Isolated", "isolated");
  bad_split(R"("Isolated")", "1");
  bad_split(R"({"Regex": "a+"})", R"("a+")");
  bad_split(R"("a+")", "7");
  bad_split(R"("a+")", R"("a+", "String": "a")");
}

TEST(TokenizerJson, ReadsNormalizers) {
  EXPECT_TRUE(parse({{"\"ignore_merges\": false", "\"ignore_merges\": true"}}).ignore_merges);
  const auto edit = [](const std::string& value) {
    return Edits{{"\"normalizer\": null", "\"normalizer\": " + value}};
  };
  const auto steps = [](const std::string& list) {
    return R"({"type": "Sequence", "normalizers": [)" + list + "]}";
  };
  const std::string nfc = R"({"type": "NFC"})", lower = R"({"type": "Lowercase"})";
  EXPECT_FALSE(parse().nfc);
  EXPECT_TRUE(parse(edit(nfc)).nfc);
  EXPECT_TRUE(parse(edit(steps(nfc))).nfc);
  EXPECT_TRUE(parse(edit(steps(nfc + ", " + nfc))).nfc);
  EXPECT_FALSE(parse(edit(steps(""))).nfc);
  for (const std::string& bad : {lower, steps(nfc + ", " + lower), std::string("7")}) {
    expect_refused(edit(bad), {"normalises text", bad.substr(0, 5), "NFC", ""});
  }
}

// An edit that gives the file a post-processor made of these steps.
Edits processors(const std::string& steps) {
  return {{"\"post_processor\": null",
           R"("post_processor": {"type": "Sequence", "processors": [)" + steps + "]}"}};
}

// A template of these pieces, which may use the token <|end|>.
std::string template_of(const std::string& pieces) {
  return R"({"type": "TemplateProcessing", "single": [)" + pieces + R"(], "special_tokens":
      {"<|end|>": {"id": "<|end|>", "ids": [6], "tokens": ["<|end|>"]},
       "two": {"id": "two", "ids": [1, 2]}, "far": {"id": "far", "ids": [7]}}})";
}

const std::string kEnd = R"({"SpecialToken": {"id": "<|end|>", "type_id": 0}})";
const std::string kText = R"({"Sequence": {"id": "A", "type_id": 0}})";

TEST(TokenizerJson, FindsTokensAroundEveryText) {
  const auto around = [](const std::string& pieces) {
    return parse(processors(R"({"type": "ByteLevel"}, )" + template_of(pieces)));
  };
  const auto before = around(kEnd + ", " + kText);
  EXPECT_TRUE(before.add_bos);
  EXPECT_EQ(before.bos, 6);
  EXPECT_EQ(before.last, -1);
  const auto after = around(kText + ", " + kEnd);
  EXPECT_FALSE(after.add_bos);
  EXPECT_EQ(after.last, 6);
  EXPECT_EQ(after.eos, std::vector<int>{6});
  EXPECT_EQ(around(kText).bos, -1);
}

TEST(TokenizerJson, NamesPostProcessorsThatItDoesNotKnow) {
  const auto refused = [](const std::string& step, const ErrorSays& says) {
    expect_refused(processors(step), says);
  };
  refused(R"({"type": "RobertaProcessing"})", {"post-processor", "RobertaProcessing", "", ""});
  refused("1", {"post-processor", "1", "", ""});
  for (const std::string& pieces :
       {std::string(), kEnd, kText + "," + kText, kEnd + "," + kEnd + "," + kText,
        kText + "," + kEnd + "," + kEnd, kText + ", 3",
        std::string(R"({"Sequence": {"id": "B", "type_id": 0}})")}) {
    refused(template_of(pieces), {"puts more around a text", "[", "at most one token", ""});
  }
  for (const std::string name : {"<s>", "two", "far"}) {
    refused(template_of(R"({"SpecialToken": {"id": ")" + name + R"("}}, )" + kText),
            {"that it does not define", name, "one id of the vocabulary", ""});
  }
}

TEST(TokenizerJson, WantsAllBytesWhereAnUnknownTokenIsNamed) {
  expect_refused({{"\"unk_token\": null", "\"unk_token\": \"<|end|>\""}},
                 {"no token for some bytes", "<|end|>", "256 bytes", ""});
  expect_refused({{"\"unk_token\": null", "\"byte_fallback\": true"}},
                 {"no token for some bytes", "", "256 bytes", ""});
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
  const auto no_words = [] {
    parse_tokenizer_json(
        R"({"model": {"vocab": {}, "merges": []}, "pre_tokenizer": )" + kByteLevel + "}", "t");
  };
  expect_bad_file(no_words, {"is empty", "no tokens", "a vocabulary", ""});
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

TEST(TokenizerJson, ReadsPublishedFiles) {
  const char* extra = std::getenv("TOKENWALK_EXTRA_DATA");
  if (extra == nullptr) GTEST_SKIP() << "TOKENWALK_EXTRA_DATA is not set";
  const auto tokenizers = std::filesystem::path(extra) / "tokenizers";
  const TokenizerData gpt2 = read_tokenizer_folder(tokenizers / "gpt2");
  EXPECT_EQ(gpt2.vocab.size(), 50257u);
  EXPECT_EQ(gpt2.vocab[262], " the");
  EXPECT_EQ(gpt2.merges.size(), 50000u);
  EXPECT_EQ(split_name(gpt2.split), "gpt2");
  EXPECT_EQ(gpt2.eos, std::vector<int>{50256});
  const TokenizerData qwen3 = read_tokenizer_folder(tokenizers / "qwen3");
  EXPECT_EQ(qwen3.vocab.size(), 151669u);
  EXPECT_EQ(qwen3.merges.size(), 151387u);
  EXPECT_TRUE(qwen3.nfc);
  EXPECT_EQ(split_name(qwen3.split), "qwen2");
  EXPECT_EQ(qwen3.eos, std::vector<int>{151645});
}

}  // namespace
}  // namespace tokenwalk
