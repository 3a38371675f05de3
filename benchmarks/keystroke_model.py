"""Writes a model of random weights around the vocabulary of a real one, for what a keystroke costs.

What it says means nothing, but text becomes as many tokens as it would for a coder model, and they
take as long. It never ends by itself, so that answers are of equal length.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import gguf
import numpy as np
from gguf import GGMLQuantizationType, GGUFReader, GGUFWriter
from gguf.quants import quantize
from numpy.typing import NDArray
from tests.support.chain_gguf import SMALL_CODER, Shape, describe, finish
from tests.support.vocabularies import VOCABULARIES, get

_KIND = GGMLQuantizationType.Q8_0
_MARKERS = {"pre": "<｜fim▁begin｜>", "suf": "<｜fim▁hole｜>", "mid": "<｜fim▁end｜>"}  # noqa: RUF001 - their names
"""DeepSeek Coder's marks of a gap, by what GGUF calls them."""


def vocabulary() -> Path:
    """Give DeepSeek Coder's vocabulary, with its marks of a gap; it is downloaded where it is not there yet."""
    path = VOCABULARIES / "ggml-vocab-deepseek-coder.gguf"
    if not path.exists():
        get()
    return path


def write_random(path: Path, shape: Shape = SMALL_CODER) -> Path:
    """Write the model; of the shape's sizes, those of the vocabulary are the real one's."""
    writer = GGUFWriter(str(path), "llama")
    tokens, special = _copied(writer, GGUFReader(vocabulary()))
    describe(writer, shape, tokens)
    _weights(writer, shape, tokens, special)
    finish(writer)
    return path


def _copied(writer: GGUFWriter, real: GGUFReader) -> tuple[int, NDArray[np.bool_]]:
    """Copy the vocabulary; gives how many tokens there are, and which of them are no text."""
    known: dict[str, Any] = {name: entry.contents() for name, entry in real.fields.items()}
    tokens, kinds = known["tokenizer.ggml.tokens"], known["tokenizer.ggml.token_type"]
    writer.add_name("random")
    writer.add_tokenizer_model(known["tokenizer.ggml.model"])
    writer.add_tokenizer_pre(known["tokenizer.ggml.pre"])
    writer.add_token_list(tokens)
    writer.add_token_types(kinds)
    writer.add_token_merges(known["tokenizer.ggml.merges"])
    writer.add_bos_token_id(known["tokenizer.ggml.bos_token_id"])
    writer.add_eos_token_id(known["tokenizer.ggml.eos_token_id"])
    writer.add_add_bos_token(known["tokenizer.ggml.add_bos_token"])
    for part, name in _MARKERS.items():
        writer.add_uint32(f"tokenizer.ggml.fim_{part}_token_id", tokens.index(name))
    return len(tokens), np.array(kinds) != int(gguf.TokenType.NORMAL)


def _weights(writer: GGUFWriter, shape: Shape, tokens: int, special: NDArray[np.bool_]) -> None:
    random = np.random.default_rng(0)

    def noise(*size: int) -> NDArray[np.float32]:
        return random.standard_normal(size, dtype=np.float32) / np.float32(np.sqrt(size[-1]))

    def add(name: str, data: NDArray[np.float32]) -> None:
        writer.add_tensor(f"{name}.weight", quantize(data, _KIND), raw_dtype=_KIND)

    def ones(name: str) -> None:
        writer.add_tensor(f"{name}.weight", np.ones(shape.width, np.float32))

    after = noise(tokens, shape.width)
    after[special] = 0  # the highest of so many is never this low, so it is never said
    add("token_embd", noise(tokens, shape.width))
    add("output", after)
    ones("output_norm")
    narrow = shape.width // shape.heads * shape.kv_heads
    for block in (f"blk.{layer}" for layer in range(shape.layers)):
        ones(f"{block}.attn_norm")
        ones(f"{block}.ffn_norm")
        add(f"{block}.attn_q", noise(shape.width, shape.width))
        add(f"{block}.attn_k", noise(narrow, shape.width))
        add(f"{block}.attn_v", noise(narrow, shape.width))
        add(f"{block}.attn_output", noise(shape.width, shape.width))
        add(f"{block}.ffn_gate", noise(shape.hidden, shape.width))
        add(f"{block}.ffn_up", noise(shape.hidden, shape.width))
        add(f"{block}.ffn_down", noise(shape.width, shape.hidden))
