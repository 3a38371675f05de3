"""The folders of a repository that hold an environment of their own, for who looks at all of it at once.

Each is a project of its own for the files in it (`interpreter.nearest`). It looks at names of folders alone, and no
further than people put projects: what lies deeper is not found.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from lastmile.testing.interpreter import holds_environment

_DEEPEST = 3
"""Folders down: ``packages/python/shop``."""

_MOST = 2_000
"""Folders looked at; in a repository with more the rest are left."""

_NEVER = {"node_modules", "__pycache__", "site-packages"}


def with_environments(root: Path) -> list[Path]:
    """Give the folders below, by name; blocks, so call it in a thread."""
    return sorted(folder for folder in islice(_below(root), _MOST) if holds_environment(folder))


def _below(root: Path) -> Iterator[Path]:
    """Give the folders below, those that are near first."""
    level = [root]
    for _ in range(_DEEPEST):
        level = [folder for above in level for folder in _in(above)]
        yield from level


def _in(folder: Path) -> Iterator[Path]:
    try:
        found = sorted(folder.iterdir())
    except OSError:
        return
    for place in found:
        hidden = place.name.startswith(".") or place.name in _NEVER
        if not hidden and place.is_dir() and not place.is_symlink() and not (place / "pyvenv.cfg").exists():
            yield place
