"""The first check: the edits land, each once, where the draft said.

Nothing is guessed: a search text that stands in the document twice, or never, is a finding. Edits
that speak of another file are left to the check of scope.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

from lastmile.cascade.draft import Draft, Edit, Replace, SearchReplace
from lastmile.cascade.task import Task
from lastmile.cascade.verdict import Finding
from lastmile.errors import RequestError
from lastmile.text.edits import Replacement, Span, apply

_SHOWN = 300


def land(task: Task, draft: Draft) -> str | Finding:
    """Apply a draft to the task's snapshot; the new text, or why the edits do not land."""
    if draft.defect:
        return Finding("apply", draft.defect)
    new = landed(task.snapshot.text, draft)
    return Finding("apply", "The draft changes nothing.") if new == task.snapshot.text else new


def landed(old: str, draft: Draft) -> str | Finding:
    """Apply a draft's edits to a text."""
    replacements: list[Replacement] = []
    for edit in draft.edits:
        placed = _place(old, edit)
        if isinstance(placed, Finding):
            return placed
        replacements.append(placed)
    try:
        return apply(old, replacements)
    except RequestError as error:
        return Finding("apply", str(error))


def _place(text: str, edit: Edit) -> Replacement | Finding:
    match edit:
        case Replace(replacement=replacement):
            return replacement
        case SearchReplace(search=search, text=new):
            places = list(islice(_occurrences(search, text), 2))
            if len(places) == 1:
                return Replacement(Span(places[0], places[0] + len(search)), new)
            what = "is empty" if not search else "occurs more than once" if places else "occurs nowhere"
            return Finding("apply", f"The search text {what}; it must occur once.", evidence=search[:_SHOWN])


def _occurrences(search: str, text: str) -> Iterator[int]:
    """Find the places of a text, those that overlap too: either could be meant."""
    at = text.find(search) if search else -1
    while at >= 0:
        yield at
        at = text.find(search, at + 1)
