// The operations encode, decode, utf8 and train_tokenizer.

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "chapters/01_tokenizer/train.h"
#include "chapters/01_tokenizer/utf8.h"
#include "tests/program/jsonl_client.h"
#include "tests/support/dice.h"
#include "tests/unit/code_points.h"

namespace tokenwalk {
namespace {

Json encode(const std::string& text, bool specials = true) {
  return answer({{"op", "encode"}, {"text", text}, {"specials", specials}})["ids"];
}

// ---- encode and decode -----------------------------------------------------------------------

TEST(JsonlEncode, TextsComeBack) {
  Dice dice(201);
  std::vector<Json> encodes, decodes;
  std::vector<std::string> texts = {"", "Once upon a time", "1+1是多少？", std::string("a\0b", 3),
                                    "<|im_end|>\n"};
  for (int i = 0; i < 100; ++i) texts.push_back(random_tricky_text(dice, dice.below(30)));
  for (int i = 0; i < 100; ++i) {
    texts.emplace_back();
    for (std::size_t n = dice.below(20); n > 0; --n)
      texts.back() += utf8_of(random_code_point(dice));
  }
  for (const std::string& text : texts) {
    encodes.push_back({{"op", "encode"}, {"text", text}, {"specials", encodes.size() % 2 == 0}});
  }
  for (const Json& reply : ask_all(encodes)) {
    decodes.push_back({{"op", "decode"}, {"ids", reply["ids"]}, {"stream", true}});
  }
  const std::vector<Json> replies = ask_all(decodes);
  for (std::size_t i = 0; i < texts.size(); ++i) {
    EXPECT_EQ(replies[i]["text"], texts[i]);
    EXPECT_EQ(replies[i]["bytes_hex"], to_hex(texts[i]));
  }
}

TEST(JsonlEncode, SpecialsAreIdsOrOrdinaryText) {
  const Json with = encode("Hi<|im_end|>");
  EXPECT_EQ(with, encode("Hi<|im_end|>", true));
  const Json without = encode("Hi<|im_end|>", false);
  EXPECT_GT(without.size(), with.size());
  const Json specials = answer({{"op", "info"}})["tokenizer"]["specials"];
  EXPECT_EQ(with.back(), specials["<|im_end|>"]);
  for (const Json& id : without) EXPECT_NE(id, specials["<|im_end|>"]);
}

TEST(JsonlEncode, AddBosIsTakenAndTheBundledTokenizerHasNone) {
  EXPECT_EQ(answer({{"op", "encode"}, {"text", "Hi"}, {"add_bos", false}})["ids"], encode("Hi"));
  EXPECT_EQ(answer({{"op", "encode"}, {"text", "Hi"}, {"add_bos", true}})["ids"], encode("Hi"));
}

TEST(JsonlDecode, StreamShowsWholeCharacters) {
  const std::string text = "五 apples \U0001F600!";
  const Json ids = encode(text);
  const Json reply = answer({{"op", "decode"}, {"ids", ids}, {"stream", true}});
  ASSERT_EQ(reply["pieces"].size(), ids.size()) << "one piece per id";
  std::string together;
  bool held_back = false;
  for (const Json& piece : reply["pieces"]) {
    together += piece.get<std::string>();
    held_back = held_back || piece == "";
  }
  EXPECT_EQ(together + reply["flush"].get<std::string>(), text);
  EXPECT_TRUE(held_back) << "the emoji takes several ids: " << reply;
  EXPECT_FALSE(answer({{"op", "decode"}, {"ids", ids}}).contains("pieces"));
}

TEST(JsonlDecode, StreamOfACutCharacterFlushesOneReplacement) {
  Json ids = encode("a\U0001F600");
  ids.erase(ids.size() - 1);
  const Json reply = answer({{"op", "decode"}, {"ids", ids}, {"stream", true}});
  EXPECT_EQ(reply["text"], "a\uFFFD");
  EXPECT_EQ(reply["flush"], "\uFFFD");
}

TEST(JsonlDecode, SkipSpecials) {
  const Json ids = encode("<|im_start|>user<|im_end|>");
  EXPECT_EQ(answer({{"op", "decode"}, {"ids", ids}})["text"], "<|im_start|>user<|im_end|>");
  const Json reply =
      answer({{"op", "decode"}, {"ids", ids}, {"skip_specials", true}, {"stream", true}});
  EXPECT_EQ(reply["text"], "user");
  EXPECT_EQ(reply["bytes_hex"], to_hex("user"));
  EXPECT_EQ(reply["pieces"].size(), ids.size());
}

TEST(JsonlDecode, EveryIdIsAToken) {
  const int vocab = answer({{"op", "info"}})["tokenizer"]["vocab"];
  Json ids = Json::array();
  for (int id = 0; id < vocab; ++id) ids.push_back(id);
  EXPECT_NE(answer({{"op", "decode"}, {"ids", ids}})["text"], "");
  for (const Json& bad : {Json(vocab), Json(-1), Json(1 << 30), Json(1LL << 40)}) {
    EXPECT_EQ(error_code(Json{{"op", "decode"}, {"ids", {bad}}}), "bad_value") << bad;
  }
  EXPECT_EQ(answer({{"op", "decode"}, {"ids", Json::array()}})["text"], "");
}

TEST(JsonlTokenizer, WrongTypes) {
  const std::vector<Json> requests = {
      {{"op", "encode"}, {"text", 5}},
      {{"op", "encode"}, {"text", nullptr}},
      {{"op", "encode"}, {"text", "a"}, {"specials", 1}},
      {{"op", "encode"}, {"text", "a"}, {"add_bos", "yes"}},
      {{"op", "decode"}, {"ids", 5}},
      {{"op", "decode"}, {"ids", "5"}},
      {{"op", "decode"}, {"ids", {"5"}}},
      {{"op", "decode"}, {"ids", {1.5}}},
      {{"op", "decode"}, {"ids", {nullptr}}},
      {{"op", "decode"}, {"ids", {{1}}}},
      {{"op", "decode"}, {"ids", Json::array()}, {"stream", "true"}},
      {{"op", "utf8"}, {"chunks_hex", "61"}},
      {{"op", "utf8"}, {"chunks_hex", {61}}},
      {{"op", "train_tokenizer"}, {"text", "a"}, {"vocab_size", "300"}},
      {{"op", "train_tokenizer"}, {"text", "a"}, {"vocab_size", 300.5}},
      {{"op", "train_tokenizer"}, {"text", "a"}, {"vocab_size", 300}, {"specials", "<s>"}},
      {{"op", "train_tokenizer"}, {"text", "a"}},
      {{"op", "train_tokenizer"}, {"vocab_size", 300}},
      {{"op", "train_tokenizer"}, {"text", "a"}, {"path", "a"}, {"vocab_size", 300}},
  };
  for (const Json& request : requests) EXPECT_EQ(error_code(request), "bad_request") << request;
}

// ---- utf8 ------------------------------------------------------------------------------------

TEST(JsonlUtf8, HoldsBackWhatIsNotComplete) {
  const Json reply = answer({{"op", "utf8"}, {"chunks_hex", {"61e6", "98", "af", "", "E1", "80"}}});
  EXPECT_EQ(reply["pieces"], (Json{"a", "", "是", "", "", ""}));
  EXPECT_EQ(reply["flush"], "\uFFFD");
}

TEST(JsonlUtf8, MaximalIllFormedParts) {  // table 3-11 of the Unicode Standard, in two cuts
  for (const Json& chunks : {Json{"e180e2f09192f1bf41"}, Json{"e1", "80e2f0", "9192f1bf41"}}) {
    const Json reply = answer({{"op", "utf8"}, {"chunks_hex", chunks}});
    std::string text;
    for (const Json& piece : reply["pieces"]) text += piece.get<std::string>();
    EXPECT_EQ(text, "\uFFFD\uFFFD\uFFFD\uFFFDA");
  }
}

TEST(JsonlUtf8, RandomBytesInRandomChunks) {
  Dice dice(202);
  std::vector<Json> requests;
  std::vector<std::string> wholes;
  for (int i = 0; i < 100; ++i) {
    Json chunks = Json::array();
    wholes.emplace_back();
    for (std::size_t n = dice.below(8); n > 0; --n) {
      std::string chunk;
      for (std::size_t k = dice.below(4); k > 0; --k) chunk += static_cast<char>(dice.below(256));
      if (dice.chance(0.5)) chunk = utf8_of(random_code_point(dice)).substr(0, dice.between(1, 4));
      chunks.push_back(to_hex(chunk));
      wholes.back() += chunk;
    }
    requests.push_back({{"op", "utf8"}, {"chunks_hex", chunks}});
  }
  const std::vector<Json> replies = ask_all(requests);
  for (std::size_t i = 0; i < requests.size(); ++i) {
    ASSERT_EQ(replies[i]["pieces"].size(), requests[i]["chunks_hex"].size());
    std::string text;
    for (const Json& piece : replies[i]["pieces"]) text += piece.get<std::string>();
    EXPECT_EQ(text + replies[i]["flush"].get<std::string>(), to_text(wholes[i]));
  }
}

TEST(JsonlUtf8, BadDigits) {
  for (const char* bad : {"6", "6x", "0x61", " 61", "é"}) {
    EXPECT_EQ(error_code(Json{{"op", "utf8"}, {"chunks_hex", {bad}}}), "bad_value") << bad;
  }
}

// ---- train_tokenizer -------------------------------------------------------------------------

TEST(JsonlTrain, AaabdaaabacByHand) {
  const Json reply = answer({{"op", "train_tokenizer"},
                             {"text", "aaabdaaabac"},
                             {"vocab_size", 259},
                             {"pattern", "none"}});
  EXPECT_EQ(reply["merges_hex"],
            Json::parse(R"([["61", "61"], ["6161", "61"], ["616161", "62"]])"));
  EXPECT_EQ(reply["vocab_hex"].size(), 259u);
  EXPECT_EQ(reply["vocab_hex"][0], "21") << "printable bytes first";
  EXPECT_EQ(reply["vocab_hex"][258], "61616162");
}

TEST(JsonlTrain, IsChapterOnesTrainer) {
  Dice dice(203);
  const std::string text = random_tricky_text(dice, 2000);
  for (const bool split : {true, false}) {
    const Json reply = answer({{"op", "train_tokenizer"},
                               {"text", text},
                               {"vocab_size", 300},
                               {"specials", {"<|end|>", "Word"}},
                               {"pattern", split ? "gpt2" : "none"}});
    const Vocabulary v = train_bpe(text, 300, {"<|end|>", "Word"}, split ? split_gpt2 : split_none);
    ASSERT_EQ(reply["vocab_hex"].size(), v.tokens.size());
    ASSERT_EQ(reply["merges_hex"].size(), v.merges.size());
    for (std::size_t i = 0; i < v.tokens.size(); ++i) {
      EXPECT_EQ(reply["vocab_hex"][i], to_hex(v.tokens[i]));
    }
    for (std::size_t i = 0; i < v.merges.size(); ++i) {
      EXPECT_EQ(reply["merges_hex"][i][0],
                to_hex(v.tokens[static_cast<std::size_t>(v.merges[i].first)]));
    }
  }
}

TEST(JsonlTrain, FewerMergesThanAsked) {
  const Json reply = answer({{"op", "train_tokenizer"}, {"text", "ab"}, {"vocab_size", 100000}});
  EXPECT_EQ(reply["merges_hex"], Json::parse(R"([["61", "62"]])"));
  EXPECT_EQ(reply["vocab_hex"].size(), 257u);
}

TEST(JsonlTrain, Errors) {
  const auto code = [](Json request) {
    request["op"] = "train_tokenizer";
    return error_code(request);
  };
  EXPECT_EQ(code({{"text", "a"}, {"vocab_size", 255}}), "bad_value");
  EXPECT_EQ(code({{"text", "a"}, {"vocab_size", 257}, {"specials", {"<a>", "<b>"}}}), "bad_value");
  EXPECT_EQ(code({{"text", "a"}, {"vocab_size", -1}}), "bad_value");
  EXPECT_EQ(code({{"text", "a"}, {"vocab_size", 300}, {"specials", {""}}}), "bad_value");
  EXPECT_EQ(code({{"text", "a"}, {"vocab_size", 300}, {"specials", {"x", "x"}}}), "bad_value");
  EXPECT_EQ(code({{"text", "a"}, {"vocab_size", 300}, {"pattern", "no such pattern ("}}),
            "bad_value");
  EXPECT_EQ(code({{"path", "/no/such/file"}, {"vocab_size", 300}}), "bad_file");
  EXPECT_EQ(code({{"path", "/"}, {"vocab_size", 300}}), "bad_file") << "a folder";
  EXPECT_EQ(code({{"path", ""}, {"vocab_size", 300}}), "bad_file");
}

}  // namespace
}  // namespace tokenwalk
