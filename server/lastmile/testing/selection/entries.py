"""What a project says of itself that leads from a test to its code without an import: scripts and pytest plugins."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from attrs import field, frozen

_PART = re.compile(r"[^\W\d]\w*")


@frozen
class Entries:
    """The entry points that the project declares in its pyproject.toml."""

    scripts: Mapping[str, str] = field(factory=dict)
    """The module behind each command."""

    plugins: tuple[str, ...] = ()
    """The modules that pytest loads wherever the project is installed (``pytest11``)."""

    def named_by(self, words: Mapping[str, object]) -> Iterator[str]:
        """Give the modules whose commands are spelled in the strings of a file, by the words that it mentions."""
        for name, module in self.scripts.items():
            parts = _PART.findall(name)
            if parts and all(f"'{part}" in words for part in parts):
                yield module


def entries(root: Path) -> Entries:
    """Read them; a file that cannot be read declares none."""
    try:
        tree = tomllib.loads((root / "pyproject.toml").read_text("utf-8"))
    except (OSError, ValueError):
        return Entries()
    project, poetry = _table(tree, "project"), _table(_table(tree, "tool"), "poetry")
    scripts = {**_table(project, "scripts"), **_table(project, "gui-scripts"), **_table(poetry, "scripts")}
    points = {**_table(_table(project, "entry-points"), "pytest11"), **_table(_table(poetry, "plugins"), "pytest11")}
    return Entries({name: _module(value) for name, value in scripts.items()}, tuple(map(_module, points.values())))


def _table(tree: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    found = tree.get(name)
    return found if isinstance(found, dict) else {}


def _module(value: object) -> str:
    return str(value).partition(":")[0].strip()
