"""Reads what ruff prints: its findings, its settings, and why it failed.

It decides nothing about findings but how bad they are; that ruff does not say.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from attrs import frozen

from lastmile.errors import ToolError
from lastmile.text.diagnostic import Diagnostic, Fix, Safety, Severity
from lastmile.text.edits import Replacement, Span
from lastmile.text.lines import LineIndex
from lastmile.tools.process import Completed

_ERROR_CODES = frozenset({"F821", "E902", "invalid-syntax", ""})
"""What ruff's own server calls an error; all else that it says is a warning."""

_SAFETIES = {item.value: item for item in Safety}
_COLOUR = re.compile("\x1b\\[[0-9;]*m")
_LONGEST_REASON = 500
_CAUSE = "  Cause: "
_PICTURE = re.compile(r"\s*\d*\s*\|")

Item = dict[str, Any]
"""A finding or an edit as ruff prints it."""


@frozen
class Places:
    """Turns ruff's rows and columns into offsets; both count from 1, columns in code points."""

    lines: LineIndex
    """Of the text that ruff was given."""

    skipped: int = 0
    """Characters of the document that ruff was not given, at its beginning."""

    @property
    def spans(self) -> Callable[[Item], Span]:
        """Give what finds the span of a finding or of an edit in the document.

        A long list asks thousands of times, so all that stays the same is looked up before.
        """
        starts, rows, last, skipped = self.lines.starts, len(self.lines), len(self.lines.text), self.skipped

        def offset(place: dict[str, int]) -> int:
            row = place["row"]
            inside = starts[row - 1] + place["column"] - 1 if row <= rows else last
            return skipped + (inside if inside < last else last)  # noqa: FURB136 - a call takes thrice the time

        def span(item: Item) -> Span:
            start, end = offset(item["location"]), offset(item["end_location"])
            return Span(start, end if end > start else start)  # noqa: FURB136 - as above

        return span


def diagnostics(out: str, places: Places) -> tuple[Diagnostic, ...]:
    """Read what ``--output-format=json-lines`` printed; line by line, so that the interpreter's lock gets free.

    Raises `ToolError` where that is not what ruff prints.
    """
    import orjson  # noqa: PLC0415 - the start does without it

    span = places.spans
    try:
        return tuple([_diagnostic(orjson.loads(line), span) for line in out.split("\n") if line])
    except (ValueError, KeyError, TypeError) as error:
        message = f"What ruff answered could not be read ({error!r}). Is the program in ruff.path really ruff?"
        raise ToolError(message) from error


def settings(out: str) -> Iterator[tuple[str, str]]:
    """Read what ``--show-settings`` printed: each setting of one line, with its value."""
    for line in out.splitlines():
        name, mark, value = line.partition(": " if line.startswith("Settings path: ") else " = ")
        if mark:
            yield name.strip(), value.strip()


def failure(done: Completed) -> str:
    """Say in one line why ruff failed: the chain of causes that it gives, else its error, else its first line."""
    lines = _COLOUR.sub("", done.err.decode("utf-8", "replace")).strip().splitlines()
    causes = list(_causes(lines))
    silent = f"it ended with status {done.status} and said nothing"
    error = next((line for line in lines if line.startswith("error: ")), lines[0] if lines else silent)
    return (": ".join(causes) or error.removeprefix("error: "))[:_LONGEST_REASON]


def _causes(lines: Sequence[str]) -> Iterator[str]:
    """Give the chain of causes; the last may be TOML's, which says what is wrong below a picture of the line."""
    last = max((at for at, line in enumerate(lines) if line.startswith(_CAUSE)), default=-1)
    yield from (line.removeprefix(_CAUSE) for line in lines if line.startswith(_CAUSE))
    said = [line for line in lines[last + 1 :] if line.strip() and not _PICTURE.match(line)]
    if last >= 0 and said:
        yield _shortened(said[0])


def _shortened(sentence: str) -> str:
    """Cut a sentence off before it lists all that would have been right."""
    return sentence.partition(", expected one of ")[0]


def _diagnostic(item: Item, span: Callable[[Item], Span]) -> Diagnostic:
    code = item["code"] or ""
    return Diagnostic(
        source="ruff",
        code=code,
        message=item["message"],
        span=span(item),
        severity=_severity(code),
        url=item["url"] or "",
        fix=_fix(item["fix"], span),
    )


def _severity(code: str) -> Severity:
    return Severity.ERROR if code in _ERROR_CODES else Severity.WARNING


def _fix(item: Item | None, span: Callable[[Item], Span]) -> Fix | None:
    if item is None:
        return None
    edits = tuple([Replacement(span(edit), edit["content"]) for edit in item["edits"]])
    # What a later ruff calls by another name is trusted least.
    return Fix(_SAFETIES.get(item["applicability"], Safety.DISPLAY), item["message"] or "", edits)
