"""Tests that are no Python: examples in text files, which are read, and what hooks of the project make of data files.

What such a hook makes is known to it alone, so it is told that tests may be left out.
"""

from __future__ import annotations

import doctest
import os
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from lastmile.errors import ToolError
from lastmile.testing.selection.facts import FUNCTION, Facts
from lastmile.testing.selection.reading import read
from lastmile.testing.selection.settings import PytestSettings

_MOST_LOOKED_AT = 50_000
_MOST_BYTES = 1_000_000
_LEFT_OUT = {"node_modules", "__pycache__", "build", "dist", "venv", "CVS", "_darcs"}
"""Folders that pytest does not look into (its ``norecursedirs``), and one that holds no text of the project."""

_HOOKS = {"pytest_collect_file", "pytest_pycollect_makemodule", "pytest_pycollect_makeitem", "pytest_collect_directory"}
_OPTIONS = {"--nbval", "--nbval-lax", "--nbmake", "--markdown-docs", "--codeblocks", "--doctest-plus", "--doctest-rst"}
"""Options of plugins that collect more files: of nbval, nbmake, pytest-markdown-docs, -codeblocks and -doctestplus."""


def documents(root: Path, settings: PytestSettings) -> tuple[str, ...]:
    """Find the text files whose examples pytest runs, by paths relative to the root.

    Raises `ToolError` where the project has more than 50,000 files to look for them among.
    """
    return tuple(path for path in sorted(_files(root)) if settings.is_document(path))


def read_documents(root: Path, paths: Iterable[str]) -> dict[str, Facts]:
    """Read the examples as one Python file each; blocks. One that cannot be read is not whole."""
    return {path: _read(root / path) for path in paths}


def untold(facts: Mapping[str, Facts], settings: PytestSettings) -> str:
    """Say why tests may be there that reading does not find; empty where that is not so."""
    if found := sorted(_OPTIONS.intersection(settings.options)):
        return f"`{found[0]}` makes tests that cannot be told without running it"
    for path, known in facts.items():
        if settings.is_document(path) and not known.whole:
            return f"the examples in {path} cannot be read"
        for unit in known.units:
            if unit.kind == FUNCTION and unit.name in _HOOKS:
                return f"`{unit.name}` in {path} makes tests that cannot be told without running it"
    return ""


def _read(path: Path) -> Facts:
    try:
        if path.stat().st_size > _MOST_BYTES:
            return Facts(whole=False)
        examples = doctest.DocTestParser().get_examples(path.read_text("utf-8"), path.name)
    except (OSError, ValueError):
        return Facts(whole=False)
    return read("".join(example.source for example in examples))


def _files(root: Path) -> Iterator[str]:
    waiting, looked = [""], 0
    while waiting:
        folder = waiting.pop()
        for entry in _entries(root / folder):
            looked += 1
            if looked > _MOST_LOOKED_AT:
                message = f"The project has more than {_MOST_LOOKED_AT:,} files; its tests are not selected."
                raise ToolError(message)
            path = f"{folder}/{entry.name}" if folder else entry.name
            if not entry.is_dir(follow_symlinks=False):
                yield path
            elif (
                not entry.name.startswith(".")
                and entry.name not in _LEFT_OUT
                and not (root / path / "pyvenv.cfg").exists()
            ):
                waiting.append(path)


def _entries(folder: Path) -> list[os.DirEntry[str]]:
    try:
        with os.scandir(folder) as found:
            return list(found)
    except OSError:
        return []
