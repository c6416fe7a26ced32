#pragma once

#include <filesystem>
#include <string>
#include <utility>
#include <vector>

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

/// NAME.json and NAME_logits.npy under data/golden.
struct Golden {
  std::vector<GoldenPrompt> prompts;
  std::size_t logit_stride = 1;  ///< a row has the logits of ids 0, stride, 2 stride, ...
  Tensor logits;                 ///< [rows, ids]
};

/// Whether both files are there.
bool has_golden(const std::string& name);

Golden load_golden(const std::string& name);

/// A model that tools/get_model fetches: under $TOKENWALK_MODELS, else in models/ beside data/.
/// The file need not be there.
std::filesystem::path model_path(const std::string& file_name);

}  // namespace tokenwalk
