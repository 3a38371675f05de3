"""A whole document as syntax, and the definition in it that a task is about.

Nothing here judges. A document that does not parse has no reading.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from unicodedata import normalize

from attrs import frozen

from lastmile.text.edits import Span
from lastmile.text.lines import LineIndex
from lastmile.text.parsing import tree

CHECK = "property"
"""What findings of a kind's own oracle are filed under."""

Function = ast.FunctionDef | ast.AsyncFunctionDef
Definition = Function | ast.ClassDef
Placed = ast.expr | ast.stmt
_NO_HOLES: Mapping[int, str] = {}


@frozen
class Target:
    """The definition that a task is about, in a form that both texts know it by."""

    qualname: str
    nth: int = 0
    """Which of those with the same qualified name, from 0, in order of place."""

    @property
    def name(self) -> str:
        """The last part of the qualified name, as Python spells it."""
        return normalize("NFKC", self.qualname.rsplit(".", 1)[-1])


@frozen(eq=False)
class Reading:
    """A text that parses."""

    text: str
    module: ast.Module
    lines: LineIndex

    @classmethod
    def of(cls, text: str) -> Reading | None:
        """Parse a text; None where it does not parse."""
        # A form feed is as long as a byte order mark, and Python takes it for nothing.
        plain = "\f" + text[1:] if text.startswith("\ufeff") else text
        module = tree(plain)
        return None if module is None else cls(plain, module, LineIndex(plain))

    def find(self, target: Target) -> Function | None:
        """Find the function that the target names."""
        wanted = normalize("NFKC", target.qualname)
        same = [node for name, node in definitions(self.module) if name == wanted]
        found = same[target.nth] if target.nth < len(same) else None
        return found if isinstance(found, Function) else None

    def span(self, node: Placed) -> Span:
        """Give a node's place; brackets around an expression are not part of it."""
        return Span(
            self.offset(node.lineno, node.col_offset),
            self.offset(node.end_lineno or node.lineno, node.end_col_offset or 0),
        )

    def offset(self, row: int, column: int) -> int:
        """Turn the parser's row, from 1, and column, in UTF-8 bytes, into an offset."""
        if self.text.isascii():
            return min(self.lines.start(row - 1) + column, self.lines.end(row - 1))
        line = self.lines.line_text(row - 1)
        return self.lines.start(row - 1) + len(line.encode("utf-8", "replace")[:column].decode(errors="ignore"))

    def around(self, node: ast.AST) -> tuple[Definition, ...]:
        """List the definitions that hold a node, the outermost first."""
        found: list[Definition] = []
        below = self.module
        while (inner := _holder(below, node)) is not None:
            found.append(inner)
            below = inner  # type: ignore[assignment] # a definition is walked like the module
        return tuple(found)


def definitions(module: ast.Module) -> Iterator[tuple[str, Definition]]:
    """Give the functions and classes with their qualified names, outer before inner, in order of place."""
    waiting: list[tuple[ast.AST, str]] = [(module, "")]
    while waiting:
        node, prefix = waiting.pop()
        if isinstance(node, Definition):
            yield prefix + node.name, node
            prefix = f"{prefix}{node.name}."
        waiting.extend((child, prefix) for child in reversed(list(ast.iter_child_nodes(node))))


def documentation(node: Definition | ast.Module) -> str | None:
    """Give what the docstring says, as it stands."""
    first = node.body[0] if node.body else None
    value = first.value if isinstance(first, ast.Expr) else None
    return value.value if isinstance(value, ast.Constant) and isinstance(value.value, str) else None


def code(node: Definition) -> list[ast.stmt]:
    """Give the body without the docstring."""
    return node.body if documentation(node) is None else node.body[1:]


def same(left: object, right: object, *, holes: Mapping[int, str] = _NO_HOLES) -> bool:
    """Compare syntax without recursion: long chains of operators nest as deeply as they are long.

    ``holes`` names nodes of either side, by `id`, that are compared by their label alone.
    """
    waiting = [(left, right)]
    while waiting:
        one, other = waiting.pop()
        if id(one) in holes or id(other) in holes:
            if holes.get(id(one)) != holes.get(id(other)):
                return False
            continue
        if _key(one) != _key(other):
            return False
        waiting += zip(_parts(one), _parts(other), strict=True)
    return True


def _key(value: object) -> object:
    """Give what tells a node, a list or a plain value from another, its parts left out."""
    if isinstance(value, ast.AST):
        return type(value)
    return len(value) if isinstance(value, list) else (type(value), value)


def _parts(value: object) -> list[object]:
    if isinstance(value, ast.expr_context):
        return []
    if isinstance(value, ast.AST):
        return [getattr(value, name, None) for name in value._fields if name != "kind"]
    return value if isinstance(value, list) else []


def _holder(node: ast.AST, inner: ast.AST) -> Definition | None:
    """Give the outermost definition below a node that holds another."""
    waiting = list(ast.iter_child_nodes(node))
    while waiting:
        child = waiting.pop()
        if not isinstance(child, Definition):
            waiting.extend(ast.iter_child_nodes(child))
        elif child is not inner and any(item is inner for item in ast.walk(child)):
            return child
    return None
