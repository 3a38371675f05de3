"""From the client's types to our values. The client's numbers are clamped into the text."""

from __future__ import annotations

from collections.abc import Sequence

from lsprotocol import types

from lastmile.lsp.wire.failures import invalid
from lastmile.text.diagnostic import Diagnostic, Severity
from lastmile.text.edits import Span
from lastmile.text.lines import LineIndex
from lastmile.text.positions import Encoding, Position, to_offset

_OURS = {"ruff", "lastmile"}
_MOST_FOREIGN = 50
_LONGEST_MESSAGE = 2000


def offset(index: LineIndex, position: types.Position, encoding: Encoding) -> int:
    """Turn a position into an offset."""
    return to_offset(index, Position(position.line, position.character), encoding)


def span(index: LineIndex, place: types.Range, encoding: Encoding) -> Span:
    """Turn a range into a span; a range whose end comes before its start is turned around."""
    start, end = offset(index, place.start, encoding), offset(index, place.end, encoding)
    return Span(min(start, end), max(start, end))


def span_within(index: LineIndex, place: types.Range, encoding: Encoding) -> Span:
    """Turn a range that must lie in the document into a span.

    Raises an "invalid params" error where it begins after the last line: the client means another
    text. A place past the end of a line is the line's end, as LSP has it.
    """
    if max(place.start.line, place.end.line) > len(index):
        message = f"The range lies outside the document, which has {len(index)} lines."
        raise invalid(message)
    return span(index, place, encoding)


def foreign(items: Sequence[types.Diagnostic], index: LineIndex, encoding: Encoding) -> tuple[Diagnostic, ...]:
    """Take the diagnostics of other servers that came with a request.

    Ruff's are left out, whoever sends them: we have our own of this very text. The first 50 are
    taken; a menu is about one place.
    """
    strangers = [item for item in items if (item.source or "").lower() not in _OURS]
    return tuple(_diagnostic(item, index, encoding) for item in strangers[:_MOST_FOREIGN])


def _diagnostic(item: types.Diagnostic, index: LineIndex, encoding: Encoding) -> Diagnostic:
    severity = item.severity or types.DiagnosticSeverity.Warning
    return Diagnostic(
        source=item.source or "another tool",
        code="" if item.code is None else str(item.code),
        message=item.message[:_LONGEST_MESSAGE],
        span=span(index, item.range, encoding),
        severity=Severity(severity.value),
        url=item.code_description.href if item.code_description else "",
    )
