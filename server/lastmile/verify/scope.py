"""The check of scope: a draft changes what it was asked to change, and leaves no gap behind.

Outside the task's spans the text must stay letter for letter, but for import statements where the
kind allows them. A reply that stands for more than it says ("rest of the code unchanged") or that
carries conflict markers would delete code: both are refused by what they look like.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from attrs import frozen

from lastmile.cascade.values import Draft, Finding, Scope, Task
from lastmile.errors import ToolError
from lastmile.text.edits import Replacement, Span, difference
from lastmile.text.imports import import_spans
from lastmile.text.lines import LineIndex
from lastmile.tools.offload import Offload

_PLACEHOLDER = re.compile(
    r"^[ \t]*(?:#|//|--|/\*|<!--)[ \t]*(?:\.\.\.|…|\[)?[ \t]*"
    r"(?:(?:the )?(?:rest|remainder|remaining|other|existing|previous|same)\b[^\n]{0,40}"
    r"\b(?:code|function|functions|method|methods|class|file|body|implementation|unchanged|same|as before|here)\b"
    r"|(?:code|implementation|body)\b[^\n]{0,20}\b(?:unchanged|omitted|as before|goes here|here)\b"
    r"|\.\.\.[ \t]*$)[^\n]{0,60}$",
    re.IGNORECASE | re.MULTILINE,
)
_CONFLICT = re.compile(r"^(?:<{7} |={7}$|>{7} |\|{7} )", re.MULTILINE)


@frozen
class ScopeCheck:
    """Judges where the draft changed the document."""

    offload: Offload
    name: str = "scope"

    def elsewhere(self, draft: Draft) -> tuple[Finding, ...]:
        """Refuse edits to any file but the task's own."""
        paths = dict.fromkeys(edit.path for edit in draft.edits if edit.path)
        return tuple(Finding(self.name, f"The draft changes another file: {path[:200]}") for path in paths)

    async def judge(self, task: Task, text: str) -> tuple[Finding, ...]:
        """Compare the two texts outside the spans, and look at what is new for gaps."""
        try:
            return await self.offload.run(judge_scope, task.snapshot.text, text, task.scope)
        except ToolError as error:
            return (Finding(self.name, f"The scope could not be checked: {error}"),)


def judge_scope(old: str, new: str, scope: Scope) -> tuple[Finding, ...]:
    """List what the new text changes outside the scope, then what it leaves out."""
    return tuple(_outside(old, new, scope)) or tuple(_gaps(old, new))


def _outside(old: str, new: str, scope: Scope) -> Iterator[Finding]:
    if _kept_around(old, new, scope.spans):
        return
    changes = difference(old, new)
    strangers = [change for change in changes if not any(span.contains(change.span) for span in scope.spans)]
    if scope.imports:
        allowed, before, after = LineIndex(old), import_spans(old), import_spans(new)
        placed = zip(changes, _new_spans(changes), strict=True)
        strangers = [
            change
            for change, now in placed
            if change in strangers
            and not (_is_import(allowed, change.span, before) and _is_import(LineIndex(new), now, after))
        ]
    for change in strangers:
        line = LineIndex(old).line_at(change.span.start)
        shown = change.span.of(old) or change.text
        yield Finding(
            "scope", f"The draft changes line {line + 1}, outside its target.", line=line, evidence=shown[:300]
        )


def _kept_around(old: str, new: str, spans: tuple[Span, ...]) -> bool:
    """Tell whether the text between the spans is all there, in order, whatever the spans became."""
    position, begin = 0, 0
    for span in _merged(spans):
        kept = old[begin : span.start]
        at = new.find(kept, position) if begin else (0 if new.startswith(kept) else -1)
        if at < 0:
            return False
        position, begin = at + len(kept), span.end
    rest = old[begin:]
    return new.endswith(rest) and len(new) - len(rest) >= position


def _merged(spans: tuple[Span, ...]) -> list[Span]:
    merged: list[Span] = []
    for span in sorted(spans):
        if merged and span.start <= merged[-1].end:
            merged[-1] = Span(merged[-1].start, max(merged[-1].end, span.end))
        else:
            merged.append(span)
    return merged


def _new_spans(changes: tuple[Replacement, ...]) -> Iterator[Span]:
    """Give where each change stands in the new text."""
    shift = 0
    for change in changes:
        start = change.span.start + shift
        yield Span(start, start + len(change.text))
        shift += change.shift


def _is_import(lines: LineIndex, span: Span, imports: tuple[Span, ...]) -> bool:
    """Tell whether every line that the span touches is blank or part of an import statement."""
    if not len(span):
        return True
    last = lines.line_at(max(span.start, span.end - 1))
    return all(
        not lines.line_text(line).strip()
        or any(item.touches(Span(lines.start(line), lines.end(line))) for item in imports)
        for line in range(lines.line_at(span.start), last + 1)
    )


def _gaps(old: str, new: str) -> Iterator[Finding]:
    lines = LineIndex(new)
    for pattern, what in ((_PLACEHOLDER, "a placeholder for code"), (_CONFLICT, "a conflict marker")):
        if len(pattern.findall(new)) > len(pattern.findall(old)):
            known = set(pattern.findall(old))
            found = next((m for m in pattern.finditer(new) if m.group() not in known), None)
            place = found or pattern.search(new)
            line = lines.line_at(place.start()) if place else None
            yield Finding("scope", f"The draft leaves {what}.", line=line, evidence=place.group() if place else "")
