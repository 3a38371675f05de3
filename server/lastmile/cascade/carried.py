"""Attempts on a text that has changed since, as they stand in the new one: what they taught is still worth telling.

What no longer has a place there is told without its draft. Nothing here judges anew.
"""

from __future__ import annotations

from collections.abc import Sequence

from attrs import evolve

from lastmile.cascade.outcome import Attempt
from lastmile.text.edits import Replacement, apply, difference, moved


def carried(attempts: Sequence[Attempt], old: str, new: str) -> tuple[Attempt, ...]:
    """Carry attempts over. Lines of findings are left out, for they were counted in the old text."""
    if old == new:
        return tuple(attempts)
    since = difference(old, new)
    return tuple(_carried(attempt, old, new, since) for attempt in attempts)


def _carried(attempt: Attempt, old: str, new: str, since: Sequence[Replacement]) -> Attempt:
    text = attempt.verdict.text
    standing = None if text is None else _standing(difference(old, text), new, since)
    findings = tuple(evolve(finding, line=None) for finding in attempt.verdict.findings)
    draft = None if standing is None and text is not None else attempt.draft
    return evolve(attempt, draft=draft, verdict=evolve(attempt.verdict, findings=findings, text=standing))


def _standing(edits: Sequence[Replacement], new: str, since: Sequence[Replacement]) -> str | None:
    """Make the edits in the new text; None where one of them touches what has changed."""
    placed = [(moved(edit.span, since), edit.text) for edit in edits]
    if any(span is None for span, _ in placed):
        return None
    return apply(new, [Replacement(span, text) for span, text in placed if span is not None])
