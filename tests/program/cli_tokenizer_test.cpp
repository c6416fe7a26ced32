// Tokenizers on the command line: tokenize, detokenize, train-tokenizer, bench tokenizer.

#include <gtest/gtest.h>

#include <sstream>
#include <string>

#include "tests/program/jsonl_client.h"
#include "tests/program/runner.h"
#include "tests/support/dice.h"
#include "tests/unit/code_points.h"
#include "tests/unit/io_test_support.h"

namespace tokenwalk {
namespace {

// ---- tokenize and detokenize -----------------------------------------------------------------

TEST(CliTokenize, RoundTrip) {
  Dice dice(231);
  for (int round = 0; round < 20; ++round) {
    std::string text = "x" + random_tricky_text(dice, 20);
    std::string ids;
    const Json reply = Json::parse(run_well({"tokenize", "--json", "--", text}));
    for (const Json& id : reply["ids"]) {
      ids += (ids.empty() ? "" : ",") + std::to_string(id.get<int>());
    }
    EXPECT_EQ(run_well({"detokenize", ids}), text + "\n");
  }
}

TEST(CliTokenize, IdsInSeveralArguments) {
  EXPECT_EQ(run_well({"detokenize", "300,301", "302"}), run_well({"detokenize", "300,301,302"}));
}

TEST(CliTokenize, OneIdALineWithItsText) {
  std::istringstream out(run_well({"tokenize", "Once upon"}));
  std::string line, text;
  int n = 0;
  while (std::getline(out, line)) {
    const std::size_t tab = line.find('\t');
    ASSERT_NE(tab, std::string::npos) << line;
    EXPECT_NE(line.find_first_of("0123456789"), std::string::npos);
    text += Json::parse(line.substr(tab + 1)).get<std::string>();
    ++n;
  }
  EXPECT_EQ(text, "Once upon");
  EXPECT_GE(n, 2);
}

TEST(CliTokenize, TextAfterTwoDashesIsLeftAlone) {
  const auto ids = [](const Arguments& arguments) {
    return Json::parse(run_well(arguments))["ids"];
  };
  EXPECT_EQ(ids({"tokenize", "--json", "--", "--snake_case"}),
            answer({{"op", "encode"}, {"text", "--snake_case"}})["ids"]);
}

TEST(CliTokenize, SpecialsCanBeOrdinaryText) {
  const Json with = Json::parse(run_well({"tokenize", "--json", "<|im_end|>"}))["ids"];
  const Json without =
      Json::parse(run_well({"tokenize", "--json", "--no-specials", "<|im_end|>"}))["ids"];
  EXPECT_EQ(with.size(), 1u);
  EXPECT_GT(without.size(), 1u);
}

// ---- train-tokenizer -------------------------------------------------------------------------

TEST(CliTrain, ATrainedTokenizerLoads) {
  const TempFolder folder;
  const std::string text = folder.write("text.txt", "low low lower lowest <|x|> newest widest");
  const std::string out = folder.path() / "t.json";
  run_well({"train-tokenizer", "--input", text, "--vocab-size", "270", "--special", "<|x|>",
            "--out", out});
  const Json reply =
      Json::parse(run_well({"tokenize", "--json", "--tokenizer", out, "low<|x|>lower"}));
  std::string ids;
  bool has_special = false;
  for (const Json& id : reply["ids"]) {
    ids += (ids.empty() ? "" : ",") + std::to_string(id.get<int>());
    has_special = has_special || id == 0;
  }
  EXPECT_TRUE(has_special) << reply;
  EXPECT_LT(reply["ids"].size(), 9u) << "something was merged";
  EXPECT_EQ(run_well({"detokenize", "--tokenizer", out, ids}), "low<|x|>lower\n");

  const Json info = answer({{"op", "info"}}, {"--tokenizer", out});
  EXPECT_EQ(info["tokenizer"]["vocab"], 270);
  EXPECT_EQ(error_code(Json{{"op", "generate"}, {"prompt", "low"}}, {"--tokenizer", out}),
            "no_model");
}

TEST(CliTrain, TrainingIsTheProtocolsTraining) {
  const TempFolder folder;
  const std::string text = folder.write("text.txt", "low low lower lowest newest widest");
  const std::string out = folder.path() / "t.json";
  run_well({"train-tokenizer", "--input", text, "--vocab-size", "266", "--out", out});
  const Json by_protocol = answer({{"op", "train_tokenizer"}, {"path", text}, {"vocab_size", 266}});
  const Json decoded =
      answer({{"op", "decode"}, {"ids", {256, 257, 258, 265}}}, {"--tokenizer", out});
  std::string expected;
  for (const int id : {256, 257, 258, 265}) {
    expected += by_protocol["vocab_hex"][static_cast<std::size_t>(id)].get<std::string>();
  }
  EXPECT_EQ(decoded["bytes_hex"], expected);
}

// ---- bench -----------------------------------------------------------------------------------

TEST(CliBench, BenchEncodesAllFilesForEachLine) {
  const TempFolder folder;
  const std::string a = folder.write("a.txt", "Once upon a time");
  const std::string b = folder.write("b.txt", "there was a cat.");
  const std::size_t n_ids = answer({{"op", "encode"}, {"text", "Once upon a time"}})["ids"].size() +
                            answer({{"op", "encode"}, {"text", "there was a cat."}})["ids"].size();
  const Outcome outcome = run_tokenwalk({"bench", "tokenizer", a, b}, "\n\n\n");
  ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
  std::istringstream lines(outcome.out);
  std::size_t n_lines = 0;
  for (std::string line; std::getline(lines, line); ++n_lines) {
    const Json told = Json::parse(line);
    EXPECT_EQ(told["ids"], n_ids);
    EXPECT_GE(told["seconds"].get<double>(), 0);
  }
  EXPECT_EQ(n_lines, 3u);
}

}  // namespace
}  // namespace tokenwalk
