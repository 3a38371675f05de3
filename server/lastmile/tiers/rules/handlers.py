"""Templates for handlers of exceptions: B904, E722 and SIM105.

Each takes the code and the finding's span and gives the new text, or None where it does not fit.
"""

from __future__ import annotations

import ast
import re
from collections import Counter

from lastmile.text.code import FUNCTIONS, Code, binders, identifiers
from lastmile.text.edits import Replacement, Span, apply
from lastmile.tiers.rules.imports import with_import

_NAMES = ("error", "exc", "err", "cause", "original")
_TO_COLON = re.compile(r"[\s)]*:")
_COMMENT = re.compile(r"#[^\r\n]*")


def raise_from(code: Code, span: Span) -> str | None:
    """Chain an exception raised in a handler to the one handled (B904)."""
    text, node = code.text, code.at(ast.Raise, span.start)
    if node is None or node.exc is None or node.cause is not None:
        return None
    handler = _handler(code, node)
    if handler is None or (isinstance(node.exc, ast.Name) and node.exc.id == handler.name):
        return None
    end = code.span(node).end
    if handler.name is not None:
        # Bound again in the handler, the name may stand for something else by then.
        bound = [item for item in binders(handler, handler.name) if item is not handler]
        return None if bound else f"{text[:end]} from {handler.name}{text[end:]}"
    if handler.type is None:
        return None
    place = code.span(handler.type).end
    colon = _TO_COLON.match(text, place)
    if colon is None:
        return None
    place += len(colon[0][:-1].rstrip())
    name = _free_name(code, handler)
    return f"{text[:place]} as {name}{text[place:end]} from {name}{text[end:]}"


def bare_except(code: Code, span: Span) -> str | None:
    """Name the exceptions that a bare ``except`` is meant for (E722)."""
    text = code.text
    return f"{text[: span.start]}except Exception{text[span.end :]}" if span.of(text) == "except" else None


def suppressed(code: Code, span: Span) -> str | None:
    """Write ``try``, ``except`` and ``pass`` as ``contextlib.suppress``, comments kept (SIM105).

    Ruff does it where there is no comment to lose.
    """
    node = code.at(ast.Try, span.start)
    if node is None or node.orelse or node.finalbody:
        return None
    match node.handlers:
        case [ast.ExceptHandler(name=None, body=[ast.Pass()]) as handler]:
            return _suppressed(code, node, handler)
        case _:
            return None


def _suppressed(code: Code, node: ast.Try, handler: ast.ExceptHandler) -> str | None:
    text, lines = code.text, code.lines
    start, body_end, whole_end = code.span(node).start, code.span(node.body[-1]).end, code.span(handler).end
    rest, stop = (lines.start(lines.line_at(place) + 1) for place in (body_end, whole_end))
    first = lines.line_at(start)
    indent, newline = text[lines.start(first) : start], text[lines.end(first) : lines.start(first + 1)]
    known = all(isinstance(item, ast.alias) and item.name == "contextlib" for item in code.bound("contextlib"))
    if indent.strip() or not known:
        return None
    comments = "".join(f"{found[0]}{newline}{indent}" for found in _COMMENT.finditer(text, rest, stop))
    head = f"{comments}with contextlib.suppress({_types(code, handler)})"
    edits = (Replacement(Span(start, start + len("try")), head), Replacement(Span(rest, stop), ""))
    new = apply(text, edits)
    imported = any(
        isinstance(item, ast.Import) and "contextlib" in {name.name for name in item.names} for item in code.tree.body
    )
    return new if imported else with_import(new, "import contextlib")


def _types(code: Code, handler: ast.ExceptHandler) -> str:
    match handler.type:
        case None:
            return "BaseException"
        case ast.Tuple(elts=elements):
            return ", ".join(code.source(element) for element in elements)
        case kind:
            return code.source(kind)


def _handler(code: Code, node: ast.Raise) -> ast.ExceptHandler | None:
    """Give the innermost handler around a statement, within its own function."""
    for above in code.above(node):
        if isinstance(above, FUNCTIONS):
            return None
        if isinstance(above, ast.ExceptHandler):
            return above
    return None


def _free_name(code: Code, handler: ast.ExceptHandler) -> str:
    """Choose a name that nothing around the handler uses: the file's own habit first."""
    handlers = (node.name for node in code.nodes if isinstance(node, ast.ExceptHandler))
    habit = [name for name, _count in Counter(name for name in handlers if name).most_common(3)]
    used = identifiers(code.scope(handler))
    numbered = (f"error_{number}" for number in range(1, len(used) + 2))
    return next(name for name in (*habit, *_NAMES, *numbered) if name not in used)
