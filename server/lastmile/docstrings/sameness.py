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
from copy import copy
from io import StringIO
from itertools import takewhile

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
    """Find what changed in the code; None where nothing did."""
    try:
        old, new = _marks(before), _marks(after)
        spare = before.filler is not None and _marks(before, without=before.filler) == new
    except (tokenize.TokenError, SyntaxError) as error:
        return Change(f"The code cannot be compared: {error}")
    if old != new and not spare:
        return _told(old, new)
    if _same_tree(before, after):
        return None
    return Change("The structure of the code changed: look at its indentation.", after.first_line)


def literal(fragment: Fragment) -> list[str]:
    """Give the string tokens that the docstring is written with."""
    region = _region(fragment, fragment.documentation)
    return [item.string for item in _tokens(fragment) if item.type == tokenize.STRING and region.holds(item)]


def _told(old: list[_Mark], new: list[_Mark]) -> Change:
    """Say what lies between the part that both begin with and the part that both end with."""
    head = _shared(old, new)
    tail = _shared(old[head:][::-1], new[head:][::-1])
    gone, came = old[head : len(old) - tail], new[head : len(new) - tail]
    line = new[min(head, len(new) - 1)].line
    match gone, came:
        case [left], [right] if left.text == right.text:
            return Change(f"The comment {_quoted(gone)} moved: it stood beside {left.beside}.", line)
        case _, []:
            return Change(f"The code changed: {_quoted(gone)} is gone.", line)
        case [], _:
            return Change(f"The code changed: {_quoted(came)} is new.", line)
        case _:
            return Change(f"The code changed: {_quoted(gone)} became {_quoted(came)}.", line)


def _shared(one: list[_Mark], other: list[_Mark]) -> int:
    """Count how many marks two lists have in common before the first that differs."""
    pairs = zip(one, other, strict=False)
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], pairs))


def _quoted(marks: list[_Mark]) -> str:
    text = " ".join(" ".join(mark.text for mark in marks).split())
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
    spare = before.filler is not None and after.documentation is not None and not after.code
    waiting = [(_without_docstring(before, [] if spare else before.code), _without_docstring(after, after.code))]
    while waiting:
        left, right = waiting.pop()
        if _key(left) != _key(right):
            return False
        waiting += zip(_parts(left), _parts(right), strict=True)
    return True


def _without_docstring(fragment: Fragment, code: list[ast.stmt]) -> object:
    bare = copy(fragment.node)
    bare.body = code
    return bare


def _key(value: object) -> object:
    """Give what tells a node, a list or a plain value from another, its parts left out."""
    if isinstance(value, ast.AST):
        return type(value)
    return len(value) if isinstance(value, list) else (type(value), value)


def _parts(value: object) -> list[object]:
    if isinstance(value, ast.AST):
        return [getattr(value, name, None) for name in value._fields]
    return value if isinstance(value, list) else []
