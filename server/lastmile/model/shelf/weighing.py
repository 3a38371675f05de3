"""Estimates the memory that a model takes. Nothing is loaded for it, so it is no more than an estimate."""

from __future__ import annotations

from pathlib import Path

from lastmile.model.header import Header, parts

_KEY_AND_VALUE = 2 * 2
"""Bytes that a token takes for each layer, head and element: a key and a value, at half precision."""

_BUFFERS = 0.1
"""What is reckoned for the buffers of a computation, as a share of the rest: an estimate on the safe side."""


def needed(size: int, cells: int, width: int) -> int:
    """Estimate the bytes for weights of a size with so many tokens held; ``width`` is layers by heads by elements."""
    return round((size + cells * width * _KEY_AND_VALUE) * (1 + _BUFFERS))


def needed_by(file: Path, header: Header, cells: int) -> int:
    """Estimate the same for a file, by what it says of itself. Where it is in several, all of them count."""
    size = sum(part.stat().st_size for part in parts(file) if part.exists())
    heads = header.number("attention.head_count") or 1
    element = header.number("attention.key_length") or header.number("embedding_length") // heads
    width = header.number("block_count") * (header.number("attention.head_count_kv") or heads) * element
    return needed(size, cells, width)
