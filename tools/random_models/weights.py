"""Random weights that are the same for a name on every machine."""

import zlib

import numpy
import torch


def draw(name, shape, seed):
    """A tensor of the shape its name asks for: norms about 1, biases about 0.5, matrices such that
    outputs are about as large as inputs, queries and keys larger, so that attention chooses."""
    dice = numpy.random.RandomState(zlib.crc32(f"{seed} {name}".encode()))
    values = dice.standard_normal(shape)
    if "norm" in name or "ln" in name.replace("lm_head", ""):
        return torch.tensor(1 + 0.3 * values, dtype=torch.float32)
    if name.endswith("bias"):
        return torch.tensor(0.5 * values, dtype=torch.float32)
    gain = 2.0 if any(part in name for part in ("q_proj", "k_proj", "embed", "lm_head")) else 1.0
    return torch.tensor(gain * values / shape[-1] ** 0.5, dtype=torch.float32)


def fill(model, seed, dtype):
    """Gives every parameter its random values, rounded to dtype and kept as float32."""
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            parameter.copy_(draw(name, tuple(parameter.shape), seed).to(dtype).float())
