"""The check of scope: a draft changes what it was asked to change, and leaves no gap behind.

Outside the task's spans the text must stay letter for letter, but for import statements where the
kind allows them. A reply that stands for more than it says ("rest of the code unchanged") or that
carries conflict markers would delete code: `gaps` finds both by what they look like, and `unseen`
what does not look like what it is. In Python, a
comment that silences a tool (`silence`) and imports that the target has no use for (`import_uses`)
change more than they seem to.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from attrs import frozen

from lastmile.cascade.draft import Draft
from lastmile.cascade.task import Scope, Task
from lastmile.cascade.verdict import Finding
from lastmile.errors import ToolError
from lastmile.text.edits import Span, difference
from lastmile.text.lines import LineIndex
from lastmile.tools.offload import Offload
from lastmile.verify.gaps import gaps
from lastmile.verify.import_changes import without_import_changes
from lastmile.verify.import_uses import judge_imports
from lastmile.verify.silence import silenced
from lastmile.verify.unseen import unseen

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
            language = task.snapshot.language
            return await self.offload.run(judge_change, task.snapshot.text, text, task.scope, language=language)
        except ToolError as error:
            return (Finding(self.name, f"The scope could not be checked: {error}"),)


def judge_change(old: str, new: str, scope: Scope, *, language: str) -> tuple[Finding, ...]:
    """Judge where the text changed, what of it is not seen and, in Python, what comes along with the change."""
    found = judge_scope(old, new, scope) or tuple(unseen(old, new, language=language))
    if found or language != "python":
        return found
    loud = () if scope.suppressions else tuple(silenced(old, new))
    if loud or not scope.imports:
        return loud[:_MOST]
    return tuple(judge_imports(old, without_import_changes(old, new, scope.spans), new, scope.spans))[:_MOST]


def judge_scope(old: str, new: str, scope: Scope) -> tuple[Finding, ...]:
    """List what the new text changes outside the scope, then what it leaves out.

    A change outside is told by its line in the old text, which is the one that has to stay.
    """
    return tuple(_outside(old, new, scope))[:_MOST] or tuple(gaps(old, new))


def _outside(old: str, new: str, scope: Scope) -> Iterator[Finding]:
    if _kept_around(old, new, scope.spans):
        return
    if scope.imports:
        new = without_import_changes(old, new, scope.spans)
        if _kept_around(old, new, scope.spans):
            return
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
