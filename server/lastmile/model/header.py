"""Reads from a GGUF file's header how large the model is, without loading it or any library.

What the numbers mean for drafting is not said here.
"""

from __future__ import annotations

import mmap
import re
import struct
from collections.abc import Mapping
from math import prod
from pathlib import Path

from attrs import define

_MAGIC = b"GGUF"
_VERSIONS = (2, 3)
_WIDTHS: Mapping[int, int] = {0: 1, 1: 1, 2: 2, 3: 2, 4: 4, 5: 4, 6: 4, 7: 1, 10: 8, 11: 8, 12: 8}
"""Bytes of a value by its type, as the GGUF specification numbers them."""

_TEXT, _LIST = 8, 9
_NUMBERS: Mapping[int, str] = {2: "<H", 4: "<I", 10: "<Q"}
_LABEL, _PARTS = "general.size_label", "split.count"
_MOST_DIMENSIONS = 8
_SIZE = re.compile(r"(?:([0-9]+)x)?([0-9]+(?:\.[0-9]+)?)([KMBT])", re.IGNORECASE)
_UNITS = {"K": 1e3, "M": 1e6, "B": 1e9, "T": 1e12}


def parameters(path: Path) -> int:
    """Count a model's parameters: what its tensors hold, or what its label says where it lies in several files.

    0 where that is not known. Blocks, a tenth of a second for a large vocabulary; never raises for what a
    file holds.
    """
    try:
        with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
            return _counted(_Reader(data))
    except (OSError, ValueError, struct.error, OverflowError, UnicodeDecodeError):
        return 0


def labelled(label: str) -> int:
    """Read a label such as ``1.5B``, ``8x7B`` or ``30B-A3B``; 0 where it is none."""
    found = _SIZE.match(label.strip())
    return 0 if found is None else round(int(found[1] or 1) * float(found[2]) * _UNITS[found[3].upper()])


def _counted(reader: _Reader) -> int:
    if reader.bytes(4) != _MAGIC or reader.number("<I") not in _VERSIONS:
        return 0
    tensors, values = reader.number("<Q"), reader.number("<Q")
    said: dict[str, object] = dict(reader.entry() for _ in range(values))
    parts = said.get(_PARTS)
    if isinstance(parts, int) and parts > 1:
        return labelled(str(said.get(_LABEL, "")))
    return sum(reader.tensor() for _ in range(tensors))


@define
class _Reader:
    """A place in a header; raises `ValueError` and `struct.error` where it makes no sense."""

    data: mmap.mmap
    at: int = 0

    def bytes(self, count: int) -> bytes:
        self.skip(count)
        return self.data[self.at - count : self.at]

    def skip(self, count: int) -> None:
        self.at += count
        if self.at > len(self.data):
            raise ValueError("the header ends too soon")

    def number(self, form: str) -> int:
        (value,) = struct.unpack(form, self.bytes(struct.calcsize(form)))
        return int(value)

    def text(self) -> str:
        return self.bytes(self.number("<Q")).decode()

    def entry(self) -> tuple[str, object]:
        """Read a name and its value; only texts and whole numbers are kept."""
        name, kind = self.text(), self.number("<I")
        if kind == _TEXT:
            return name, self.text()
        if kind in _NUMBERS:
            return name, self.number(_NUMBERS[kind])
        if kind == _LIST:
            self._list(self.number("<I"), self.number("<Q"))
        else:
            self.skip(_width(kind))
        return name, None

    def tensor(self) -> int:
        """Read about a tensor; gives how many numbers it holds."""
        self.skip(self.number("<Q"))
        dimensions = self.number("<I")
        if dimensions > _MOST_DIMENSIONS:
            raise ValueError("more dimensions than there are")
        held = prod(self.number("<Q") for _ in range(dimensions))
        self.skip(12)  # its type and its place
        return held

    def _list(self, kind: int, count: int) -> None:
        if kind != _TEXT:
            self.skip(_width(kind) * count)
            return
        for _ in range(count):
            self.skip(self.number("<Q"))


def _width(kind: int) -> int:
    if kind not in _WIDTHS:
        raise ValueError("a kind of value that is not known")
    return _WIDTHS[kind]
