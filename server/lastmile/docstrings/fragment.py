"""One definition, parsed on its own, with what its surroundings tell of it.

Only the definition's own text is parsed, so a file that is broken elsewhere, or long, makes no
difference. Nothing here judges.
"""

from __future__ import annotations

import ast
import warnings
from unicodedata import normalize

from attrs import frozen

Function = ast.FunctionDef | ast.AsyncFunctionDef
Definition = Function | ast.ClassDef

_UNPARSABLE = (SyntaxError, ValueError, RecursionError, MemoryError)
_WRAPPER = "if 1:\n"


@frozen
class Place:
    """What a definition's text does not tell about it."""

    name: str
    indent: str = ""
    """The blanks before its first line."""

    line: int = 0
    """The line of its first character, from 0."""

    owner: str = ""
    """What it is defined in: ``class``, ``function``, or empty for the module."""

    owner_docstring: str = ""
    """The source of the docstring of the class that it is defined in."""

    stub: bool = False
    """It stands in a stub file."""

    test: bool = False
    """It is a test, called by a test runner alone."""


@frozen(eq=False)
class Fragment:
    """A definition that parsed."""

    node: Definition
    source: str
    """What was parsed: line ends are ``\\n``, and an indented definition has a line before it."""

    first_line: int
    """The line of the document that the first line of the source stands on, from 0."""

    warnings: tuple[str, ...] = ()
    """What the parser warned of: escape sequences that Python does not know."""

    @property
    def documentation(self) -> ast.Expr | None:
        """The statement that is its docstring."""
        first = self.node.body[0]
        return first if isinstance(first, ast.Expr) and _text(first) is not None else None

    @property
    def docstring(self) -> str | None:
        """What the docstring says."""
        statement = self.documentation
        return None if statement is None else _text(statement)

    @property
    def code(self) -> list[ast.stmt]:
        """The body without the docstring."""
        return self.node.body if self.documentation is None else self.node.body[1:]

    @property
    def filler(self) -> ast.stmt | None:
        """The ``pass`` or ``...`` that is the whole code; a docstring makes it superfluous."""
        if len(self.code) != 1:
            return None
        only = self.code[0]
        dots = isinstance(only, ast.Expr) and isinstance(only.value, ast.Constant) and only.value.value is ...
        return only if dots or isinstance(only, ast.Pass) else None

    def line(self, number: int) -> int:
        """Turn a line number of the parser into a line of the document, from 0."""
        return self.first_line + number - 1


@frozen
class Unreadable:
    """Why a text is no definition."""

    reason: str


def read(text: str, place: Place) -> Fragment | Unreadable:
    """Parse the text of one definition, decorators included, that begins after its indentation."""
    plain = text.replace("\r\n", "\n").replace("\r", "\n")
    wrapped = bool(place.indent)
    source = f"{_WRAPPER}{place.indent}{plain}\n" if wrapped else f"{plain}\n"
    with warnings.catch_warnings(record=True) as heard:
        warnings.simplefilter("always")
        try:
            tree = ast.parse(source)
        except _UNPARSABLE as error:
            return Unreadable(_reason(error, place.line - wrapped))
    node = _only(tree.body, wrapped=wrapped)
    if not isinstance(node, Definition) or node.name != normalize("NFKC", place.name):
        return Unreadable(f"there is not exactly the definition of `{place.name}`")
    return Fragment(node, source, place.line - wrapped, tuple(str(item.message) for item in heard))


def _only(body: list[ast.stmt], *, wrapped: bool) -> ast.stmt | None:
    """Give the one statement there is, out of its wrapper."""
    if len(body) != 1:
        return None
    first = body[0]
    if not wrapped:
        return first
    alone = isinstance(first, ast.If) and len(first.body) == 1 and not first.orelse
    return first.body[0] if isinstance(first, ast.If) and alone else None


def _text(statement: ast.Expr) -> str | None:
    value = statement.value
    return value.value if isinstance(value, ast.Constant) and isinstance(value.value, str) else None


def _reason(error: Exception | MemoryError, first_line: int) -> str:
    if isinstance(error, SyntaxError) and error.lineno is not None:
        return f"{error.msg} on line {first_line + error.lineno}"
    return str(error) or type(error).__name__
