"""What of a change runs: the lines of its statements, and texts with one small fault in one of them.

Pure functions over texts, for the worker process: they parse and compile.
"""

from __future__ import annotations

import ast
import random
from collections.abc import Iterator

from attrs import field, frozen

from lastmile.testing.mutation.making import mutants
from lastmile.text.edits import Span
from lastmile.text.lines import LineIndex, split_lines
from lastmile.text.parsing import tree
from lastmile.text.runs import changed_runs

MOST = 40
"""How many mutants are made at most: the share is known well enough with so many."""


@frozen
class Changed:
    """Lines that run, and their mutants."""

    lines: frozenset[int] = frozenset()
    """Lines in functions, from 1: a test reaches them by calling."""

    mutants: tuple[str, ...] = field(default=(), repr=False)
    """In an order without meaning, so that the first of them stand for all."""


def changed(old: str, new: str) -> Changed:
    """Study what is new in a text; nothing where only comments, docstrings or layout are."""
    return _study(new, changed_lines(old, new))


def whole(text: str, span: Span) -> Changed:
    """Study all that lies in a span of a text."""
    lines = LineIndex(text)
    return _study(
        text, frozenset(range(lines.line_at(span.start) + 1, lines.line_at(max(span.start, span.end - 1)) + 2))
    )


def changed_lines(old: str, new: str) -> frozenset[int]:
    """Give the lines of the new text, from 1, that are new or changed, and the neighbours of those gone."""
    before, after = split_lines(old), split_lines(new)
    found: set[int] = set()
    for item in changed_runs(before, after):
        found |= set(range(item.j + 1, item.y + 1)) or {max(1, item.j), min(len(after), item.j + 1)}
    return frozenset(found)


def _study(text: str, lines: frozenset[int]) -> Changed:
    module = tree(text.removeprefix("\ufeff"))
    if module is None or not lines:
        return Changed()
    rows = [(row, inside) for row, inside in _statements(module.body, inside=False) if not lines.isdisjoint(row)]
    every = frozenset(line for row, _inside in rows for line in row)
    made = [mutant.text for mutant in mutants(text, lines=every, most=MOST)] if every else []
    random.Random(0).shuffle(made)  # noqa: S311 - the same order each time
    return Changed(frozenset(line for row, inside in rows for line in row if inside), tuple(made))


def _statements(body: list[ast.stmt], *, inside: bool) -> Iterator[tuple[range, bool]]:
    """Give the lines of each statement that does something, a compound one's head alone, and whether a call runs it."""
    for node in body:
        inner = [child for child in ast.iter_child_nodes(node) if isinstance(child, _HOLDERS)]
        deeper = inside or isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        starts = [child.pattern.lineno if isinstance(child, ast.match_case) else child.lineno for child in inner]
        end = max(node.lineno, min(starts) - 1) if starts else node.end_lineno or node.lineno
        if not _is_text(node) and not (inside and isinstance(node, ast.Pass)):
            yield range(node.lineno, end + 1), inside
        for child in inner:
            held = [child] if isinstance(child, ast.stmt) else child.body
            yield from _statements(held, inside=deeper)


_HOLDERS = (ast.stmt, ast.ExceptHandler, ast.match_case)


def _is_text(node: ast.stmt) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
