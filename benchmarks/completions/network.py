"""The tiny model as torch computes it, and as llama.cpp's ``llama`` architecture has it in a file.

Imported by `training` alone: torch is not a dependency of this project.
"""

from __future__ import annotations

from pathlib import Path

import gguf
import numpy as np
import torch
from attrs import frozen
from gguf import GGMLQuantizationType as Kind
from gguf.quants import quantize
from torch import Tensor, nn
from torch.nn import functional

from benchmarks.completions import vocabulary
from benchmarks.completions.vocabulary import Tokens

_EPSILON = 1e-5
_ROPE = 10_000.0
_FIM = {"pre": "PREFIX", "suf": "SUFFIX", "mid": "MIDDLE", "pad": "PAD", "rep": "REPOSITORY", "sep": "FILE"}


@frozen
class Shape:
    """How big a network is."""

    width: int = 128
    layers: int = 4
    heads: int = 2
    hidden: int = 384
    context: int = 8192
    """Tokens that a prompt may have, as the file says; trained are 4096."""


class Norm(nn.Module):
    """Root mean square normalisation."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.ones(width))

    def forward(self, x: Tensor) -> Tensor:
        """Normalise in the precision of what comes in."""
        return functional.rms_norm(x, x.shape[-1:], self.weight.to(x.dtype), _EPSILON)


class Block(nn.Module):
    """One layer."""

    def __init__(self, shape: Shape) -> None:
        super().__init__()
        width = shape.width
        self.heads = shape.heads
        self.before, self.between = Norm(width), Norm(width)
        self.query, self.key, self.value, self.out = (nn.Linear(width, width, bias=False) for _ in range(4))
        self.gate, self.up = (nn.Linear(width, shape.hidden, bias=False) for _ in range(2))
        self.down = nn.Linear(shape.hidden, width, bias=False)

    def forward(self, x: Tensor, angles: tuple[Tensor, Tensor]) -> Tensor:
        """Attend, then feed forward."""
        y = self.before(x)
        parts = (part(y).unflatten(-1, (self.heads, -1)).transpose(1, 2) for part in (self.query, self.key, self.value))
        query, key, value = parts
        seen = functional.scaled_dot_product_attention(
            _turned(query, *angles), _turned(key, *angles), value, is_causal=True
        )
        x = x + self.out(seen.transpose(1, 2).flatten(-2))
        y = self.between(x)
        return x + self.down(functional.silu(self.gate(y)) * self.up(y))


class Network(nn.Module):
    """The whole model; what turns tokens into vectors turns them back."""

    def __init__(self, shape: Shape) -> None:
        super().__init__()
        self.shape = shape
        self.tokens = nn.Embedding(vocabulary.SIZE, shape.width)
        self.blocks = nn.ModuleList(Block(shape) for _ in range(shape.layers))
        self.last = Norm(shape.width)
        for weight in self.parameters():
            if weight.dim() > 1:
                nn.init.normal_(weight, std=0.02)

    def forward(self, tokens: Tensor) -> Tensor:
        """Give the logits after each token."""
        x = self.tokens(tokens)
        if torch.is_autocast_enabled("cpu"):
            x = x.bfloat16()
        angles = _angles(tokens.shape[1], self.shape, x.dtype)
        for block in self.blocks:
            x = block(x, angles)
        return functional.linear(self.last(x), self.tokens.weight).float()


def write(network: Network, tokens: Tokens, path: Path) -> None:
    """Write a model's file, its weights in eight bits (Q8_0)."""
    writer = gguf.GGUFWriter(str(path), "llama")
    _describe(writer, network.shape)
    _write_tokens(writer, tokens)
    for name, weight in _named(network):
        data = weight.detach().float().numpy()
        kind = Kind.F32 if data.ndim == 1 else Kind.Q8_0
        writer.add_tensor(f"{name}.weight", np.ascontiguousarray(quantize(data, kind)), raw_dtype=kind)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def _turned(x: Tensor, cosine: Tensor, sine: Tensor) -> Tensor:
    """Turn neighbouring pairs by their position (LLAMA_ROPE_TYPE_NORM)."""
    even, odd = x[..., ::2], x[..., 1::2]
    return torch.stack((even * cosine - odd * sine, even * sine + odd * cosine), -1).flatten(-2)


def _angles(length: int, shape: Shape, kind: torch.dtype) -> tuple[Tensor, Tensor]:
    size = shape.width // shape.heads
    speeds = _ROPE ** (-torch.arange(0, size, 2) / size)
    angles = torch.arange(length)[:, None] * speeds
    return angles.cos().to(kind), angles.sin().to(kind)


def _describe(writer: gguf.GGUFWriter, shape: Shape) -> None:
    writer.add_name("tiny-stdlib")
    writer.add_description("Learnt from the source of Python's standard library; for tests of completing.")
    writer.add_license("PSF-2.0")
    writer.add_context_length(shape.context)
    writer.add_embedding_length(shape.width)
    writer.add_block_count(shape.layers)
    writer.add_feed_forward_length(shape.hidden)
    writer.add_head_count(shape.heads)
    writer.add_head_count_kv(shape.heads)
    writer.add_layer_norm_rms_eps(_EPSILON)
    writer.add_rope_dimension_count(shape.width // shape.heads)
    writer.add_rope_freq_base(_ROPE)
    writer.add_vocab_size(vocabulary.SIZE)
    writer.add_file_type(gguf.LlamaFileType.MOSTLY_Q8_0)


def _write_tokens(writer: gguf.GGUFWriter, tokens: Tokens) -> None:
    listed, special = tokens.listed(), set(vocabulary.SPECIAL)
    kinds = [gguf.TokenType.CONTROL if each in special else gguf.TokenType.NORMAL for each in listed]
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre("qwen2")
    writer.add_token_list(listed)
    writer.add_token_types([int(kind) for kind in kinds])
    writer.add_token_merges(tokens.merges())
    writer.add_eos_token_id(tokens.numbers[vocabulary.END])
    writer.add_bos_token_id(tokens.numbers[vocabulary.END])
    writer.add_add_bos_token(False)  # noqa: FBT003 - the writer's own signature
    for part, name in _FIM.items():
        writer.add_uint32(f"tokenizer.ggml.fim_{part}_token_id", tokens.numbers[getattr(vocabulary, name)])


def _named(network: Network) -> list[tuple[str, Tensor]]:
    found = [("token_embd", network.tokens.weight), ("output_norm", network.last.weight)]
    names = {
        "attn_norm": "before",
        "ffn_norm": "between",
        "attn_q": "query",
        "attn_k": "key",
        "attn_v": "value",
        "attn_output": "out",
        "ffn_gate": "gate",
        "ffn_up": "up",
        "ffn_down": "down",
    }
    for number, block in enumerate(network.blocks):
        found += [(f"blk.{number}.{name}", getattr(block, own).weight) for name, own in names.items()]
    return found
