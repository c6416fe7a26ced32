#pragma once

#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include "lib/model/model.h"
#include "lib/tensor/tensor.h"

namespace tokenwalk {

// The files of data/golden, which other people's programs made; data/SOURCES.md says how.

/// One prompt and what transformers made of it.
struct GoldenPrompt {
  std::string text;
  std::vector<int> ids;
  std::vector<int> greedy;                 ///< the next 32 ids, past any end of text
  std::size_t first_row = 0, n_rows = 0;   ///< its rows of the .npy file
  std::vector<std::pair<int, float>> top;  ///< the best ids of the last row and their logits
};

/// A .json of prompts and the .npy of their logits.
struct Golden {
  std::vector<GoldenPrompt> prompts;
  std::size_t logit_stride = 1;  ///< a row has the logits of ids 0, stride, 2 stride, ...
  Tensor logits;                 ///< [rows, ids]
};

/// Reads both from data/golden.
Golden load_golden(const std::string& json_name, const std::string& npy_name);

/// Other libraries' logits come from weights widened to float32, and so do ours for comparison.
inline constexpr ModelOptions kFloat32 = {WeightFormat::kF32, KvType::kF32};

/// A model that tools/get_model fetches: under $TOKENWALK_MODELS, else in models/ beside data/.
/// The file need not be there.
std::filesystem::path model_path(const std::string& file_name);

}  // namespace tokenwalk
