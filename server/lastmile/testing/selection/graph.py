"""Which file imports which, by ``ruff analyze graph``, kept as long as no file and no folder changed.

Ruff decides which files belong to the project: it respects .gitignore and passes environments over.
What it does not see, `edges` adds.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path, PurePosixPath

from attrs import define, field, frozen

from lastmile.errors import ToolError
from lastmile.testing.selection.documents import documents
from lastmile.testing.selection.links import linked
from lastmile.testing.selection.settings import pytest_settings
from lastmile.tools.process import Runner
from lastmile.tools.ruff import bundled

Stamp = tuple[int, int]
"""Modification time in nanoseconds and size."""

_DEADLINE = 20.0
_MOST_FILES = 20_000
_DEEPEST_ENVIRONMENT = 2
_SETTINGS = ("pyproject.toml", "setup.cfg", "pytest.ini", "tox.ini", ".gitignore", "pytest.toml", ".pytest.ini")
# `--isolated` leaves the project's own ruff settings out: they may exclude the tests from linting.
_COMMAND = ("analyze", "graph", "--quiet", "--isolated", "--detect-string-imports", "--type-checking-imports")


@frozen
class Tree:
    """The project's Python files and what they import, by paths relative to the root, with slashes."""

    imports: Mapping[str, tuple[str, ...]] = field(factory=dict, repr=False)
    stamps: Mapping[str, Stamp] = field(factory=dict, repr=False)
    """Of the files, and of the folders that they lie in."""

    links: frozenset[str] = field(factory=frozenset, repr=False)
    """The paths that lead through a link: other names of files."""

    documents: tuple[str, ...] = field(default=(), repr=False)
    """Text files whose examples are tests."""


@define
class Graph:
    """Keeps the tree of one project up to date."""

    root: Path
    ruff: str = ""
    """The program; empty for the one installed with this package."""

    _tree: Tree | None = field(default=None, init=False)

    def tree(self, runner: Runner) -> Tree:
        """Give the tree as it is on the disk now; runs ruff where something changed.

        Raises `ToolError` where ruff fails, and where the project has more than 20,000 Python files.
        """
        known = self._tree
        if known is not None and _stamps(self.root, known.stamps) == known.stamps:
            return known
        found = linked(self.root, self._asked(runner))
        imports = found.imports
        if len(imports) > _MOST_FILES:
            message = f"The project has more than {_MOST_FILES:,} Python files; its tests are not selected."
            raise ToolError(message)
        texts = documents(self.root, pytest_settings(self.root))
        folders = {folder.as_posix() for path in (*imports, *texts) for folder in PurePosixPath(path).parents} | {"."}
        stamps = _stamps(self.root, (*imports, *texts, *folders, *_SETTINGS))
        self._tree = Tree(imports, stamps, found.links, texts)
        return self._tree

    def _asked(self, runner: Runner) -> dict[str, tuple[str, ...]]:
        options = {
            "src": source_roots(self.root),
            "analyze.string-imports-min-dots": 0,
            "extend-exclude": list(_environments(self.root)),
        }
        configs = [f"--config={name}={json.dumps(value)}" for name, value in options.items()]
        call = [self.ruff or str(bundled()), *_COMMAND, *configs, "."]
        done = runner.run(call, text="", cwd=self.root, deadline=_DEADLINE)
        if done.status:
            message = f"ruff analyze graph failed: {done.err.decode('utf-8', 'replace').strip()[-300:]}"
            raise ToolError(message)
        told = json.loads(done.out.strip() or b"{}")  # it says nothing where there is no Python file
        return {_posix(path): tuple(map(_posix, names)) for path, names in told.items()}


def source_roots(root: Path) -> list[str]:
    """Give the folders that absolute imports may begin at, relative to the root, likeliest first."""
    usual = [".", "src", "lib", "python"]
    places = [name for name in usual if (root / name).is_dir()]
    tests = [name for name in ("tests", "test", "testing") if (root / name).is_dir()]
    return places + tests


def _environments(root: Path) -> Iterator[str]:
    """Find virtual environments near the root: ruff knows the usual names only."""
    for depth in range(1, _DEEPEST_ENVIRONMENT + 1):
        for path in root.glob("*/" * depth + "pyvenv.cfg"):
            yield path.parent.relative_to(root).as_posix()


def _stamps(root: Path, paths: Iterable[str]) -> dict[str, Stamp]:
    return {path: stamp(root / path) for path in paths}


def stamp(path: Path) -> Stamp:
    """Give the state of a file or a folder; zeros where there is none."""
    try:
        state = os.stat(path)
    except (OSError, ValueError):
        return 0, 0
    return state.st_mtime_ns, state.st_size


def _posix(path: str) -> str:
    return path.replace("\\", "/")
