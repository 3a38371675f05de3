"""What runs in projects' own interpreters reads and loads in Python 3.8, which this Python cannot be asked to try."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from lastmile import repair, testing
from lastmile.oracles import comparing

OLDEST = (3, 8)
PLACES = (
    *sorted((Path(testing.__file__).parent / "worker/lastmile_inside").rglob("*.py")),
    *sorted(path for path in (Path(repair.__file__).parent / "inside").glob("*.py") if path.name != "__init__.py"),
    Path(comparing.__file__),
)
BUILT_IN = frozenset({"tuple", "list", "dict", "set", "frozenset", "type"})
GENERIC_SINCE_39 = frozenset({"collections", "collections.abc", "contextlib", "re", "queue", "os"})
YOUNGER = frozenset(
    {"unparse", "pairwise", "removeprefix", "removesuffix", "cache", "to_thread", "randbytes", "bit_count", "aclosing"}
    | {"is_relative_to", "with_stem", "hardlink_to", "UnionType", "NoneType", "EllipsisType", "ParamSpec", "TypeGuard"}
    | {"ExceptionGroup", "BaseExceptionGroup", "add_note", "nextafter", "batched", "zoneinfo", "tomllib", "graphlib"}
)
"""Names of the standard library that came after 3.8, as far as one may think of them here."""


class Reader(ast.NodeVisitor):
    """Finds what Python 3.8 parses and does not run; annotations are never run."""

    def __init__(self, tree: ast.Module) -> None:
        self.found: list[str] = []
        self._generic = BUILT_IN | {
            alias.asname or alias.name
            for node in ast.walk(tree)
            if isinstance(node, ast.ImportFrom) and node.module in GENERIC_SINCE_39
            for alias in node.names
        }
        self._dicts = {
            node.target.id
            for node in ast.walk(tree)
            if isinstance(node, ast.AnnAssign)
            and isinstance(node.target, ast.Name)
            and ast.unparse(node.annotation).lower().startswith("dict[")
        }

    def visit(self, node: ast.AST) -> None:
        """Look at a node, and at what is below it but for annotations."""
        self.found += [f"line {getattr(node, 'lineno', 0)}: {why}" for why in self._wrong(node)]
        for name, value in ast.iter_fields(node):
            if name not in {"annotation", "returns"}:
                for child in value if isinstance(value, list) else [value]:
                    if isinstance(child, ast.AST):
                        self.visit(child)

    def _wrong(self, node: ast.AST) -> Iterator[str]:
        match node:
            case ast.Subscript(value=ast.Name(id=name), ctx=ast.Load()) if name in self._generic:
                yield f"{name}[...] is evaluated"
            case ast.BinOp(op=ast.BitOr(), left=one, right=other) if _is_class(one) and _is_class(other):
                yield "a union of types is evaluated"
            case (
                ast.BinOp(op=ast.BitOr(), left=one, right=other)
                | ast.AugAssign(op=ast.BitOr(), target=one, value=other)
            ) if any(map(self._is_dict, (one, other))) and not isinstance(other, ast.Set | ast.SetComp):
                yield "dictionaries are joined by |"
            case ast.keyword(arg="strict") | ast.keyword(arg="slots") | ast.keyword(arg="kw_only"):
                yield f"the argument {node.arg}"
            case ast.Attribute(attr=name) | ast.alias(name=name) if name in YOUNGER:
                yield f"{name} came later"

    def _is_dict(self, node: ast.expr) -> bool:
        return isinstance(node, ast.Dict | ast.DictComp) or (isinstance(node, ast.Name) and node.id in self._dicts)


def _is_class(node: ast.expr) -> bool:
    """Tell whether an expression is a class, by its name: flags are all in capitals."""
    name = node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""
    return name in BUILT_IN | {"int", "float", "str", "bytes"} or (name[:1].isupper() and not name.isupper())


def wrong(text: str) -> list[str]:
    """List what Python 3.8 would stumble over."""
    reader = Reader(tree := ast.parse(text, feature_version=OLDEST))
    reader.visit(tree)
    return reader.found


@pytest.mark.parametrize("path", PLACES, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_it_runs_in_python_3_8(path: Path) -> None:
    assert wrong(path.read_text("utf-8")) == []


@pytest.mark.parametrize(
    "text",
    [
        "Stamp = tuple[int, ...]",
        "from collections.abc import Callable\nFact = Callable[[], None]",
        "isinstance(1, int | float)",
        "Function = ast.FunctionDef | ast.AsyncFunctionDef",
        "x: dict[str, int] = {}\nx |= f()",
        "x = {} | y",
        "x |= {'a': 1}",
        "zip(a, b, strict=True)",
        "from itertools import pairwise",
        "import ast; ast.unparse(x)",
    ],
)
def test_what_does_not_is_seen(text: str) -> None:
    assert wrong(text)


@pytest.mark.parametrize(
    "text",
    [
        "from typing import Tuple\nStamp = Tuple[int, ...]",
        "def f(x: tuple[int, ...]) -> dict[str, int] | None: ...",
        "x: dict[str, int] = {}\nx.update(f())",
        "flags = doctest.ELLIPSIS | os.O_RDWR",
        "found: set[str] = set()\nfound |= {1}",
    ],
)
def test_what_does_is_let_be(text: str) -> None:
    assert wrong(text) == []
