"""Names the state of what test results depend on, by the times and sizes of files: caches are keyed by it.

Nothing is read but folders.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from pathlib import Path

from lastmile.sandbox import places
from lastmile.testing.worker.launch import Site

_LEFT_OUT = {
    ".git",
    ".hg",
    ".venv",
    "venv",
    "node_modules",
    "__pycache__",
    ".tox",
    ".nox",
    ".mypy_cache",
    ".ruff_cache",
}
_MOST_FILES = 20_000


def environment(site: Site) -> str:
    """Name the state of the interpreter and its installed packages; installing one changes it."""
    found = places.of(site.python, site.home)
    watched = [site.python.resolve(), site.python.parent.parent / "pyvenv.cfg", *found.packages]
    return _digest(_of(str(path)) for path in watched)


def project(site: Site) -> str:
    """Name the state of the project's files, as far as there are not too many of them."""
    return files(site.root)


def files(root: Path) -> str:
    """Name the state of the files of a folder, as far as there are not too many of them."""
    return _digest(_walk(str(root), [_MOST_FILES]))


def _walk(folder: str, left: list[int]) -> Iterator[str]:
    try:
        entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
    except OSError:
        return
    for entry in entries:
        left[0] -= 1
        if left[0] < 0 or entry.name in _LEFT_OUT:
            continue
        if entry.is_dir(follow_symlinks=False):
            yield from _walk(entry.path, left)
        else:
            yield _of(entry.path)


def _of(path: str) -> str:
    try:
        stat = os.stat(path)
    except OSError:
        return f"{path} is not there"
    return f"{path} {stat.st_mtime_ns} {stat.st_size} {stat.st_ino}"


def _digest(parts: Iterator[str]) -> str:
    digest = hashlib.sha256()
    for part in parts:
        digest.update(part.encode("utf-8", "surrogateescape") + b"\n")
    return digest.hexdigest()
