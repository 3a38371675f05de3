"""Where a person should look after a refusal: the places in files that a task and its findings speak of.

It looks whether a file that is named is there, so call it in a thread.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from attrs import frozen

from lastmile.cascade.values import Attempt, Outcome

_NAMED = re.compile(r"(?P<path>(?:[A-Za-z]:)?[\w./\\+-]+\.pyi?)(?:::\w|\", line |:)(?P<line>\d*)")
"""How pytest, tracebacks and type checkers name a place."""

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
        return f"[{self.path.name}:{self.line}]({self.path.as_uri()}#L{self.line})"


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
            place = Path(named["path"]) if root is None else root / named["path"]
            if named["line"] and place.is_absolute() and place.is_file() and place != path:
                yield Place(place, int(named["line"]))
