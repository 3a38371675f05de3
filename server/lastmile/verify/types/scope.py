"""Which tests a project's own mypy leaves out: those that its ``files`` and ``exclude`` do not name.

Only tests are asked about. What mypy is not pointed at it still checks where something imports it, and
nothing imports tests.
"""

from __future__ import annotations

import fnmatch
import re
import tomllib
from collections.abc import Mapping
from configparser import ConfigParser, Error
from contextlib import suppress
from pathlib import Path, PurePosixPath
from typing import Any

from lastmile.testing.naming import is_test_file

_ANY_FOLDERS = "(?:[^/]+/)*"
_INI = ("mypy.ini", ".mypy.ini")


def leaves_out(folder: Path, path: Path) -> bool:
    """Tell whether mypy, started in a folder without arguments, passes over a document that is a test."""
    if not is_test_file(path.name) or not path.is_relative_to(folder):
        return False
    settings = _settings(folder)
    files = _list(settings.get("files"))
    if files and not any(_names(folder, pattern, path) for pattern in files):
        return True
    return any(_matches(pattern, path.relative_to(folder).as_posix()) for pattern in _patterns(settings.get("exclude")))


def _settings(folder: Path) -> Mapping[str, Any]:
    """Read the first of the files that mypy reads, in its order."""
    for name in _INI:
        if (folder / name).is_file():
            return _section(folder / name)
    with suppress(OSError, ValueError, AttributeError):
        table = tomllib.loads((folder / "pyproject.toml").read_text("utf-8")).get("tool", {}).get("mypy")
        if isinstance(table, dict):
            return table
    return _section(folder / "setup.cfg")


def _section(path: Path) -> Mapping[str, Any]:
    parser = ConfigParser(interpolation=None)
    with suppress(OSError, ValueError, Error):
        parser.read_string(path.read_text("utf-8"))
        return dict(parser["mypy"]) if parser.has_section("mypy") else {}
    return {}


def _list(value: object) -> tuple[str, ...]:
    """Read a list of paths, which is a text with commas or a list in TOML."""
    parts = value.split(",") if isinstance(value, str) else value if isinstance(value, list) else []
    return tuple(part.strip() for part in parts if isinstance(part, str) and part.strip())


def _patterns(value: object) -> tuple[str, ...]:
    """Read what is excluded: one pattern, or a list of them in TOML."""
    return (value,) if isinstance(value, str) else _list(value)


def _names(folder: Path, pattern: str, path: Path) -> bool:
    """Tell whether a path or a glob names a document, or a folder that it lies in. The disk is not walked for it."""
    inside = path.relative_to(folder)
    given = PurePosixPath(Path(pattern).as_posix())
    steps = [_ANY_FOLDERS if part == "**" else f"{_step(part)}/" for part in given.parts if part not in {".", "/"}]
    whole = re.compile("".join(steps).removesuffix("/"))
    if given.is_absolute():
        return whole.fullmatch(path.as_posix().lstrip("/")) is not None or path.is_relative_to(given)
    return not steps or any(whole.fullmatch(place.as_posix()) for place in (inside, *inside.parents))


def _step(part: str) -> str:
    """Translate one part of a glob, within which a star crosses no folder."""
    return fnmatch.translate(part)[len("(?s:") : -len(r")\Z")].replace(".*", "[^/]*")


def _matches(pattern: str, name: str) -> bool:
    """Tell whether an exclusion matches; a pattern that cannot be read excludes nothing, and mypy says so."""
    try:
        return bool(pattern) and re.search(pattern, name) is not None
    except re.error:
        return False
