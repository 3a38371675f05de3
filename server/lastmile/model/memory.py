"""Looks at memory: how much there is, and how much a model could take now. A container's limits count.

On Linux, from the files of the kernel; where a system does not say what is free, nobody guesses.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path, PurePosixPath

from attrs import frozen

_ROOT = Path("/")


@frozen
class _Kind:
    """What a version of control groups calls what is looked at."""

    mount: str
    limit: str
    used: str
    prefix: str
    mapped: str


_NEW = _Kind("sys/fs/cgroup", "memory.max", "memory.current", "", "file_mapped")
_OLD = _Kind("sys/fs/cgroup/memory", "memory.limit_in_bytes", "memory.usage_in_bytes", "total_", "mapped_file")


def total(root: Path = _ROOT) -> int:
    """Give the bytes of memory that there are, or that this process's groups may have of it; blocks.

    0 where that is not known. ``root`` is where the system's own files lie.
    """
    physical = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") if hasattr(os, "sysconf") else 0
    return min([physical, *(limit for _, _, limit in _groups(root))])


def available(root: Path = _ROOT) -> int | None:
    """Give the bytes that may be taken without swapping, and without taking models' pages; None where unknown; blocks.

    The weights of a model that another process runs are pages of a file, which the kernel could drop and
    read again at each token: what is mapped is held to be in use.
    """
    table = _numbers(root / "proc/meminfo", unit=1024)
    if "MemAvailable" not in table:
        return None
    free = table["MemAvailable"] - table.get("Mapped", 0)
    return max(0, min([free, *(_left(*group) for group in _groups(root))]))


def resident(root: Path = _ROOT) -> int | None:
    """Give the bytes of memory that this process holds, with what it has mapped; None where that is not known."""
    return _numbers(root / "proc/self/status", unit=1024).get("VmRSS")


def _left(kind: _Kind, group: Path, limit: int) -> int:
    """Give what a group may still take: the pages of files that nobody has mapped can go."""
    told = _numbers(group / "memory.stat")
    pages = sum(told.get(f"{kind.prefix}{name}", 0) for name in ("inactive_file", "active_file"))
    reclaimed = max(0, pages - told.get(f"{kind.prefix}{kind.mapped}", 0))
    used = _number(group / kind.used)
    return limit if used is None else limit - max(0, used - reclaimed)


def _groups(root: Path) -> Iterator[tuple[_Kind, Path, int]]:
    """Give this process's groups and those that they are in, as far as they have limits."""
    paths = {kind: PurePosixPath("/") for kind in (_NEW, _OLD)}
    with suppress(OSError):
        for line in (root / "proc/self/cgroup").read_text("utf-8", "replace").splitlines():
            _, controllers, path = (*line.split(":", 2), "", "")[:3]
            if not controllers or "memory" in controllers.split(","):
                paths[_OLD if controllers else _NEW] = PurePosixPath(path)
    for kind, own in paths.items():
        # Inside of a container the path may be that of the machine, which is not to be seen: then the top counts.
        for each in (own, *own.parents):
            group = root / kind.mount / str(each).lstrip("/")
            limit = _number(group / kind.limit)
            if limit is not None:
                yield kind, group, limit


def _number(file: Path) -> int | None:
    """Read a number; None where there is none: without a limit it says ``max``."""
    with suppress(OSError, ValueError):
        return int(file.read_text("ascii", "replace"))
    return None


def _numbers(file: Path, *, unit: int = 1) -> Mapping[str, int]:
    """Read a table of names and numbers; empty where it cannot be read."""
    found: dict[str, int] = {}
    with suppress(OSError):
        for words in (line.replace(":", " ").split() for line in file.read_text("ascii", "replace").splitlines()):
            with suppress(ValueError, IndexError):
                found[words[0]] = int(words[1]) * unit
    return found
