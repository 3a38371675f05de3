"""Whether a function is a stub: a header that waits for its body.

A stub's code is nothing, ``pass``, ``...``, a raised NotImplementedError, or, beside a comment that
says so, a return of nothing much. What is abstract, overloaded or part of a protocol is no stub: its
body is elsewhere.
"""

from __future__ import annotations

import ast
import io
import re
import tokenize
from collections.abc import Iterator

from lastmile.docstrings.signature import decorators, last_name
from lastmile.oracles.reading import Definition, Function, Reading, code

UNWRITTEN = "NotImplementedError"
_MARK = re.compile(r"\b(?:TODO|FIXME|XXX)\b", re.IGNORECASE)
_ELSEWHERE = {"abstractmethod", "abstractproperty", "overload"}
# What a body that waits looks like once its docstring and comments are left out.
_NOTHING = r"None|0|\[\]|\{\}|\"\"|''|False|True"
_WAITING = re.compile(rf"(?:\s*(?:pass|\.\.\.|raise\s+{UNWRITTEN}\b[^\n]*|return(?:[ ]+(?:{_NOTHING}))?)\s*;?)*\s*")
_REMARK = re.compile(r"(?m)#[^\n\r]*")


def looks_like_stub(body: str) -> bool:
    """Guess from the text of a body, its docstring cut out, whether it waits; cheap enough for a menu."""
    bare = _REMARK.sub("", body)
    if not _WAITING.fullmatch(bare):
        return False
    return "return" not in bare or _MARK.search(body) is not None


def is_stub(node: Function, reading: Reading) -> bool:
    """Tell whether a function waits for its body."""
    statements = code(node)
    if all(is_filler(item) for item in statements):
        return True
    return all(is_filler(item) or _says_nothing(item) for item in statements) and bool(list(marks(node, reading)))


def is_filler(node: ast.stmt) -> bool:
    """Tell whether a statement stands for code that is missing."""
    match node:
        case ast.Pass() | ast.Expr(value=ast.Constant()):
            return True
        case ast.Raise(exc=error):
            return last_name(error) == UNWRITTEN
        case _:
            return False


def is_elsewhere(node: Function, around: tuple[Definition, ...]) -> bool:
    """Tell whether the body is not to be written here."""
    if decorators(node) & _ELSEWHERE:
        return True
    owner = around[-1] if around else None
    return isinstance(owner, ast.ClassDef) and any(last_name(base) == "Protocol" for base in owner.bases)


def marks(node: Function, reading: Reading) -> Iterator[str]:
    """Give the comments in a function that say that something is to be done."""
    span = reading.span(node)
    end = reading.lines.end(reading.lines.line_at(span.end))
    source = reading.text[reading.lines.start(node.lineno - 1) : end]
    try:
        for token in tokenize.generate_tokens(io.StringIO(source.replace("\r\n", "\n")).readline):
            if token.type == tokenize.COMMENT and _MARK.search(token.string):
                yield token.string
    except (tokenize.TokenError, SyntaxError):
        return  # What follows the function belongs to an outer block.


def is_nothing(value: ast.expr | None) -> bool:
    """Tell whether a returned value was there before the function was called: none, a constant, an empty display."""
    match value:
        case None | ast.Constant() | ast.List(elts=[]) | ast.Dict(keys=[]) | ast.Tuple(elts=[]):
            return True
        case _:
            return False


def _says_nothing(node: ast.stmt) -> bool:
    return isinstance(node, ast.Return) and is_nothing(node.value)
