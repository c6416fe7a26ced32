#include "tests/golden/golden_files.h"

#include <cstdlib>
#include <fstream>
#include <nlohmann/json.hpp>

#include "lib/base/data_path.h"
#include "lib/tensor/npy.h"

namespace tokenwalk {
namespace {

using nlohmann::json;

GoldenPrompt read_prompt(const json& entry, std::size_t index) {
  GoldenPrompt prompt;
  prompt.text = entry.at("text").get<std::string>();
  prompt.ids = entry.at("ids").get<std::vector<int>>();
  prompt.greedy = entry.at("greedy").get<std::vector<int>>();
  prompt.first_row = entry.value("first_row", index);
  prompt.n_rows = entry.value("n_rows", std::size_t{1});
  if (entry.contains("top")) prompt.top = entry.at("top").get<std::vector<std::pair<int, float>>>();
  return prompt;
}

}  // namespace

Golden load_golden(const std::string& json_name, const std::string& npy_name) {
  const std::filesystem::path folder = data_path("golden");
  const json tree = json::parse(std::ifstream(folder / json_name));
  Golden golden;
  for (const json& entry : tree.at("prompts")) {
    golden.prompts.push_back(read_prompt(entry, golden.prompts.size()));
  }
  golden.logit_stride = tree.value("logit_stride", std::size_t{1});
  golden.logits = load_npy_f32(folder / npy_name);
  return golden;
}

std::filesystem::path model_path(const std::string& file_name) {
  if (const char* folder = std::getenv("TOKENWALK_MODELS")) {
    return std::filesystem::path(folder) / file_name;
  }
  return data_path("golden").parent_path().parent_path() / "models" / file_name;
}

}  // namespace tokenwalk
