"""Tells whether a reply says that its code belongs to another file than the one it was shown.

A model that names another file is believed: the edit keeps the path, and the scope check refuses
it. The path is only ever compared, never opened.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from lastmile.text.snapshot import Snapshot
from lastmile.tiers.document import quoted

_DECORATION = " \t`*#:'\"<>()[]-"
_MOST_WORDS = 3
_LONGEST_HEADER = 400
_SEPARATORS = re.compile(r"[\s:=\"'{}()`]+")
_SUFFIXES = (
    *(".py", ".pyi", ".pyx", ".ipynb", ".toml", ".cfg", ".ini", ".json", ".yaml", ".yml", ".md", ".rst", ".txt"),
    *(".js", ".ts", ".sh", ".sql", ".html", ".css", ".env", ".lock", ".c", ".h", ".rs", ".go"),
)
_ROOTED = re.compile(r"(?:/|\.\.?/|~/)[^/]")


def foreign_path(headers: Iterable[str], snapshot: Snapshot) -> str:
    """Give the first path among the headers that is not the snapshot's; empty where there is none.

    A header is a line that stands above a code block, or what follows its opening mark.
    """
    for header in headers:
        line = header.strip(_DECORATION)[:_LONGEST_HEADER]
        if not line or _is_own(line, snapshot):
            continue
        words = [word for word in _SEPARATORS.split(line) if word]
        for word in words if len(words) <= _MOST_WORDS else []:
            if _looks_like_path(word, snapshot) and not _is_own(word, snapshot):
                return word.replace("\\", "/")
    return ""


def _is_own(name: str, snapshot: Snapshot) -> bool:
    plain = name.replace("\\", "/").removeprefix("./")
    if plain in {snapshot.name, quoted(snapshot.name)}:
        return True
    return snapshot.path is not None and f"/{snapshot.path.as_posix().lstrip('/')}".endswith(f"/{plain.lstrip('/')}")


def _looks_like_path(word: str, snapshot: Snapshot) -> bool:
    plain = word.replace("\\", "/")
    suffixes = (*_SUFFIXES, snapshot.path.suffix) if snapshot.path is not None and snapshot.path.suffix else _SUFFIXES
    return plain.lower().endswith(suffixes) or _ROOTED.match(plain) is not None
