"""Percent formats made into ``str.format``, where the result is the same text (UP031).

Ruff leaves alone what depends on a value's kind: ``%d`` cuts a float off and ``{:d}`` refuses it. So
``%d`` is taken where `values` knows an int, and ``%s`` becomes ``{!s}``, which is the same for all
values. What ruff then makes of ``str.format`` (UP032) follows by itself.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator
from io import StringIO
from itertools import accumulate
from tokenize import STRING, generate_tokens

from lastmile.text.code import Code
from lastmile.text.edits import Span
from lastmile.text.lines import split_lines
from lastmile.tiers.rules.values import is_int, is_single

_LITERAL = re.compile(r"(?P<prefix>[rRuU]?)(?P<quote>'''|\"\"\"|'|\")(?P<body>.*)(?P=quote)", re.DOTALL)
_FIELD = re.compile(r"%(?P<flags>[-+ 0]*)(?P<width>\d*)(?:\.(?P<precision>\d+))?(?P<type>[sradixXo%])|%|[{}]")
# What may write a percent sign or a brace without showing it.
_HIDING = re.compile(r"\\[NxuU0-7]")
_OPERATOR = re.compile(r"(?P<close>[\s)]*)%[\s(]*")
_CLOSING = re.compile(r"[\s)]*")


def percent_format(code: Code, span: Span) -> str | None:
    """Write ``"%s" % x`` as ``"{!s}".format(x)``."""
    text, node = code.text, _operation(code, span.start)
    if node is None:
        return None
    tuples = isinstance(node.right, ast.Tuple)
    operands = node.right.elts if isinstance(node.right, ast.Tuple) else [node.right]
    left, right, whole = code.span(node.left), code.span(node.right), code.span(node)
    operator = _OPERATOR.fullmatch(text, left.end, right.start)
    new = _literals(code, left.of(text), operands)
    if new is None or operator is None or not _CLOSING.fullmatch(text, right.end, whole.end):
        return None
    if not tuples and not is_single(code, node.right):
        return None
    arguments = _arguments(right.of(text)) if tuples else f"({right.of(text)})"
    return f"{text[: left.start]}{new}{operator['close'].rstrip()}.format{arguments}{text[whole.end :]}"


def _operation(code: Code, start: int) -> ast.BinOp | None:
    for node in code.starting(start):
        match node:
            case ast.BinOp(left=ast.Constant(value=str()), op=ast.Mod()):
                return node
            case _:
                pass
    return None


def _arguments(source: str) -> str:
    """Make the tuple's brackets those of the call."""
    return source if "\n" in source or "\r" in source else f"({source[1:-1].strip().removesuffix(',')})"


def _literals(code: Code, source: str, operands: list[ast.expr]) -> str | None:
    """Rewrite the literals of a format, with everything that stands between them."""
    waiting = iter(operands)
    parts = []
    at = 0
    for literal in _strings(source):
        found = _LITERAL.fullmatch(literal.of(source))
        if found is None or (_HIDING.search(found["body"]) and found["prefix"] not in {"r", "R"}):
            return None
        try:
            body = _FIELD.sub(_field(code, waiting), found["body"])
        except _UnfitError:
            return None
        parts += [source[at : literal.start], found["prefix"], found["quote"], body, found["quote"]]
        at = literal.end
    return None if next(waiting, None) is not None else "".join([*parts, source[at:]])


def _strings(source: str) -> Iterator[Span]:
    """Give the places of the literals that make up one text."""
    lines = [0, *accumulate(map(len, split_lines(source)))]
    # The brackets keep the lines together.
    for token in generate_tokens(StringIO(f"({source})", newline="").readline):
        if token.type == STRING:
            start, end = (lines[row - 1] + column - (row == 1) for row, column in (token.start, token.end))
            yield Span(start, end)


class _UnfitError(Exception):
    """A field has no counterpart that is surely the same."""


def _field(code: Code, operands: Iterator[ast.expr]) -> Callable[[re.Match[str]], str]:
    def convert(found: re.Match[str]) -> str:
        if found[0] in "{}":
            return found[0] * 2
        if found[0] == "%%":
            return "%"
        operand = next(operands, None)
        if operand is None or isinstance(operand, ast.Starred) or not found["type"] or found["type"] == "%":
            raise _UnfitError
        return f"{{{_conversion(found, integer=is_int(code, operand))}}}"

    return convert


def _conversion(found: re.Match[str], *, integer: bool) -> str:
    flags, width, precision, kind = found["flags"], found["width"], found["precision"], found["type"]
    left = "-" in flags
    if kind in "sra":
        if flags.strip("-"):
            raise _UnfitError
        layout = f"{'<' if left else '>'}{width}" if width else ""
        layout += f".{precision}" if precision else ""
        return f"!{kind}:{layout}" if layout else f"!{kind}"
    if not integer or precision:
        raise _UnfitError
    sign = "+" if "+" in flags else " " if " " in flags else ""
    padding = "<" if left and width else ""
    zero = "0" if "0" in flags and width and not left else ""
    return f":{padding}{sign}{zero}{width}{'d' if kind == 'i' else kind}"
