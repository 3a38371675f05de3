"""Which type checkers a project configures, found by the settings files that they read themselves.

The nearest folder above the document that configures any of them decides. Nothing is run.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from configparser import ConfigParser, Error
from pathlib import Path

from lastmile.verify.types.scope import leaves_out

NAMES = ("mypy", "basedpyright", "pyright", "ty")
"""The checkers known here; where a folder configures several, the first that is installed judges."""

_FILES = {
    "mypy.ini": ("mypy",),
    ".mypy.ini": ("mypy",),
    "pyrightconfig.json": ("basedpyright", "pyright"),
    "ty.toml": ("ty",),
}
# basedpyright reads pyright's settings too.
_TABLES = {"mypy": ("mypy",), "basedpyright": ("basedpyright",), "pyright": ("basedpyright", "pyright"), "ty": ("ty",)}


def configured(path: Path, root: Path | None) -> tuple[Path, tuple[str, ...]] | None:
    """Give the folder whose files configure checkers, and their names; None where none does.

    A checker that is told to leave the document out is not among the names.
    Looks no further up than ``root``.
    """
    for folder in path.parents:
        found = set(_named(folder))
        if found:
            return folder, tuple(name for name in NAMES if name in found and not _passes_over(name, folder, path))
        if folder == root:
            break
    return None


def _passes_over(name: str, folder: Path, path: Path) -> bool:
    return name == "mypy" and leaves_out(folder, path)


def _named(folder: Path) -> Iterator[str]:
    for name, checkers in _FILES.items():
        if (folder / name).is_file():
            yield from checkers
    tables = _tool_tables(folder / "pyproject.toml")
    for name, checkers in _TABLES.items():
        if name in tables:
            yield from checkers
    if _has_section(folder / "setup.cfg", "mypy"):
        yield "mypy"


def _tool_tables(path: Path) -> frozenset[str]:
    """Name the tables below ``tool``; none where the file cannot be read: its tool will say why."""
    try:
        tool = tomllib.loads(path.read_text("utf-8")).get("tool", {})
    except (OSError, ValueError):
        return frozenset()
    return frozenset(tool) if isinstance(tool, dict) else frozenset()


def _has_section(path: Path, name: str) -> bool:
    parser = ConfigParser(interpolation=None)
    try:
        parser.read_string(path.read_text("utf-8"))
    except (OSError, ValueError, Error):
        return False
    return parser.has_section(name)
