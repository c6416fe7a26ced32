#include "lib/model/config_reader.h"

namespace tokenwalk {

ModelConfig config_from_transformer_lm(const Metadata& m) {
  ModelConfig c;
  c.architecture = kTransformerLm;
  c.n_layers = get_layers(m, "num_layers");
  c.hidden = get_size(m, "d_model");
  c.intermediate = get_size(m, "d_ff");
  c.attention.n_heads = get_size(m, "num_heads");
  c.attention.n_kv_heads = c.attention.n_heads;
  if (c.hidden % c.attention.n_heads != 0) {
    fail_config(m, "d_model is not shared evenly by num_heads",
                std::to_string(c.hidden) + " and " + std::to_string(c.attention.n_heads),
                "a multiple of num_heads");
  }
  c.attention.head_dim = c.hidden / c.attention.n_heads;
  c.vocab = get_size(m, "vocab_size");
  c.context = get_size(m, "context_length");
  c.rope_theta = m.get_real("rope_theta", 10000);
  c.rms_eps = static_cast<float>(m.get_real("rms_norm_eps", 1e-5));
  c.eos_ids = get_ids(m, "eos_token_id", c.vocab);
  check_config(m, c);
  return c;
}

}  // namespace tokenwalk
