#!/usr/bin/env python3
"""Writes data/golden/gguf_blocks.json: stored bytes of every type that is read, and the float32
values that the gguf package's dequantize makes of them, both as hexadecimal bytes.

    VENV/bin/pip install gguf numpy && VENV/bin/python tools/smollm2/make_block_golden.py
"""

import json
from importlib import metadata
from pathlib import Path

import gguf
import numpy as np

ROOT = Path(__file__).resolve().parents[2]
ROWS, COLUMNS = 3, 64

# Scales that are ordinary, negative, zero, subnormal and large, as float16 bits.
SCALES = [0x2E66, 0xB0CD, 0x0000, 0x0001, 0x83FF, 0x7BFF]

# The K types also with infinities and NaN. Super-blocks of 256 numbers, one a row.
K_SCALES = SCALES + [0x7C00, 0xFC00, 0x7E00, 0x0400, 0x8000, 0x3C00]
SUPER_BLOCK = 256


def quantised_rows(rng, scales_per_block, payload):
    """ROWS x COLUMNS numbers in blocks of 32: the scales, then `payload` random bytes."""
    rows = []
    for row in range(ROWS):
        data = b""
        for block in range(COLUMNS // 32):
            first = row * 2 + block
            for i in range(scales_per_block):
                data += np.uint16(SCALES[(first + 2 * i) % len(SCALES)]).tobytes()
            data += rng.integers(0, 256, payload, dtype=np.uint8).tobytes()
        rows.append(np.frombuffer(data, dtype=np.uint8))
    return np.stack(rows)


def super_blocks(rng, size, scale_places):
    """One super-block a row of `size` random bytes, with scales at the given places. The last rows
    have all bits set and none, so that every packed field takes its ends."""
    rows = rng.integers(0, 256, (len(K_SCALES) + 2, size), dtype=np.uint8)
    rows[-2], rows[-1] = 0xFF, 0
    for row in range(len(rows)):
        for i, place in enumerate(scale_places):
            scale = np.uint16(K_SCALES[(row + 5 * i) % len(K_SCALES)])
            rows[row, place : place + 2] = np.frombuffer(scale.tobytes(), dtype=np.uint8)
    return rows


def half_rows(rng, special):
    """Random bits but for infinity and NaN, with the special values in front."""
    bits = rng.integers(0, 1 << 16, ROWS * COLUMNS, dtype=np.uint16)
    bits[: len(special)] = special
    return bits.reshape(ROWS, COLUMNS)


def main():
    rng = np.random.default_rng(7)
    kinds = gguf.GGMLQuantizationType
    f16 = half_rows(rng, [0, 0x8000, 1, 0x8001, 0x3FF, 0x400, 0x7BFF, 0xFBFF, 0x7C00, 0xFC00, 0x3C00])
    f16[(f16 & 0x7C00) == 0x7C00] &= 0xFC00  # infinities stay, NaN becomes infinity
    bf16 = half_rows(rng, [0, 0x8000, 1, 0x8001, 0x7F, 0x80, 0x7F7F, 0xFF7F, 0x7F80, 0xFF80, 0x3F80])
    bf16[(bf16 & 0x7F80) == 0x7F80] &= 0xFF80
    stored = {
        "F16": (kinds.F16, f16.view(np.float16)),
        "BF16": (kinds.BF16, bf16.view(np.uint8)),
        "Q8_0": (kinds.Q8_0, quantised_rows(rng, 1, 32)),
        "Q4_0": (kinds.Q4_0, quantised_rows(rng, 1, 16)),
        "Q4_1": (kinds.Q4_1, quantised_rows(rng, 2, 16)),
        "Q4_K": (kinds.Q4_K, super_blocks(rng, 144, [0, 2])),
        "Q5_K": (kinds.Q5_K, super_blocks(rng, 176, [0, 2])),
        "Q6_K": (kinds.Q6_K, super_blocks(rng, 210, [208])),
    }
    types = {}
    for name, (kind, data) in stored.items():
        with np.errstate(invalid="ignore"):  # infinity times 0
            values = gguf.dequantize(data, kind).astype(np.float32)
        assert values.shape[1] == (SUPER_BLOCK if name.endswith("K") else COLUMNS)
        stored_and_values = {"stored": data.tobytes().hex(), "float32": values.tobytes().hex()}
        types[name] = {"shape": list(values.shape)} | stored_and_values
    made_with = {"gguf": metadata.version("gguf"), "numpy": np.__version__}
    golden = {"made_with": made_with, "types": types}
    path = ROOT / "data/golden/gguf_blocks.json"
    path.write_text(json.dumps(golden, indent=1) + "\n")
    print(f"{path.name}: {path.stat().st_size} bytes")


if __name__ == "__main__":
    main()
