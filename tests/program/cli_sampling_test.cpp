// The sampling flags of `generate`, and its bars.

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "tests/program/jsonl_client.h"
#include "tests/program/runner.h"
#include "tests/unit/io_test_support.h"

namespace tokenwalk {
namespace {

// What the command gives with these flags, as JSON.
Json generated_by(Arguments flags) {
  // The bundled model's generation_config.json recommends top-p 0.9.
  if (std::find(flags.begin(), flags.end(), "--top-p") == flags.end()) {
    flags.insert(flags.end(), {"--top-p", "1"});
  }
  flags.insert(flags.begin(), {"generate", "--prompt", "The little cat", "--max-new-tokens", "16",
                               "--json", "--no-check"});
  const Outcome outcome = run_tokenwalk(flags);
  EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
  return Json::parse(outcome.out)["samples"][0]["ids"];
}

TEST(CliSampling, FlagsAreTheProtocolsKeys) {
  const std::vector<std::pair<Arguments, Json>> pairs = {
      {{"--repetition-penalty", "1.5"}, {{"repetition_penalty", 1.5}}},
      {{"--repeat-penalty", "1.5", "--repeat-last-n", "3"},
       {{"repetition_penalty", 1.5}, {"penalty_last_n", 3}}},
      {{"--frequency_penalty", "-1"}, {{"frequency_penalty", -1}}},
      {{"--presence-penalty=2"}, {{"presence_penalty", 2}}},
      {{"--logit-bias", "300=4", "--logit-bias", "301=-inf"},
       {{"logit_bias", {{"300", 4}, {"301", "-inf"}}}}},
      {{"--allowed-ids", "300,301,302,303"}, {{"allowed_ids", {300, 301, 302, 303}}}},
      {{"--bad-ids", "300,301", "--bad-ids", "310"}, {{"bad_ids", {{300, 301}, {310}}}}},
      {{"--no-repeat-ngram", "1"}, {{"no_repeat_ngram", 1}}},
      {{"--min-new-tokens", "16"}, {{"min_new_tokens", 16}}},
      {{"--dry-multiplier", "2", "--dry-base", "1.2", "--dry-allowed-length", "1", "--dry-last-n",
        "12", "--dry-breaker", "300"},
       {{"dry",
         {{"multiplier", 2},
          {"base", 1.2},
          {"allowed_length", 1},
          {"last_n", 12},
          {"breakers", {{300}}}}}}},
      {{"--typical-p", "0.3"}, {{"typical_p", 0.3}}},
      {{"--top-n-sigma", "0.5"}, {{"top_n_sigma", 0.5}}},
      {{"--xtc-probability", "1", "--xtc-threshold", "0.05"},
       {{"xtc_probability", 1}, {"xtc_threshold", 0.05}}},
      {{"--top-p", "0.5", "--temperature", "2", "--order", "top_p,temperature"},
       {{"top_p", 0.5}, {"temperature", 2}, {"order", {"top_p", "temperature"}}}},
  };
  std::vector<Json> requests;
  for (const auto& [flags, keys] : pairs) {
    Json request = {{"op", "generate"}, {"prompt", "The little cat"}, {"max_new_tokens", 16}};
    request.update(keys);
    if (!keys.contains("temperature")) request["temperature"] = 1.5;
    requests.push_back(request);
  }
  const std::vector<Json> replies = ask_all(requests);
  for (std::size_t i = 0; i < pairs.size(); ++i) {
    Arguments flags = pairs[i].first;
    if (!pairs[i].second.contains("temperature")) {
      flags.insert(flags.end(), {"--temperature", "1.5"});
    }
    EXPECT_EQ(generated_by(flags), replies[i]["samples"][0]["ids"]) << requests[i];
  }
}

TEST(CliSampling, BadValuesAreUsageErrors) {
  const std::vector<Arguments> bad = {
      {"--repetition-penalty", "0"}, {"--frequency-penalty", "x"}, {"--penalty-last-n", "-2"},
      {"--logit-bias", "12"},        {"--logit-bias", "12=x"},     {"--logit-bias", "=1"},
      {"--logit-bias", "1,2=3"},     {"--allowed-ids", "x"},       {"--bad-ids", "1,,2x"},
      {"--dry-base", "0.5"},         {"--dry-multiplier", "-1"},   {"--typical-p", "1.5"},
      {"--xtc-threshold", "2"},      {"--order", "dry,dry"},       {"--order", "sorting"},
      {"--logit-bias", "1=nan"},     {"--allowed-ids", "99999"},   {"--top-n-sigma", "-1"},
  };
  for (Arguments flags : bad) {
    const std::string last = flags[0] + " " + flags[1];
    flags.insert(flags.begin(), "generate");
    const Outcome outcome = run_tokenwalk(flags);
    EXPECT_EQ(outcome.exit_code, 2) << last << ": " << outcome.err;
    EXPECT_NE(outcome.err.find("expected:"), std::string::npos) << last << ": " << outcome.err;
  }
}

TEST(CliSampling, BarsForEveryNewToken) {
  const Outcome outcome =
      run_tokenwalk({"generate", "--prompt", "The little cat sat on the", "--max-new-tokens", "2",
                     "--top-k", "3", "--show-probabilities", "--no-check"});
  ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
  for (const char* part : {"new token 1: the model, and sampling from 3", "new token 2:", "  > \"",
                           "█", "  -\n", "\nThe little cat sat on the"}) {
    EXPECT_NE(outcome.out.find(part), std::string::npos) << part << " is not in\n" << outcome.out;
  }
  const Outcome usual = run_tokenwalk({"generate", "--max-new-tokens", "2", "--no-check"});
  EXPECT_EQ(usual.out.find("█"), std::string::npos) << "only if asked";
  const Outcome both = run_tokenwalk({"generate", "--show-probabilities", "--show-cache"});
  EXPECT_EQ(both.exit_code, 2);
}

TEST(CliSampling, BenchSamplesEveryRow) {
  const TempFolder folder;
  const float rows[] = {1, 3, 2, 9, 0, 8};
  const std::string bytes(reinterpret_cast<const char*>(rows), sizeof(rows));
  const std::string file = folder.write("rows", bytes).string();
  const Outcome outcome = run_tokenwalk({"bench", "sampler", "--vocab", "3", file},
                                        "{\"temperature\": 0}\n{\"top_k\": 1, \"plain\": true}\n");
  ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
  EXPECT_NE(outcome.out.find("\"tokens\":[1,0]"), std::string::npos) << outcome.out;
  EXPECT_EQ(run_tokenwalk({"bench", "sampler", "--vocab", "4", file}).exit_code, 1);
}

}  // namespace
}  // namespace tokenwalk
