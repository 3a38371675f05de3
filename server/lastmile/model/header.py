"""Reads the head of a model's file in the GGUF format: what it says of itself, and how long the file has to be.

Nothing of the weights is read, and llama.cpp is not loaded. The format is described in ggml's docs/gguf.md.
"""

from __future__ import annotations

import math
import mmap
import re
import struct
from collections.abc import Iterator, Mapping
from io import BytesIO
from pathlib import Path
from typing import BinaryIO

from attrs import define, frozen

from lastmile.errors import ModelError
from lastmile.model.tensor_sizes import SIZES

Scalar = bool | int | float | str

_MAGIC = b"GGUF"
_VERSIONS = (2, 3)
"""Those that llama.cpp reads; 1 is from 2023, and another number may be the other byte order."""

_SCALARS = {0: "<B", 1: "<b", 2: "<H", 3: "<h", 4: "<I", 5: "<i", 6: "<f", 7: "<?", 10: "<Q", 11: "<q", 12: "<d"}
"""How struct reads the types of gguf_type that are of one size."""

_STRING, _ARRAY = 8, 9
_ALIGNMENT = 32
"""Bytes; the format's default for where the tensors begin."""

_MOST_PAIRS, _MOST_TENSORS, _MOST_ITEMS, _MOST_DIMENSIONS = 100_000, 1_000_000, 10_000_000, 8
_LONGEST_KEPT = 100_000
"""Bytes of a text that is kept: chat templates are long, and no other is."""

_PART = re.compile(r"^(?P<stem>.+)-(?P<number>\d{5})-of-(?P<count>\d{5})\.gguf$")


@frozen
class Header:
    """What a file says of itself."""

    about: Mapping[str, Scalar]
    """Its metadata, without lists."""

    tensors: int
    needed: int
    """Bytes that the file must have for the tensors that the header names."""

    size: int
    """Bytes that it has."""

    elements: int = 0
    """Numbers that its tensors hold: the model's parameters, where it lies in one file."""

    @property
    def architecture(self) -> str:
        """The kind of model, by llama.cpp's names; empty where it does not say."""
        return str(self.about.get("general.architecture", ""))

    @property
    def name(self) -> str:
        """What the model calls itself; empty where it does not say."""
        return str(self.about.get("general.name", ""))

    def number(self, key: str) -> int:
        """Give a number of the architecture's, such as ``context_length``; 0 where it says none that makes sense."""
        found = self.about.get(f"{self.architecture}.{key}", 0)
        return int(found) if isinstance(found, int | float) and 0 <= found < math.inf else 0

    @property
    def truncated(self) -> bool:
        """Whether the end is missing."""
        return self.size < self.needed


def whole(path: Path) -> Header:
    """Read a file's header, and see that the file is all there, other parts of it too. Raises `ModelError`."""
    header = read(path)
    if header.truncated:
        message = (
            f"{path} is truncated: it has {header.size} bytes, and its header speaks of {header.needed}."
            " Download the model again."
        )
        raise ModelError(message)
    parts = header.about.get("split.count", 0)
    if isinstance(parts, int) and parts > 1:
        _see_parts(path)
    return header


def see(path: Path) -> None:
    """See that a file is there and is a GGUF file, by its first bytes. Raises `ModelError`."""
    try:
        with _opened(path) as file:
            _see_magic(path, file)
    except OSError as error:
        raise _unreadable(path, error) from error


def _opened(path: Path) -> BinaryIO:
    # To open a pipe waits for whoever writes into it.
    return path.open("rb") if not path.is_fifo() else BytesIO()


def _see_magic(path: Path, file: BinaryIO) -> None:
    if file.read(len(_MAGIC)) != _MAGIC:
        message = f"{path} is not a GGUF file: download the model again, or choose another."
        raise ModelError(message)


def _unreadable(path: Path, error: OSError) -> ModelError:
    remedy = "name one that is there in model.path, or see lastmile model list"
    return ModelError(f"The model {path} cannot be read: {error.strerror or error}; {remedy}.")


def read(path: Path) -> Header:
    """Read a file's header. Raises `ModelError` where the file cannot be read, or is no GGUF file."""
    try:
        with _opened(path) as file:
            _see_magic(path, file)
            with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
                return _header(_Reader(data), len(data))
    except OSError as error:
        raise _unreadable(path, error) from error
    except (struct.error, EOFError) as error:
        message = f"{path} is truncated: it ends within its header. Download the model again."
        raise ModelError(message) from error
    except (ValueError, OverflowError) as error:
        message = f"{path} cannot be read as a GGUF file: {error}. Download the model again, or choose another."
        raise ModelError(message) from error


