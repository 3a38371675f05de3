"""Repairs for many findings of one text, each as edits of that text, so that they can be made at once.

It reads the text once, whatever the number of findings, and runs in the worker process. What has to look
at a comment, or asks a tool, is left to `proposals`. Whether repairs get on with each other is for ruff to say.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from time import monotonic

from attrs import frozen

from lastmile.text.code import Code
from lastmile.text.diagnostic import Diagnostic, Safety
from lastmile.text.edits import Replacement, Span, apply, difference
from lastmile.tiers.rules.templates import written
from lastmile.tiers.rules.unsafe import has_a_reason, is_about_docstrings, label_of
from lastmile.verify.delta import appeared
from lastmile.verify.documented import judge_docstrings

_SHORT = 2000
"""Characters from which on what a template changed is taken for several pieces: it brings an import, most likely."""


@frozen
class Repair:
    """What clears one finding."""

    problem: Diagnostic
    edits: tuple[Replacement, ...]
    label: str = ""
    """How it came about, as a draft of its own would say."""

    @property
    def about_docstrings(self) -> bool:
        """Whether docstrings are what it is to change."""
        return is_about_docstrings(self.problem)


def gathered(text: str, problems: Sequence[Diagnostic], seconds: float) -> tuple[Repair, ...]:
    """Give the surest repair of each finding that has one and that leaves others alone.

    Those that were not come to within the time, and those in the way of an earlier one, are left out.
    """
    end, code, places = monotonic() + seconds, Code.of(text), _Places()
    found = []
    for problem in problems if code is not None else ():
        if monotonic() > end:
            break
        repair = None if code is None else _repair(code, problem)
        if repair is not None and repair.edits and places.take(repair.edits):
            found.append(repair)
    return tuple(found)


def repaired(text: str, repairs: Iterable[Repair]) -> str:
    """Make repairs at once; an edit that several of them need is made once."""
    return apply(text, dict.fromkeys(edit for repair in repairs for edit in repair.edits))


def spoils(old: str, before: Sequence[Diagnostic], new: str, after: Sequence[Diagnostic], *, docstrings: bool) -> bool:
    """Tell whether a text has findings that the old one had not, or lost a docstring where that counts."""
    return bool(appeared(old, before, new, after)) or (docstrings and bool(judge_docstrings(old, new)))


def _repair(code: Code, problem: Diagnostic) -> Repair | None:
    fix = problem.fix
    if fix is not None and fix.safety is not Safety.DISPLAY:
        plain = not any("#" in edit.span.of(code.text) for edit in fix.edits)
        if fix.safety is Safety.SAFE or (plain and has_a_reason(lambda: code, problem)):
            return Repair(problem, fix.edits, label_of(problem.source, fix))
    made = next(written(code, problem.code, problem.span), None)
    return None if made is None else Repair(problem, _change(code.text, made[1]), made[0])


def _change(old: str, new: str) -> tuple[Replacement, ...]:
    """Give what a template changed, which mostly is one short piece: to compare all lines takes much longer."""
    most = min(len(old), len(new))
    head = bisect_right(range(1, most + 1), 0, key=lambda size: int(old[:size] != new[:size]))
    tail = bisect_right(range(1, most - head + 1), 0, key=lambda size: int(old[-size:] != new[-size:]))
    span = Span(head, len(old) - tail)
    return (Replacement(span, new[head : len(new) - tail]),) if len(span) < _SHORT else difference(old, new)


class _Places:
    """Where a text is changed already."""

    def __init__(self) -> None:
        self._taken: list[Replacement] = []

    def take(self, edits: tuple[Replacement, ...]) -> bool:
        """Take the places of some edits, unless one of them is in the way of another's; tells whether it did."""
        if not all(map(self._is_free, edits)):
            return False
        for edit in edits:
            at = bisect_left(self._taken, edit)
            if self._taken[at : at + 1] != [edit]:
                self._taken.insert(at, edit)
        return True

    def _is_free(self, edit: Replacement) -> bool:
        """Look at the neighbours: what is taken does not overlap, so no other can be in the way."""
        at = bisect_left(self._taken, edit)
        beside = self._taken[max(0, at - 1) : at + 1]
        return all(edit == other or _apart(edit, other) for other in beside)


def _apart(one: Replacement, other: Replacement) -> bool:
    """Tell whether two edits can be made in either order. An insertion wants a place to itself."""
    if len(one.span) and len(other.span):
        return one.span.end <= other.span.start or other.span.end <= one.span.start
    return not one.span.touches(other.span)
