"""The check of scope: a draft changes what it was asked to change, and leaves no gap behind.

Outside the task's spans the text must stay letter for letter, but for import statements where the
kind allows them, and those that come have to be used. A reply that stands for more than it says
("rest of the code unchanged") or that carries conflict markers would delete code: `gaps` finds both
by what they look like. A comment that makes a tool look away changes what is judged: `suppressions`.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice, pairwise

from attrs import frozen

from lastmile.cascade.values import Draft, Finding, Scope, Task
from lastmile.errors import ToolError
from lastmile.text.edits import Span, difference
from lastmile.text.lines import LineIndex
from lastmile.tools.offload import Offload
from lastmile.verify.gaps import gaps
from lastmile.verify.import_changes import unused_imports, without_import_changes
from lastmile.verify.suppressions import suppressions

_SHOWN = 300
_MOST = 10


@frozen
class ScopeCheck:
    """Judges where the draft changed the document."""

    offload: Offload
    name: str = "scope"

    def elsewhere(self, draft: Draft) -> tuple[Finding, ...]:
        """Refuse edits to any file but the task's own."""
        paths = dict.fromkeys(edit.path for edit in draft.edits if edit.path)
        return tuple(Finding(self.name, f"The draft changes another file: {path[:200]}") for path in paths)[:_MOST]

    async def judge(self, task: Task, text: str) -> tuple[Finding, ...]:
        """Compare the two texts outside the spans, and look at what is new for gaps."""
        try:
            old, language = task.snapshot.text, task.snapshot.language
            return await self.offload.run(judge_scope, old, text, task.scope, language=language, goal=task.goal)
        except ToolError as error:
            return (Finding(self.name, f"The scope could not be checked: {error}"),)


def judge_scope(old: str, new: str, scope: Scope, *, language: str = "python", goal: str = "") -> tuple[Finding, ...]:
    """List what the new text changes outside the scope, then what it leaves out, then what it hides.

    A change outside is told by its line in the old text, which is the one that has to stay.
    """
    judged = (_outside(old, new, scope), gaps(old, new), suppressions(old, new, language=language, goal=goal))
    return next((found for part in judged if (found := tuple(islice(part, _MOST)))), ())


def _outside(old: str, new: str, scope: Scope) -> Iterator[Finding]:
    if _kept_around(old, new, scope.spans):
        return
    if scope.imports:
        kept = without_import_changes(old, new, scope.spans)
        if _kept_around(old, kept, scope.spans):
            for name in unused_imports(kept, new):
                yield Finding("scope", f"The draft imports `{name}`, which nothing in the file uses.")
            return
        new = kept
    lines = LineIndex(old)
    for change in difference(old, new):
        if not any(span.contains(change.span) for span in scope.spans):
            line = lines.line_at(change.span.start)
            shown = (change.span.of(old) or change.text)[:_SHOWN]
            yield Finding("scope", f"The draft changes line {line + 1}, outside its target.", line=line, evidence=shown)


def _kept_around(old: str, new: str, spans: tuple[Span, ...]) -> bool:
    """Tell whether the text between the spans is all there, in order, whatever the spans became."""
    if not spans:
        return new == old
    merged = _merged(spans)
    first, last = old[: merged[0].start], old[merged[-1].end :]
    position = len(first)
    for left, right in pairwise(merged):
        kept = old[left.end : right.start]
        at = new.find(kept, position)
        if at < 0:
            return False
        position = at + len(kept)
    return new.startswith(first) and new.endswith(last) and len(new) - len(last) >= position


def _merged(spans: tuple[Span, ...]) -> list[Span]:
    merged: list[Span] = []
    for span in sorted(spans):
        if merged and span.start <= merged[-1].end:
            merged[-1] = Span(merged[-1].start, max(merged[-1].end, span.end))
        else:
            merged.append(span)
    return merged
