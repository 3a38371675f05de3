"""Small rewrites for findings that ruff reports and cannot fix itself.

Each template takes the text and the finding's span and gives the new text, or None where it does
not fit. It proposes the repair that the rule's own page recommends. They parse, so they run in the
worker process.
"""

from __future__ import annotations

import ast
import warnings
from collections.abc import Callable, Mapping
from types import MappingProxyType

from lastmile.text.edits import Span
from lastmile.text.lines import LineIndex

Template = Callable[[str, Span], str | None]


def raise_from(text: str, span: Span) -> str | None:
    """Chain an exception raised in a handler to the one handled (B904)."""
    found = _parse(text)
    lines = LineIndex(text)
    line = lines.line_at(span.start) + 1
    for handler in (node for node in ast.walk(found) if isinstance(node, ast.ExceptHandler)) if found else ():
        for node in ast.walk(handler):
            if isinstance(node, ast.Raise) and node.lineno == line and node.exc is not None:
                return _chained(text, lines, handler, node)
    return None


def bare_except(text: str, span: Span) -> str | None:
    """Name the exceptions that a bare ``except`` is meant for (E722)."""
    return f"{text[: span.start]}except Exception{text[span.end :]}" if span.of(text) == "except" else None


def _chained(text: str, lines: LineIndex, handler: ast.ExceptHandler, node: ast.Raise) -> str | None:
    end = _offset(lines, node.end_lineno or node.lineno, node.end_col_offset or 0)
    if handler.name is not None:
        return f"{text[:end]} from {handler.name}{text[end:]}"
    if handler.type is None:
        return None
    name = next(name for name in ("error", "cause", "original") if name not in text or name == "original")
    place = _offset(lines, handler.type.end_lineno or handler.lineno, handler.type.end_col_offset or 0)
    place += text[place:].index(":") if text[place : place + 1] == ")" else 0
    return f"{text[:place]} as {name}{text[place:end]} from {name}{text[end:]}"


def _offset(lines: LineIndex, row: int, column: int) -> int:
    """Turn ast's row, from 1, and column, in UTF-8 bytes, into an offset."""
    line = lines.line_text(row - 1)
    return lines.start(row - 1) + len(line.encode()[:column].decode(errors="ignore"))


def _parse(text: str) -> ast.Module | None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return ast.parse(text)
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            return None


TEMPLATES: Mapping[str, tuple[Template, ...]] = MappingProxyType({"B904": (raise_from,), "E722": (bare_except,)})
