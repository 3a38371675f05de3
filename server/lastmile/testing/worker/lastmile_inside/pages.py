"""Makes a waiting process's memory its own ahead of time, so that a run does not stop at each page that it writes to.

After a fork, a page is copied when it is first written to, and Python writes to whatever it looks at.
Kernels before Linux 5.14 do not know the call; there, a run copies its pages as it goes.
"""

from __future__ import annotations

from collections.abc import Iterator

_MOST = 256 << 20
"""Bytes that are copied at most: a waiting process is not to take the memory that others need."""


def make_own() -> None:
    """Copy what this process shares with the one that it was forked from. Raises OSError where it cannot be."""
    from . import kernel  # noqa: PLC0415 - an interpreter without ctypes cannot load it

    left = _MOST
    for start, size in _writable():
        left -= size
        if left < 0:
            return
        kernel.populate(start, size)


def _writable() -> Iterator[tuple[int, int]]:
    """Give the start and size of each part that is private and can be written to."""
    with open("/proc/self/maps", encoding="utf-8", errors="replace") as file:
        rows = file.read().splitlines()
    for row in rows:
        place, rights = row.split(maxsplit=2)[:2]
        if rights == "rw-p":
            start, end = (int(part, 16) for part in place.split("-"))
            yield start, end - start
