"""Which convention a file's docstrings follow: the setting, ruff's setting, the file itself, google.

``ruff check --show-settings`` does not print ``pydocstyle.convention`` (0.17), so it is read from the
file that ruff names as the source of its settings, and from those that this one extends.
"""

from __future__ import annotations

import asyncio
import json
import tomllib
from pathlib import Path
from typing import Any

from lastmile.config.tree import Convention
from lastmile.docstrings.conventions import majority
from lastmile.text.snapshot import Snapshot
from lastmile.text.symbols import Symbol
from lastmile.tools.offload import Offload
from lastmile.tools.ruff import Ruff

_LONGEST_CHAIN = 10


async def convention_for(
    snapshot: Snapshot, symbols: tuple[Symbol, ...], *, setting: Convention, ruff: Ruff, offload: Offload
) -> Convention:
    """Choose the convention for a document. Raises `ToolError` where ruff or the worker fails."""
    if setting is not Convention.AUTO:
        return setting
    literals = tuple(symbol.docstring.of(snapshot.text) for symbol in symbols if symbol.docstring is not None)
    return await ruff_convention(snapshot, ruff) or await offload.run(majority, literals) or Convention.GOOGLE


async def ruff_convention(snapshot: Snapshot, ruff: Ruff) -> Convention | None:
    """Look up ruff's ``pydocstyle.convention`` for the file; None where it is unset or pep257."""
    source = await ruff.setting(snapshot, "Settings path")
    try:
        path = json.loads(source)
    except ValueError:
        return None
    return await asyncio.to_thread(_in_file, Path(path))


def _in_file(path: Path) -> Convention | None:
    """Read the convention from ruff's settings file, or the nearest one that it extends."""
    for _ in range(_LONGEST_CHAIN):
        table = _table(path)
        named = _named(table)
        if named is not None:
            return Convention(named) if named in ("google", "numpy") else None
        extended = table.get("extend")
        if not isinstance(extended, str):
            return None
        path = path.parent / Path(extended).expanduser()
    return None


def _table(path: Path) -> dict[str, Any]:
    try:
        table = tomllib.loads(path.read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    return _below(table, "tool", "ruff") if path.name == "pyproject.toml" else table


def _named(table: dict[str, Any]) -> object:
    """Look where ruff takes the setting from; it may also stand outside ``lint``, as it used to."""
    inside = _below(table, "lint", "pydocstyle").get("convention")
    return inside if inside is not None else _below(table, "pydocstyle").get("convention")


def _below(table: dict[str, Any], *names: str) -> dict[str, Any]:
    for name in names:
        inner = table.get(name)
        if not isinstance(inner, dict):
            return {}
        table = inner
    return table