def _header(reader: _Reader, size: int) -> Header:
    version = reader.number("<I")
    if version not in _VERSIONS:
        message = f"its version is {version}, and known are 2 and 3"
        raise ValueError(message)
    tensors, pairs = reader.number("<Q"), reader.number("<Q")
    if tensors > _MOST_TENSORS or pairs > _MOST_PAIRS:
        message = f"it says that it has {tensors} tensors and {pairs} entries"
        raise ValueError(message)
    about = dict(_pairs(reader, pairs))
    found = [_tensor(reader) for _ in range(tensors)]
    if not found:
        return Header(about, tensors, reader.at, size)
    alignment = int(about.get("general.alignment", _ALIGNMENT)) or _ALIGNMENT
    needed = -(-reader.at // alignment) * alignment + max(end for end, _ in found)
    return Header(about, tensors, needed, size, sum(elements for _, elements in found))


def _pairs(reader: _Reader, count: int) -> Iterator[tuple[str, Scalar]]:
    for _ in range(count):
        key = reader.text()
        kind = reader.number("<I")
        if kind == _ARRAY:
            reader.skip_list()
        else:
            yield key, reader.scalar(kind)


def _tensor(reader: _Reader) -> tuple[int, int]:
    """Give where a tensor ends (begins, for a type of unknown size), from the start of all, and its numbers."""
    reader.text()
    dimensions = reader.number("<I")
    if dimensions > _MOST_DIMENSIONS:
        message = f"it has a tensor of {dimensions} dimensions"
        raise ValueError(message)
    elements = 1
    for _ in range(dimensions):
        elements *= reader.number("<Q")
    kind, offset = reader.number("<I"), reader.number("<Q")
    block, width = SIZES.get(kind, (1, 0))
    return offset + -(-elements // block) * width, elements


@define
class _Reader:
    """Goes through the bytes. Raises what `read` catches where they end or make no sense."""

    _data: mmap.mmap
    at: int = len(_MAGIC)

    def number(self, form: str) -> int:
        found: int = struct.unpack_from(form, self._data, self.at)[0]
        self.at += struct.calcsize(form)
        return found

    def text(self) -> str:
        length = self.number("<Q")
        begin = self.at
        self._pass(length)
        return self._data[begin : min(self.at, begin + _LONGEST_KEPT)].decode("utf-8", "replace")

    def scalar(self, kind: int) -> Scalar:
        if kind == _STRING:
            return self.text()
        return self.number(_form(kind))

    def skip_list(self) -> None:
        kind, count = self.number("<I"), self.number("<Q")
        if count > _MOST_ITEMS:
            message = f"it has a list of {count} items"
            raise ValueError(message)
        if kind != _STRING:
            self._pass(struct.calcsize(_form(kind)) * count)
            return
        for _ in range(count):
            self._pass(self.number("<Q"))

    def _pass(self, length: int) -> None:
        self.at += length
        if self.at > len(self._data):
            raise EOFError


def _form(kind: int) -> str:
    if kind not in _SCALARS:
        message = f"it has an entry of the unknown type {kind}"
        raise ValueError(message)
    return _SCALARS[kind]


def parts(path: Path) -> list[Path]:
    """List the files of a model: itself, and where its name says that it is one of several, all of these."""
    found = _PART.match(path.name)
    if not found:
        return [path]
    names = (f"{found['stem']}-{number:05}-of-{found['count']}.gguf" for number in range(1, int(found["count"]) + 1))
    return [path.with_name(name) for name in names]


def _see_parts(path: Path) -> None:
    """See that all parts of a model in several files lie together, and that the first is named. Raises `ModelError`."""
    first, *others = parts(path)
    if not others:
        message = f"{path} is a part of a model in several files: give it back its name, which ends in -00001-of-0000N."
        raise ModelError(message)
    if first != path:
        message = f"{path} is not the first part of its model: name {first.name}."
        raise ModelError(message)
    for part in others:
        if read(part).truncated:
            message = f"{part} is truncated. Download the model again."
            raise ModelError(message)
