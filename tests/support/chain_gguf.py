"""Writes a model made by hand that says a chain of words: after each word, always the same one.

What it says can be known beforehand, which a random model's cannot, and a prompt with a part of the
chain in it is a prompt that the answer repeats. It has all the layers of a real model, and they cost
what theirs do, but they add nothing: only the last word decides.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import gguf
import numpy as np
from attrs import frozen
from gguf import GGMLQuantizationType, GGUFWriter
from gguf.quants import quantize
from tests.support.gguf import BYTES, write_vocabulary


@frozen
class Shape:
    """The sizes of a model of the llama architecture."""

    width: int = 256
    layers: int = 1
    heads: int = 4
    kv_heads: int = 4
    hidden: int = 256
    words: int = 400
    unused: int = 0
    """Tokens that never come up, which make the vocabulary as large as a real one."""

    context: int = 16_384
    kind: GGMLQuantizationType = GGMLQuantizationType.F32
    alike: bool = False
    """Whether all layers have the weights of the first: a large model is written sooner, and costs the same."""


SMALL_CODER = Shape(width=768, layers=12, heads=12, kv_heads=4, hidden=2048, words=2000, unused=30_000)
"""About a hundred million weights, 134 MB at eight bits."""


def word(number: int) -> str:
    """Give a word; after it the model says the one with the next number, and after the last the first."""
    return f"w{number:05d} "


def words(first: int, count: int) -> str:
    """Give that many words of the chain."""
    return "".join(word(number) for number in range(first, first + count))


def write_chain(path: Path, shape: Shape = Shape()) -> Path:
    """Write the model."""
    writer = GGUFWriter(str(path), "llama")
    tokens = _vocabulary(writer, shape)
    writer.add_name("chain")
    describe(writer, shape, tokens)
    _weights(writer, shape, tokens)
    finish(writer)
    return path


def describe(writer: GGUFWriter, shape: Shape, tokens: int) -> None:
    """Write what a model's sizes are, with so many tokens in its vocabulary."""
    writer.add_context_length(shape.context)
    writer.add_embedding_length(shape.width)
    writer.add_block_count(shape.layers)
    writer.add_feed_forward_length(shape.hidden)
    writer.add_head_count(shape.heads)
    writer.add_head_count_kv(shape.kv_heads)
    writer.add_layer_norm_rms_eps(1e-5)
    writer.add_rope_dimension_count(shape.width // shape.heads)
    writer.add_vocab_size(tokens)


def finish(writer: GGUFWriter) -> None:
    """Write the file."""
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def _vocabulary(writer: GGUFWriter, shape: Shape) -> int:
    # Words of the user's are found in any text; pieces of the usual kind would have to be merged.
    words = [(word(number), gguf.TokenType.USER_DEFINED) for number in range(shape.words)]
    unused = [(f"u{number}", gguf.TokenType.NORMAL) for number in range(shape.unused)]
    return write_vocabulary(writer, [*words, *unused], template="")


def _weights(writer: GGUFWriter, shape: Shape, tokens: int) -> None:
    random = np.random.default_rng(0)

    def noise(*size: int) -> np.ndarray:
        return random.standard_normal(size, dtype=np.float32) / np.float32(np.sqrt(size[-1]))

    def add(name: str, data: np.ndarray) -> None:
        writer.add_tensor(f"{name}.weight", quantize(data, shape.kind), raw_dtype=shape.kind)

    first = BYTES
    meaning = noise(tokens, shape.width)
    chain = np.arange(first, first + shape.words)
    after = meaning.copy()
    after[np.roll(chain, -1)] = meaning[chain]
    after[:first] *= 0.1
    after[first + shape.words :] *= 0.1
    add("token_embd", meaning)
    add("output", after)
    writer.add_tensor("output_norm.weight", np.ones(shape.width, np.float32))
    layer = _layer(shape, noise)
    for number in range(shape.layers):
        if number and not shape.alike:
            layer = _layer(shape, noise)
        for name, data in layer.items():
            kind = None if data.dtype == np.float32 else shape.kind
            writer.add_tensor(f"blk.{number}.{name}.weight", data, raw_dtype=kind)


def _layer(shape: Shape, noise: Callable[..., np.ndarray]) -> dict[str, np.ndarray]:
    """Make a layer's weights, by name; it adds nothing to what goes through it."""
    narrow = shape.width // shape.heads * shape.kv_heads
    matrices = {
        "attn_q": noise(shape.width, shape.width),
        "attn_k": noise(narrow, shape.width),
        "attn_v": noise(narrow, shape.width),
        "attn_output": np.zeros((shape.width, shape.width), np.float32),
        "ffn_gate": noise(shape.hidden, shape.width),
        "ffn_up": noise(shape.hidden, shape.width),
        "ffn_down": np.zeros((shape.width, shape.hidden), np.float32),
    }
    norms = {name: np.ones(shape.width, np.float32) for name in ("attn_norm", "ffn_norm")}
    return {**norms, **{name: quantize(data, shape.kind) for name, data in matrices.items()}}
