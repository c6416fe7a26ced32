"""CS336's TransformerLM, written from the handout of its first assignment: the reference for the
model folder that tools/convert_checkpoint makes."""

import torch

from weights import draw

SIZES = {"vocab_size": 257, "context_length": 64, "d_model": 40, "num_layers": 3, "num_heads": 5,
         "d_ff": 20, "rope_theta": 10000.0}
EPS = 1e-5


def random_state(seed):
    """A state dict with the names and shapes of the assignment."""
    d, f, v = SIZES["d_model"], SIZES["d_ff"], SIZES["vocab_size"]
    shapes = {"token_embeddings.weight": (v, d)}
    for i in range(SIZES["num_layers"]):
        for name in ("q_proj", "k_proj", "v_proj", "output_proj"):
            shapes[f"layers.{i}.attn.{name}.weight"] = (d, d)
        shapes |= {f"layers.{i}.ln1.weight": (d,), f"layers.{i}.ln2.weight": (d,),
                   f"layers.{i}.ffn.w1.weight": (f, d), f"layers.{i}.ffn.w2.weight": (d, f),
                   f"layers.{i}.ffn.w3.weight": (f, d)}
    shapes |= {"ln_final.weight": (d,), "lm_head.weight": (v, d)}
    return {name: draw(name, shape, seed) for name, shape in shapes.items()}


def rms_norm(x, weight):
    return x / (x.pow(2).mean(-1, keepdim=True) + EPS).sqrt() * weight


def rotate(x, neighbours=True):
    """Turns the pairs (2 i, 2 i + 1) of x [heads, n, d] by position / theta^(2 i / d).
    Without neighbours: the pairs (i, i + d / 2), which is another model."""
    n, d = x.shape[-2:]
    frequency = SIZES["rope_theta"] ** (-torch.arange(0, d, 2).float() / d)
    angle = torch.outer(torch.arange(n).float(), frequency)
    a, b = (x[..., 0::2], x[..., 1::2]) if neighbours else x.chunk(2, -1)
    turned = (a * angle.cos() - b * angle.sin(), a * angle.sin() + b * angle.cos())
    return torch.stack(turned, -1).flatten(-2) if neighbours else torch.cat(turned, -1)


def attend(h, weight, neighbours):
    """Causal attention of h [n, d_model]; weight(name) gives a projection."""
    def heads(name):
        return (h @ weight(name).T).unflatten(-1, (SIZES["num_heads"], -1)).transpose(0, 1)

    q, k = rotate(heads("q_proj"), neighbours), rotate(heads("k_proj"), neighbours)
    scores = q @ k.transpose(1, 2) / q.shape[-1] ** 0.5
    later = torch.ones(len(h), len(h), dtype=torch.bool).triu(1)
    mixed = scores.masked_fill(later, -torch.inf).softmax(-1) @ heads("v_proj")
    return mixed.transpose(0, 1).flatten(1) @ weight("output_proj").T


@torch.no_grad()
def logits_of(state, ids, neighbours=True):
    """All rows of logits, float32 [len(ids), vocab_size]."""
    x = state["token_embeddings.weight"][torch.tensor(ids)]
    for i in range(SIZES["num_layers"]):
        layer = {name[len(f"layers.{i}."):]: value for name, value in state.items()
                 if name.startswith(f"layers.{i}.")}
        h = rms_norm(x, layer["ln1.weight"])
        x = x + attend(h, lambda name: layer[f"attn.{name}.weight"], neighbours)
        h = rms_norm(x, layer["ln2.weight"])
        gate = torch.nn.functional.silu(h @ layer["ffn.w1.weight"].T)
        x = x + (gate * (h @ layer["ffn.w3.weight"].T)) @ layer["ffn.w2.weight"].T
    return rms_norm(x, state["ln_final.weight"]) @ state["lm_head.weight"].T
