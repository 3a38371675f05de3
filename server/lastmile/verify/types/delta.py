"""What a draft does to the types: errors that are new, here and elsewhere, and comments that hide some.

Pure functions. Old errors stay old where lines move: see `verify.delta`.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path

from lastmile.cascade.verdict import Finding
from lastmile.text.diagnostic import Diagnostic
from lastmile.text.lines import LineIndex
from lastmile.verify.delta import appeared
from lastmile.verify.types.values import CHECK, Elsewhere, Report

_SHOWN = 10
_SILENCING = re.compile(r"#\s*(?:type:\s*ignore|mypy:|(?:based)?pyright:|ty:\s*ignore)")


def judge_types(old: str, before: Report, new: str, after: Report, folder: Path) -> tuple[Finding, ...]:
    """List what is new in the document, then what is new in other files."""
    if before.seen and not after.seen:
        return (Finding(CHECK, "The draft silences the type checker for the whole file."),)
    found = (
        *silenced(old, new),
        *(_here(item, LineIndex(new)) for item in appeared(old, before.here, new, after.here)),
        *(_there(item, folder) for item in _new(before.elsewhere, after.elsewhere)),
    )
    return found[:_SHOWN]


def silenced(old: str, new: str) -> Iterator[Finding]:
    """Find comments that hide errors from the checker, where there are more of them than before."""
    spare = Counter(_comments(old))
    surplus = sum(Counter(_comments(new)).values()) - spare.total()
    if surplus <= 0:
        return
    lines = LineIndex(new)
    added = []
    for line in range(len(lines)):
        for comment in _comments(lines.line_text(line)):
            if spare[comment] > 0:
                spare[comment] -= 1
            else:
                added.append((line, comment))
    for line, comment in islice(added, surplus):
        message = f"On line {line + 1} the draft hides errors from the type checker with {comment!r}; mend them."
        yield Finding(CHECK, message, line=line, evidence=lines.line_text(line))


def _comments(text: str) -> list[str]:
    return [" ".join(found.split()) for found in _SILENCING.findall(text)]


def _new(before: Sequence[Elsewhere], after: Sequence[Elsewhere]) -> Iterator[Elsewhere]:
    """Find the errors that other files have more of; those files did not change, so a place is a place."""
    known = Counter((item.path, item.line, item.code) for item in before)
    for item in after:
        key = (item.path, item.line, item.code)
        if known[key] > 0:
            known[key] -= 1
        else:
            yield item


def _here(item: Diagnostic, lines: LineIndex) -> Finding:
    line = lines.line_at(item.span.start)
    message = f"{item.label} is new on line {line + 1}: {item.message}"
    return Finding(CHECK, message, line=line, evidence=lines.line_text(line), code=item.code)


def _there(item: Elsewhere, folder: Path) -> Finding:
    place = item.path.relative_to(folder) if item.path.is_relative_to(folder) else item.path
    message = f"{item.code or 'An error'} is new in {place.as_posix()}, line {item.line + 1}: {item.message}"
    return Finding(CHECK, message, code=item.code)
