#include "lib/io/gguf_tokenizer.h"

#include "lib/io/gguf.h"
#include "tests/unit/io_test_support.h"

namespace tokenwalk {
namespace {

TokenizerData read(const GgufWriter& writer) {
  const TempFolder folder;
  return read_gguf_tokenizer(GgufFile(folder.write("m.gguf", writer.bytes())).metadata());
}

TEST(GgufTokenizer, ReadsVocabularyMergesAndAddedTokens) {
  GgufWriter writer = small_gguf_tokenizer();
  writer.number("tokenizer.ggml.bos_token_id", 0).number("tokenizer.ggml.eos_token_id", 6);
  writer.number("tokenizer.ggml.eot_token_id", 5).text("tokenizer.chat_template", "{{ x }}");
  const TokenizerData data = read(writer);
  EXPECT_EQ(data.vocab,
            (std::vector<std::string>{"a", "b", "c", " ", "ab", "abc", "<|end|>", "<mark>"}));
  EXPECT_EQ(data.merges[1], (std::pair<std::string, std::string>("ab", "c")));
  ASSERT_EQ(data.added.size(), 2u);
  EXPECT_EQ(data.added[0].text, "<|end|>");
  EXPECT_TRUE(data.added[0].special);
  EXPECT_EQ(data.added[1].id, 7);
  EXPECT_FALSE(data.added[1].special);
  EXPECT_EQ(data.bos, 0);
  EXPECT_FALSE(data.add_bos);
  EXPECT_EQ(data.eos, (std::vector<int>{5, 6}));
  EXPECT_EQ(data.chat_template, "{{ x }}");
}

TEST(GgufTokenizer, KnowsWaysToSplit) {
  const std::vector<std::pair<std::string, std::vector<std::string>>> ways = {
      {"gpt2", {"gpt-2", "mpt", "phi-2"}},
      {"smollm", {"smollm", "starcoder", "refact", "command-r"}},
      {"qwen2", {"qwen2", "deepseek-r1-qwen"}},
      {"llama3", {"llama-bpe", "llama3", "llama-v3"}}};
  for (const auto& [split, names] : ways) {
    for (const std::string& pre : names) {
      const TokenizerData data = read(small_gguf_tokenizer(pre));
      EXPECT_EQ(split_name(data.split), split) << pre;
      EXPECT_EQ(data.nfc, split == "qwen2") << pre;
      EXPECT_EQ(data.ignore_merges, split == "llama3") << pre;
    }
  }
  expect_bad_file([] { read(small_gguf_tokenizer("tekken")); },
                  {"splits text in a way that is not known", "tokenizer.ggml.pre \"tekken\"",
                   "gpt-2, phi-2, mpt, smollm", ""});
}

TEST(GgufTokenizer, EndsTextsWhereTheFileAsksForIt) {
  GgufWriter writer = small_gguf_tokenizer();
  writer.number("tokenizer.ggml.eos_token_id", 6);
  EXPECT_EQ(read(writer).last, -1);
  writer.key("tokenizer.ggml.add_eos_token", 7, std::string(1, '\1'));
  EXPECT_EQ(read(writer).last, 6);
}

TEST(GgufTokenizer, AddsABeginningWhereTheFileAsksForIt) {
  const auto add_bos = [](const std::string& pre, int asked) {
    GgufWriter writer = small_gguf_tokenizer(pre);
    writer.number("tokenizer.ggml.bos_token_id", 0);
    if (asked >= 0)
      writer.key("tokenizer.ggml.add_bos_token", 7, std::string(1, static_cast<char>(asked)));
    return read(writer).add_bos;
  };
  EXPECT_FALSE(add_bos("gpt-2", -1));
  EXPECT_TRUE(add_bos("llama-bpe", -1));
  EXPECT_TRUE(add_bos("gpt-2", 1));
  EXPECT_FALSE(add_bos("llama-bpe", 0));
}

TEST(GgufTokenizer, RefusesWhatDoesNotFit) {
  const auto refused = [](const GgufWriter& writer, const ErrorSays& says) {
    expect_bad_file([&] { read(writer); }, says);
  };
  refused(GgufWriter().number("a", 1), {"no key \"tokenizer.ggml.model\"", "", "a string", ""});
  refused(GgufWriter().text("tokenizer.ggml.model", "llama"),
          {"cannot be read", "\"llama\"", "gpt2", ""});
  refused(GgufWriter(small_gguf_tokenizer()).number("tokenizer.ggml.bos_token_id", 8),
          {"bos_token_id", "8", "an id below 8", ""});
  refused(GgufWriter(small_gguf_tokenizer()).text("tokenizer.ggml.eos_token_id", "x"),
          {"eos_token_id", "\"x\"", "a whole number", ""});

  const auto tables = [](const std::vector<std::string>& tokens,
                         const std::vector<std::int32_t>& types,
                         const std::vector<std::string>& merges) {
    GgufWriter writer;
    writer.text("tokenizer.ggml.model", "gpt2").text("tokenizer.ggml.pre", "gpt-2");
    writer.texts("tokenizer.ggml.tokens", tokens);
    return writer.numbers("tokenizer.ggml.token_type", types)
        .texts("tokenizer.ggml.merges", merges);
  };
  refused(tables({"a", "b"}, {1}, {}), {"different lengths", "2 tokens, 1 token types", "", ""});
  refused(tables({"a", "a"}, {1, 1}, {}), {"\"a\" twice", "ids 0 and 1", "", ""});
  refused(tables({"a", "b c"}, {1, 1}, {}), {"\"b c\"", "outside the byte alphabet", "", ""});
  refused(tables({"a", "\xff"}, {1, 3}, {}), {"not text", "\\xff", "UTF-8", ""});
  refused(tables({"a", "b"}, {1, 1}, {"ab"}), {"malformed merge, number 0", "\"ab\"", "", ""});
  refused(tables({"a", "b"}, {1, 1}, {"a b"}), {"merge of words", "\"ab\"", "", ""});
  refused(tables({}, {}, {}), {"is empty", "no tokens", "", ""});
}

}  // namespace
}  // namespace tokenwalk
