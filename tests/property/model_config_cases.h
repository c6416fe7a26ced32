#pragma once

#include <stdexcept>
#include <string>
#include <vector>

#include "lib/io/json_metadata.h"
#include "lib/model/config.h"

namespace tokenwalk {

/// A text of config.json replaced by another.
struct Edit {
  const char* from;
  const char* to;
};

/// A good one.
inline const char* const kLlama = R"({
  "architectures": ["LlamaForCausalLM"],
  "hidden_size": 64,
  "intermediate_size": 160,
  "num_hidden_layers": 3,
  "num_attention_heads": 8,
  "num_key_value_heads": 2,
  "vocab_size": 500,
  "max_position_embeddings": 2048,
  "rms_norm_eps": 1e-05,
  "rope_theta": 100000.0,
  "tie_word_embeddings": true,
  "hidden_act": "silu",
  "eos_token_id": 2
})";

/// It with replacements; what is replaced must be there.
inline std::string json_text(const std::vector<Edit>& edits) {
  std::string text = kLlama;
  for (const Edit& edit : edits) {
    const std::size_t at = text.find(edit.from);
    if (at == std::string::npos)
      throw std::runtime_error(std::string("no such text: ") + edit.from);
    text.replace(at, std::string(edit.from).size(), edit.to);
  }
  return text;
}

/// What that says.
inline ModelConfig from_hf(const std::vector<Edit>& edits = {}) {
  return config_from_hf(parse_json_metadata(json_text(edits), "config.json"));
}

}  // namespace tokenwalk
