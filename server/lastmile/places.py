"""Where a person should look after a refusal: the places in files that a task and its findings speak of.

It looks whether a file that is named is there, so call it in a thread.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from os.path import normpath
from pathlib import Path

from attrs import frozen

from lastmile.cascade.outcome import Attempt, Outcome
from lastmile.text.markdown import plain

_NAMED = re.compile(
    r"(?<![\w./\\+-])(?P<path>(?:[A-Za-z]:)?[\w./\\+-]{1,260}?\.pyi?)(?:::\w|\", line |:)(?P<line>\d{0,9})"
)
"""How pytest, tracebacks and type checkers name a place. A match begins with a word and is of a path's longest
length on Windows at most, so that the time is linear in the text's length."""

_MOST = 12
_LONGEST = 20_000
"""Characters of one finding's evidence that are looked through."""


@frozen(order=True)
class Place:
    """A line of a file."""

    path: Path
    line: int
    """From 1, as editors count."""

    def link(self) -> str:
        """Write it as Markdown, in the form of address that editors open at the line."""
        return f"[{plain(self.path.name)}:{self.line}]({self.path.as_uri()}#L{self.line})"


def places(outcome: Outcome, root: Path | None) -> tuple[Place, ...]:
    """List where to look, the task's own place first; ``root`` is the folder that relative names start from."""
    found = dict.fromkeys(_places(outcome, root))
    return tuple(found)[:_MOST]


def _places(outcome: Outcome, root: Path | None) -> Iterator[Place]:
    task = outcome.task
    path, lines = task.snapshot.path, task.snapshot.lines
    if path is not None and path.is_absolute():
        spans = [item.span for item in task.diagnostics] or [task.target]
        yield from (Place(path, lines.line_at(span.start) + 1) for span in spans)
    for attempt in outcome.attempts:
        yield from _of(attempt, path, root)


def _of(attempt: Attempt, path: Path | None, root: Path | None) -> Iterator[Place]:
    for finding in attempt.verdict.findings:
        for named in _NAMED.finditer(f"{finding.message}\n{finding.evidence}"[:_LONGEST]):
            place = None if root is None else _inside(root, named["path"])
            if named["line"] and place is not None and place != path and place.is_file():
                yield Place(place, int(named["line"]))


def _inside(root: Path, name: str) -> Path | None:
    """Give the path of a name in the project; None for all else, since a test or a draft may have chosen the name.

    It goes by the name alone: on Windows to look for a file of another machine is to call that machine.
    """
    path = Path(normpath(root / name))
    return path if path.is_relative_to(root) else None
