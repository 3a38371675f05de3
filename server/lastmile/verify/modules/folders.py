"""What lies in folders, as far as imports go: listed, and read in bounds; nothing is made of it.

Names count with their case, as Python has it, whatever the file system thinks of them. For several threads.
"""

from __future__ import annotations

import os
import time
from collections import OrderedDict
from collections.abc import Iterator, Mapping
from pathlib import Path
from stat import S_ISREG
from threading import Lock

from attrs import define, field, frozen

_KEPT = 512
_MOST_BYTES = 1_000_000
_MOST_LOOKED_AT = 300
_SETTLED = 2_000_000_000
"""Nanoseconds after which a folder's time tells a change: clocks of file systems tick."""

SOURCE, STUB = ".py", ".pyi"
COMPILED = frozenset({".so", ".pyd", ".pyc", ".pyx", ".hy"})
"""What is, or is made into, a module that cannot be read here."""


@frozen
class Listing:
    """The names in one folder."""

    folders: frozenset[str] = frozenset()
    files: Mapping[str, tuple[str, ...]] = field(factory=dict)
    """Files that are modules or stubs, by what stands before the first dot."""

    names: frozenset[str] = frozenset()
    """All of them."""

    @property
    def compiled(self) -> bool:
        """Whether there is code here that cannot be read."""
        return any(is_compiled(name) for names in self.files.values() for name in names)


@define
class Folders:
    """Lists folders, each once for each of its states."""

    _kept: OrderedDict[str, tuple[int, Listing]] = field(factory=OrderedDict, init=False)
    _lock: Lock = field(factory=Lock, init=False)

    def of(self, folder: str) -> Listing:
        """List a folder; nothing where there is none."""
        try:
            stamp = os.stat(folder).st_mtime_ns
            with self._lock:
                kept = self._kept.get(folder)
                if kept is not None and kept[0] == stamp:
                    self._kept.move_to_end(folder)
                    return kept[1]
            listing = _listed(folder)
        except (OSError, ValueError):
            return Listing()
        if is_settled(stamp):
            with self._lock:
                self._kept[folder] = stamp, listing
                while len(self._kept) > _KEPT:
                    self._kept.popitem(last=False)
        return listing

    def holds_modules(self, folder: str) -> bool:
        """Tell whether there is any module beneath a folder: one of data alone is a package by its name only."""
        waiting = [folder]
        for _ in range(_MOST_LOOKED_AT):
            if not waiting:
                return False
            listing = self.of(here := waiting.pop())
            if any(not name.endswith(STUB) for names in listing.files.values() for name in names):
                return True
            waiting += [os.path.join(here, name) for name in listing.folders if name.isidentifier() and name != _CACHE]
        return True

    def sources(self, folder: str) -> Iterator[str]:
        """Give the texts of the modules in a folder, those of folders beneath left out."""
        files = self.of(folder).files
        for name in [name for names in files.values() for name in names if name.endswith(SOURCE)][:_MOST_LOOKED_AT]:
            yield read(os.path.join(folder, name))


_CACHE = "__pycache__"


def is_settled(stamp: int) -> bool:
    """Tell whether the time of a file or a folder would tell of another change."""
    return time.time_ns() - stamp > _SETTLED


def is_compiled(name: str) -> bool:
    """Tell whether a file is code that cannot be read."""
    return os.path.splitext(name)[1] in COMPILED  # noqa: PTH122 - of many, as text


def is_opaque(path: str) -> bool:
    """Tell whether what a module does cannot be read: it is compiled, or too large."""
    try:
        return is_compiled(path) or os.stat(path).st_size > _MOST_BYTES
    except (OSError, ValueError):
        return False


def read(path: str) -> str:
    """Read a file of text; nothing of what is no file, or too large."""
    try:
        state = os.stat(path)
        # A pipe would never be read to its end.
        return (
            Path(path).read_text("utf-8", "replace") if S_ISREG(state.st_mode) and state.st_size <= _MOST_BYTES else ""
        )
    except (OSError, ValueError):
        return ""


def _is_folder(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir()
    except OSError:
        return False  # a link in a circle


def _listed(folder: str) -> Listing:
    folders, names, files = set[str](), set[str](), dict[str, tuple[str, ...]]()
    with os.scandir(folder) as entries:
        for entry in entries:
            names.add(entry.name)
            suffix = os.path.splitext(entry.name)[1]  # noqa: PTH122 - of many, as text
            if suffix in COMPILED or suffix in {SOURCE, STUB}:
                stem = entry.name.partition(".")[0]
                files[stem] = (*files.get(stem, ()), entry.name)
            elif _is_folder(entry):
                folders.add(entry.name)
    return Listing(frozenset(folders), files, frozenset(names))
