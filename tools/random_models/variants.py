"""The small models of data/golden/models: an architecture and one thing to get wrong each."""

import dataclasses

VOCAB = 257


@dataclasses.dataclass
class Variant:
    """A model that transformers writes, and how."""

    name: str
    architecture: str  # llama, qwen2, qwen3
    config: dict = dataclasses.field(default_factory=dict)
    heads: int = 5
    dtype: str = "float32"  # of the stored weights
    gguf: str = ""  # F32 or F16: a GGUF file of the same weights too
    shard: str = ""  # the largest size of one safetensors file
    # What must move the logits: a change of the configuration, or "bias" set to zero.
    without: dict = dataclasses.field(default_factory=dict)


def scaled(rope_type, **more):
    return {"rope_theta": 10000.0, "rope_type": rope_type, **more}


PLAIN = {"rope_parameters": scaled("default")}

VARIANTS = [
    Variant("llama", "llama", PLAIN, heads=10, gguf="F32",
            without={"rms_norm_eps": {"rms_norm_eps": 1e-2}}),
    Variant("llama_bias", "llama",
            {"attention_bias": True, "mlp_bias": True, "tie_word_embeddings": True},
            gguf="F32", without={"bias": "bias"}),
    Variant("llama_llama3", "llama",
            {"rope_parameters": scaled("llama3", factor=8.0, low_freq_factor=1.0,
                                       high_freq_factor=4.0, original_max_position_embeddings=24)},
            dtype="float16", gguf="F16", without={"scaling": PLAIN}),
    Variant("llama_linear", "llama", {"rope_parameters": scaled("linear", factor=2.5)},
            dtype="float16", gguf="F16", shard="20KB", without={"scaling": PLAIN}),
    Variant("llama_dynamic", "llama",
            {"rope_parameters": scaled("dynamic", factor=3.0), "tie_word_embeddings": True},
            dtype="bfloat16",
            without={"theta": {"rope_parameters": {"rope_theta": 5000.0, "rope_type": "default"}}}),
    Variant("qwen2", "qwen2", {"tie_word_embeddings": True}, heads=10, gguf="F32",
            without={"bias": "bias"}),
    Variant("qwen2_wide", "qwen2", {"hidden_size": 40, "intermediate_size": 70},
            dtype="bfloat16", shard="60KB", without={"bias": "bias"}),
    Variant("qwen3", "qwen3", {}, heads=10, gguf="F32", without={"qk_norm": "qk_norm"}),
    Variant("qwen3_bias", "qwen3", {"attention_bias": True, "tie_word_embeddings": True},
            dtype="float16", without={"bias": "bias", "qk_norm": "qk_norm"}),
]


def hf_config(variant, changes=None):
    """The keyword arguments of the architecture's configuration class."""
    config = {
        "vocab_size": VOCAB, "hidden_size": 10, "intermediate_size": 20, "num_hidden_layers": 3,
        "num_attention_heads": variant.heads, "num_key_value_heads": 5, "head_dim": 24,
        "max_position_embeddings": 64, "rms_norm_eps": 1e-5, "tie_word_embeddings": False,
        "bos_token_id": None, "eos_token_id": None, "pad_token_id": None,
    }
    return config | variant.config | (changes or {})
