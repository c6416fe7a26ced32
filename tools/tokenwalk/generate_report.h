#pragma once

#include <optional>
#include <string>
#include <vector>

#include "chapters/06_cached_generate/proof.h"
#include "tools/tokenwalk/generation.h"

namespace tokenwalk {

/// What the command `generate` tells about a run besides its text.
struct GenerateReport {
  const Model* model = nullptr;
  const PublishedTokenizer* tokenizer = nullptr;  ///< null: the model has none
  std::vector<int> prompt;
  SampleRequest request;
  SampleRun run;
  std::vector<std::string> recommended;  ///< flags that generation_config.json gave
  std::optional<Proof> proof;
};

/// On standard error: tokens, times, cache, proof, what loading noticed, what the model
/// recommended.
void print_table(const GenerateReport& report);

/// On standard output: one JSON object with the samples too. Their text is null where there is no
/// tokenizer.
void print_json(const GenerateReport& report);

}  // namespace tokenwalk
