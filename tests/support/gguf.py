"""Writes a tiny random language model as a GGUF file: half a megabyte, in milliseconds.

It speaks noise, byte by byte, and the real engines load it: for tests of the wire, of prefix reuse
and of cancellation, never of what a model says.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import gguf
import numpy as np
from gguf import GGMLQuantizationType as Kind
from gguf import GGUFWriter
from gguf.quants import quantize

CHATML = (
    "{% for message in messages %}<|im_start|>{{ message.role }}\n{{ message.content }}<|im_end|>\n{% endfor %}"
    "{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)
_SPECIAL = ("<unk>", "<s>", "</s>")
_FIM = ("<PRE>", "<SUF>", "<MID>")
_WIDTH = 64
_LAYERS = 2
_HEADS = 4
_HIDDEN = 128


def write_tiny(  # noqa: PLR0913 - each is something that a test says of a model
    path: Path,
    *,
    context: int = 16_384,
    seed: int = 0,
    name: str = "tiny",
    kind: Kind = Kind.F32,
    architecture: str = "llama",
    width: int = 0,
    more: Sequence[tuple[str, gguf.TokenType]] = (),
) -> Path:
    """Write a model of the llama architecture with a byte vocabulary, FIM tokens and a chat template.

    Another ``architecture`` or ``width`` is only said, and is not what the weights are.
    """
    writer = GGUFWriter(str(path), architecture)
    size = write_vocabulary(writer, more)
    _shape(writer, size, context=context, name=name, width=width or _WIDTH)
    _weights(writer, size, np.random.default_rng(seed), kind)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return path


BYTES = len(_SPECIAL) + 256 + len(_FIM)
"""How many tokens the byte vocabulary has."""


def write_vocabulary(
    writer: GGUFWriter, more: Sequence[tuple[str, gguf.TokenType]] = (), *, template: str = CHATML
) -> int:
    """Write the byte vocabulary and what comes after it, and give how many tokens there are."""
    tokens = [*_SPECIAL, *(f"<0x{byte:02X}>" for byte in range(256)), *_FIM, *(text for text, _kind in more)]
    kinds = [gguf.TokenType.UNKNOWN, gguf.TokenType.CONTROL, gguf.TokenType.CONTROL]
    kinds += [gguf.TokenType.BYTE] * 256 + [gguf.TokenType.CONTROL] * len(_FIM) + [kind for _text, kind in more]
    writer.add_tokenizer_model("llama")
    writer.add_token_list(tokens)
    writer.add_token_scores([0.0] * len(tokens))
    writer.add_token_types([int(kind) for kind in kinds])
    writer.add_bos_token_id(1)
    writer.add_eos_token_id(2)
    writer.add_unk_token_id(0)
    writer.add_add_bos_token(True)  # noqa: FBT003 - the writer's own signature
    writer.add_add_space_prefix(False)  # noqa: FBT003 - as above
    if template:
        writer.add_chat_template(template)
    for at, part in enumerate(("pre", "suf", "mid")):
        writer.add_uint32(f"tokenizer.ggml.fim_{part}_token_id", BYTES - len(_FIM) + at)
    return len(tokens)


def _shape(writer: GGUFWriter, size: int, *, context: int, name: str, width: int) -> None:
    writer.add_name(name)
    writer.add_context_length(context)
    writer.add_embedding_length(width)
    writer.add_block_count(_LAYERS)
    writer.add_feed_forward_length(_HIDDEN)
    writer.add_head_count(_HEADS)
    writer.add_head_count_kv(_HEADS)
    writer.add_layer_norm_rms_eps(1e-5)
    writer.add_rope_dimension_count(width // _HEADS)
    writer.add_vocab_size(size)


def _weights(writer: GGUFWriter, size: int, random: np.random.Generator, kind: Kind) -> None:
    def add(name: str, *shape: int) -> None:
        data = quantize((random.standard_normal(shape) * 0.5).astype(np.float32), kind)
        writer.add_tensor(f"{name}.weight", data, raw_dtype=kind)

    def ones(name: str) -> None:
        writer.add_tensor(f"{name}.weight", np.ones(_WIDTH, np.float32))

    add("token_embd", size, _WIDTH)
    add("output", size, _WIDTH)
    ones("output_norm")
    for block in (f"blk.{layer}" for layer in range(_LAYERS)):
        ones(f"{block}.attn_norm")
        ones(f"{block}.ffn_norm")
        for part in ("attn_q", "attn_k", "attn_v", "attn_output"):
            add(f"{block}.{part}", _WIDTH, _WIDTH)
        add(f"{block}.ffn_gate", _HIDDEN, _WIDTH)
        add(f"{block}.ffn_up", _HIDDEN, _WIDTH)
        add(f"{block}.ffn_down", _WIDTH, _HIDDEN)
