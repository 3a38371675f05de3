"""The check of docstrings: what had one has one still, for kinds that are not about docstrings.

A statement put before a docstring makes an ordinary text of it, and an edit may swallow one; neither
brings a finding where the rules about docstrings are not selected. What a docstring says may change,
and what is gone altogether needs none.
"""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Iterator

from attrs import frozen

from lastmile.cascade.task import Task
from lastmile.cascade.verdict import Finding, Ruling
from lastmile.errors import ToolError
from lastmile.text.edits import Span, difference
from lastmile.text.lines import LineIndex
from lastmile.text.parsing import tree
from lastmile.tools.offload import Offload

_ABOUT_DOCSTRINGS = re.compile(r"D\d+|PYI021")
_TELLING = re.compile(r"[\"'\\]|\b(?:def|class)\b")
_LITERAL = re.compile(r"(?:\s|#[^\r\n]*[\r\n]|[(])*[rRuU]?[\"']")
"""A literal behind blanks, comments and brackets."""

_HOLDING = (ast.stmt, ast.excepthandler, ast.match_case)
_DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)


@frozen
class DocstringsKept:
    """Judges that no definition lost its docstring, unless a finding about docstrings is to be cleared."""

    offload: Offload
    name: str = "docstrings"

    async def judge(self, task: Task, text: str) -> Ruling:
        """Compare which definitions have a docstring; silent where they all do."""
        if any(_ABOUT_DOCSTRINGS.fullmatch(item.code) for item in task.diagnostics):
            return Ruling()
        try:
            return Ruling(await self.offload.run(judge_docstrings, task.snapshot.text, text))
        except ToolError as error:
            return Ruling((Finding(self.name, f"The docstrings could not be compared: {error}"),))


def judge_docstrings(old: str, new: str) -> tuple[Finding, ...]:
    """List the definitions that are still there without the docstring that they had."""
    if '"' not in old and "'" not in old:
        return ()  # Parsing takes long where a text is long, and without a literal there is no docstring.
    if _is_aside(old, new):
        return ()
    before, after = tree(old), tree(new)
    if before is None or after is None:
        return ()  # The check of syntax has judged that already.
    had, has = Counter(_definitions(before, "")), Counter(_definitions(after, ""))
    return tuple(
        Finding("docstrings", f"{name or 'The module'} has lost its docstring.")
        for (name, documented), count in had.items()
        if documented and has[name, True] < count and has[name, False] > had[name, False]
    )


def _is_aside(old: str, new: str) -> bool:
    """Tell, without parsing, that no docstring can be concerned.

    No changed line has a quote or heads a definition, and what follows on it in the old text is no literal: only
    what is put between a head and its docstring, or changes one of them, can take it from its definition.
    """
    changes = difference(old, new)
    lines = LineIndex(old)
    shown = LineIndex(new)
    shift = 0
    for change in changes:
        start = change.span.start + shift
        shift += change.shift
        before = _lines(lines, change.span)
        after = _lines(shown, Span(start, start + len(change.text)))
        if _TELLING.search(before.of(old)) or _TELLING.search(after.of(new)) or _LITERAL.match(old, before.end):
            return False
    return True


def _lines(index: LineIndex, span: Span) -> Span:
    """Give the whole lines that a span touches."""
    return Span(index.start(index.line_at(span.start)), index.start(index.line_at(span.end) + 1))


def _definitions(node: ast.AST, name: str) -> Iterator[tuple[str, bool]]:
    """Name each definition at and below a node, from the outside in, and tell whether it has a docstring."""
    if isinstance(node, (*_DEFINITIONS, ast.Module)):
        name = f"{name}.{node.name}".lstrip(".") if isinstance(node, _DEFINITIONS) else name
        yield name, ast.get_docstring(node, clean=False) is not None
    for child in ast.iter_child_nodes(node):
        if isinstance(child, _HOLDING):
            yield from _definitions(child, name)
