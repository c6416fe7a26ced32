"""The models of tools/bench cpu: the same weights as GGUF files and as folders, in build/peers/."""
import json
import pathlib
import shutil
import subprocess

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
MODELS = ROOT / "build" / "peers" / "models"
SMOLLM2 = ROOT / "models" / "SmolLM2-135M-Instruct.Q4_1.gguf"

# Shapes of published models, from their config.json, for random weights.
SHAPES = {
    "qwen3-0.6b": {
        "architectures": ["Qwen3ForCausalLM"], "model_type": "qwen3", "hidden_size": 1024,
        "intermediate_size": 3072, "num_hidden_layers": 28, "num_attention_heads": 16,
        "num_key_value_heads": 8, "head_dim": 128, "vocab_size": 151936, "rope_theta": 1000000.0,
        "rms_norm_eps": 1e-6, "max_position_embeddings": 40960, "tie_word_embeddings": True,
        "attention_bias": False},
    "llama-3.2-1b": {
        "architectures": ["LlamaForCausalLM"], "model_type": "llama", "hidden_size": 2048,
        "intermediate_size": 8192, "num_hidden_layers": 16, "num_attention_heads": 32,
        "num_key_value_heads": 8, "head_dim": 64, "vocab_size": 128256, "rope_theta": 500000.0,
        "rms_norm_eps": 1e-5, "max_position_embeddings": 131072, "tie_word_embeddings": True,
        "attention_bias": False, "mlp_bias": False},
}
NAMES = ["smollm2", *SHAPES]


def prepare(name, precisions):
    """precision -> (GGUF file, folder or None where the Python libraries lack the precision)."""
    source = get_smollm2() if name == "smollm2" else random_folder(name)
    models = {}
    for precision in precisions:
        gguf = MODELS / f"{name}.{precision}.gguf"
        if precision == "q4_1":  # the file as it is: we write none
            models[precision] = (source, None)
            continue
        convert(source, gguf, precision)
        folder = None
        if precision in ("f32", "bf16"):
            folder = MODELS / f"{name}.{precision}"
            convert(gguf, folder, precision)
        models[precision] = (gguf, folder)
    return models


def get_smollm2():
    if not SMOLLM2.exists():
        subprocess.run([ROOT / "tools" / "get_model", "smollm2"], check=True)
    return SMOLLM2


def convert(source, target, precision):
    if target.exists():
        return
    MODELS.mkdir(parents=True, exist_ok=True)
    subprocess.run([ROOT / "build" / "tokenwalk", "convert", source, target, "--precision", precision],
                   check=True, stdout=subprocess.DEVNULL)


# ---- random weights --------------------------------------------------------------------------


def random_folder(name):
    """A Hugging Face folder of that shape in bfloat16, with SmolLM2's tokenizer: ids above its
    vocabulary have no text, which no measurement asks for."""
    folder = MODELS / f"{name}.random"
    if (folder / "config.json").exists():
        return folder
    tokenizer = MODELS / "smollm2.bf16"
    convert(get_smollm2(), tokenizer, "bf16")
    folder.mkdir(parents=True, exist_ok=True)
    write_safetensors(folder / "model.safetensors", tensor_shapes(SHAPES[name]))
    for file in ("tokenizer.json", "tokenizer_config.json"):
        shutil.copy(tokenizer / file, folder / file)
    (folder / "config.json").write_text(json.dumps(SHAPES[name] | {"torch_dtype": "bfloat16"}, indent=1))
    return folder


def tensor_shapes(config):
    hidden, inner, dim = config["hidden_size"], config["intermediate_size"], config["head_dim"]
    q, kv = config["num_attention_heads"] * dim, config["num_key_value_heads"] * dim
    shapes = {"model.embed_tokens.weight": [config["vocab_size"], hidden], "model.norm.weight": [hidden]}
    for i in range(config["num_hidden_layers"]):
        layer = f"model.layers.{i}."
        shapes |= {
            layer + "input_layernorm.weight": [hidden],
            layer + "self_attn.q_proj.weight": [q, hidden],
            layer + "self_attn.k_proj.weight": [kv, hidden],
            layer + "self_attn.v_proj.weight": [kv, hidden],
            layer + "self_attn.o_proj.weight": [hidden, q],
            layer + "post_attention_layernorm.weight": [hidden],
            layer + "mlp.gate_proj.weight": [inner, hidden],
            layer + "mlp.up_proj.weight": [inner, hidden],
            layer + "mlp.down_proj.weight": [hidden, inner]}
        if config["model_type"] == "qwen3":
            shapes |= {layer + "self_attn.q_norm.weight": [dim], layer + "self_attn.k_norm.weight": [dim]}
    return shapes


def write_safetensors(path, shapes):
    """Norms are 1, other weights normal with the size that keeps activations at 1."""
    import numpy

    rng = numpy.random.default_rng(1)
    header, end = {}, 0
    for name, shape in shapes.items():
        size = 2 * int(numpy.prod(shape))
        header[name] = {"dtype": "BF16", "shape": shape, "data_offsets": [end, end + size]}
        end += size
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    with open(path, "wb") as file:
        file.write(len(text).to_bytes(8, "little") + text)
        for shape in shapes.values():
            values = numpy.ones(shape, "f4") if len(shape) == 1 else \
                rng.standard_normal(shape, "f4") / numpy.float32(shape[1] ** 0.5)
            file.write((values.view("u4") >> 16).astype("u2").tobytes())
