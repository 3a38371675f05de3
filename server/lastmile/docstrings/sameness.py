"""Whether two definitions are the same but for their docstrings: code, comments and nested docstrings.

Two comparisons have to agree. The syntax trees are equal without the docstrings, and the tokens are
the same in the same order, comments included, each on a line with code, with the docstring or alone
as before. Layout is left to the check of scope.

One difference is allowed: a ``pass`` or ``...`` that was the whole body may go, since a docstring is
a body and linters ask for it (ruff's PIE790).
"""

from __future__ import annotations

import ast
import tokenize
from collections.abc import Iterator
from io import StringIO
from itertools import zip_longest

from attrs import field, frozen

from lastmile.docstrings.fragment import Fragment

_LAYOUT = {tokenize.NL, tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT, tokenize.ENDMARKER}
_SHOWN = 60
_DOCSTRING = "the docstring"


@frozen
class Change:
    """The first place where the code differs."""

    message: str
    line: int | None = None
    """Of the new document, from 0."""


@frozen
class _Mark:
    """A token of the code, or a comment with what it stands beside."""

    text: str
    beside: str = ""
    line: int = field(default=0, eq=False)


def change(before: Fragment, after: Fragment) -> Change | None:
    """Find the first change of the code; None where there is none."""
    try:
        old, new = _marks(before), _marks(after)
        if before.filler is not None and after.filler is None and after.documentation is not None:
            old = _marks(before, without=before.filler)
    except (tokenize.TokenError, SyntaxError) as error:
        return Change(f"The code cannot be compared: {error}")
    for at, (left, right) in enumerate(zip_longest(old, new)):
        if left != right:
            told = _told(left, right, came=left in new[at + 1 : at + 2], went=right in old[at + 1 : at + 2])
            return Change(told, None if right is None else right.line)
    if _same_tree(before, after):
        return None
    return Change("The structure of the code changed: look at its indentation.", after.first_line)


def literal(fragment: Fragment) -> list[str]:
    """Give the string tokens that the docstring is written with."""
    region = _region(fragment, fragment.documentation)
    return [item.string for item in _tokens(fragment) if item.type == tokenize.STRING and region.holds(item)]


def _told(left: _Mark | None, right: _Mark | None, *, came: bool, went: bool) -> str:
    if left is not None and right is not None and left.text == right.text:
        return f"The comment {_quoted(left)} moved: it stood beside {left.beside}."
    if right is None or went:
        return f"The code changed: {_quoted(left)} is gone."
    if left is None or came:
        return f"The code changed: {_quoted(right)} is new."
    return f"The code changed: {_quoted(left)} became {_quoted(right)}."


def _quoted(mark: _Mark | None) -> str:
    text = "" if mark is None else " ".join(mark.text.split())
    return f"`{text if len(text) <= _SHOWN else text[:_SHOWN] + '…'}`"


def _tokens(fragment: Fragment) -> Iterator[tokenize.TokenInfo]:
    return tokenize.generate_tokens(StringIO(fragment.source, newline="\n").readline)


def _marks(fragment: Fragment, *, without: ast.stmt | None = None) -> list[_Mark]:
    marks = []
    spare = (_region(fragment, fragment.documentation), _region(fragment, without))
    last_row, last_kind = 0, ""
    for token in _tokens(fragment):
        row, text = token.start[0], token.string
        if token.type == tokenize.COMMENT:
            marks.append(_Mark(text, last_kind if row == last_row else "nothing", fragment.line(row)))
        elif token.type not in _LAYOUT:
            left_out = any(region.holds(token) for region in spare) or (text == ";" and last_kind == _DOCSTRING)
            last_row, last_kind = token.end[0], _DOCSTRING if left_out else "code"
            if not left_out:
                marks.append(_Mark(text, "", fragment.line(row)))
    return marks


@frozen
class _Region:
    """From one place to another, each a row from 1 and a column in characters."""

    start: tuple[int, int]
    end: tuple[int, int]

    def holds(self, token: tokenize.TokenInfo) -> bool:
        return self.start <= token.start and token.end <= self.end


def _region(fragment: Fragment, node: ast.stmt | None) -> _Region:
    """Find where a statement stands; nowhere without one. The parser counts columns in bytes."""
    if node is None or node.end_lineno is None or node.end_col_offset is None:
        return _Region((0, 0), (0, 0))
    lines = fragment.source.split("\n")
    first, last = lines[node.lineno - 1].encode(), lines[node.end_lineno - 1].encode()
    return _Region(
        (node.lineno, len(first[: node.col_offset].decode())),
        (node.end_lineno, len(last[: node.end_col_offset].decode())),
    )


def _same_tree(before: Fragment, after: Fragment) -> bool:
    """Compare without recursion: long chains of operators nest as deeply as they are long."""
    if before.filler is not None and after.documentation is not None and not after.code:
        bodies: tuple[list[ast.stmt], list[ast.stmt]] = ([], [])
    else:
        bodies = (before.code, after.code)
    waiting: list[tuple[object, object]] = [bodies, *_fields(before.node, after.node, leave="body")]
    if type(before.node) is not type(after.node):
        return False
    while waiting:
        left, right = waiting.pop()
        if type(left) is not type(right):
            return False
        if isinstance(left, ast.AST) and isinstance(right, ast.AST):
            waiting += _fields(left, right)
        elif isinstance(left, list) and isinstance(right, list):
            if len(left) != len(right):
                return False
            waiting += zip(left, right, strict=True)
        elif left != right:
            return False
    return True


def _fields(left: ast.AST, right: ast.AST, *, leave: str = "") -> list[tuple[object, object]]:
    return [(getattr(left, name, None), getattr(right, name, None)) for name in left._fields if name != leave]
