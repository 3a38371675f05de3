"""The command line that a setting stands for: which tasks it judges, and what is put into its places.

A command line is split into words as a POSIX shell does, and no shell runs it. A place is filled
after the split, so that no name of a file or a symbol becomes more than a part of its word.
"""

from __future__ import annotations

import re
import shlex
from fnmatch import fnmatchcase
from pathlib import Path

from attrs import frozen

from lastmile.config.verifying import Command
from lastmile.text.edits import Span, difference
from lastmile.text.lines import LineIndex
from lastmile.text.symbols import enclosing, outline

_PLACE = re.compile(r"\{(file|symbol|line|end_line)\}")


@frozen
class Places:
    """Where the task's target lies in the candidate text."""

    symbol: str
    """The dotted name of the function or class that holds it; empty where none is known."""

    line: int
    """From 1, as compilers count."""

    end_line: int


def judges(command: Command, kind: str, path: Path | None, root: Path) -> bool:
    """Tell whether the command is set for a kind of task and a file; without a list it is for all."""
    if path is None or (command.kinds and kind not in command.kinds):
        return False
    inside = path.relative_to(root).as_posix() if path.is_relative_to(root) else path.as_posix()
    return not command.files or any(matches(inside, glob) for glob in command.files)


def matches(path: str, glob: str) -> bool:
    """Match a path from the workspace folder by a glob, which without a slash means names in any folder."""
    name = path if "/" in glob else path.rsplit("/", 1)[-1]
    return fnmatchcase(name, glob) or fnmatchcase(name, glob.removeprefix("**/"))


def words(run: str) -> list[str]:
    """Split a command line; raises `ValueError` where a quotation does not end."""
    return shlex.split(run)


def filled(run: str, path: Path, places: Places) -> list[str]:
    """Split a command line and fill its places; raises `ValueError` as `words` does."""
    values = {"file": str(path), "symbol": places.symbol, "line": str(places.line), "end_line": str(places.end_line)}
    return [_PLACE.sub(lambda found: values[found[1]], word) for word in words(run)]


def places_of(old: str, new: str, target: Span, language: str) -> Places:
    """Follow the target into the new text."""
    start, end = target.start, target.end
    for change in difference(old, new):
        if change.span.end < target.start:
            start += change.shift
        if change.span.start <= target.end:
            end += change.shift
    lines = LineIndex(new)
    place = Span(min(start, len(new)), max(start, min(end, len(new))))
    symbol = enclosing(outline(new), Span(place.start, place.start)) if language == "python" else None
    last = lines.line_at(max(place.start, place.end - 1))
    return Places("" if symbol is None else symbol.qualname, lines.line_at(place.start) + 1, last + 1)
