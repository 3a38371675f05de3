"""Writes a tiny random model of the Mamba architecture, whose state cannot be taken back token by token."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from gguf import GGUFWriter
from tests.support.gguf import write_vocabulary

_WIDTH = 32
_INNER = 64
_STATE = 8
_KERNEL = 4
_RANK = 4
_LAYERS = 2


def write_recurrent(path: Path) -> Path:
    """Write the model."""
    writer = GGUFWriter(str(path), "mamba")
    size = write_vocabulary(writer)
    writer.add_name("recurrent")
    writer.add_context_length(16_384)
    writer.add_embedding_length(_WIDTH)
    writer.add_feed_forward_length(0)
    writer.add_head_count(0)
    writer.add_block_count(_LAYERS)
    writer.add_ssm_conv_kernel(_KERNEL)
    writer.add_ssm_inner_size(_INNER)
    writer.add_ssm_state_size(_STATE)
    writer.add_ssm_time_step_rank(_RANK)
    writer.add_layer_norm_rms_eps(1e-5)
    writer.add_vocab_size(size)
    _weights(writer, size)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return path


def _weights(writer: GGUFWriter, size: int) -> None:
    random = np.random.default_rng(0)

    def add(name: str, *shape: int) -> None:
        writer.add_tensor(name, (random.standard_normal(shape) * 0.5).astype(np.float32))

    add("token_embd.weight", size, _WIDTH)
    add("output.weight", size, _WIDTH)
    writer.add_tensor("output_norm.weight", np.ones(_WIDTH, np.float32))
    for block in (f"blk.{layer}" for layer in range(_LAYERS)):
        writer.add_tensor(f"{block}.attn_norm.weight", np.ones(_WIDTH, np.float32))
        add(f"{block}.ssm_in.weight", 2 * _INNER, _WIDTH)
        add(f"{block}.ssm_conv1d.weight", _INNER, _KERNEL)
        add(f"{block}.ssm_conv1d.bias", _INNER)
        add(f"{block}.ssm_x.weight", _RANK + 2 * _STATE, _INNER)
        add(f"{block}.ssm_dt.weight", _INNER, _RANK)
        add(f"{block}.ssm_dt.bias", _INNER)
        writer.add_tensor(f"{block}.ssm_a", -np.exp(random.standard_normal((_INNER, _STATE))).astype(np.float32))
        add(f"{block}.ssm_d", _INNER)
        add(f"{block}.ssm_out.weight", _WIDTH, _INNER)
