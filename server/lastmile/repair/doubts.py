"""Why a repair that passes may still be one that only satisfies its tests: a function that lost what it depended on.

Pure, but it parses: call it through `tools.offload`. It refuses nothing: what is doubtful is asked
about where few tests speak for it.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping, Sequence

from lastmile.repair.changed import changed_lines
from lastmile.repair.site import short
from lastmile.text.parsing import tree

_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)


def doubts(old: str, texts: Sequence[str]) -> tuple[str, ...]:
    """Give for each text what is doubtful, as a question to a person; empty where nothing is."""
    before = _functions(old)
    return tuple(_doubt(before, old, text) for text in texts)


def _doubt(before: Mapping[str, ast.AST], old: str, text: str) -> str:
    rows = changed_lines(old, text)
    for name, node in _functions(text).items():
        was = before.get(name)
        if was is None or not _holds(node, rows) or ast.dump(was) == ast.dump(node):
            continue
        called = name.rpartition(".")[2]
        given = _constant(node)
        if given and given != _constant(was):
            return f"Should `{called}` always give `{given}`?"
        lost = sorted((_parameters(was) & _read(was)) - _read(node) - {"self", "cls"})
        if lost:
            return f"Should `{called}` take no account of `{lost[0]}`?"
        moved = sorted((_stepped(node) - _counted(was)) & _parameters(was))
        if moved:
            return f"Should `{called}` count with `{moved[0]}`, which it did not before?"
        skipped = _skipped(was, node)
        if skipped:
            return f"Should `{called}` return before `{skipped}`?"
    return ""


def _functions(text: str) -> Mapping[str, ast.AST]:
    module = tree(text)
    return {} if module is None else dict(_named(module, ""))


def _named(node: ast.AST, above: str) -> Iterator[tuple[str, ast.AST]]:
    for child in ast.iter_child_nodes(node):
        if isinstance(child, (*_FUNCTIONS, ast.ClassDef)):
            name = f"{above}{child.name}"
            if isinstance(child, _FUNCTIONS):
                yield name, child
            yield from _named(child, f"{name}.")


def _holds(node: ast.AST, rows: frozenset[int]) -> bool:
    assert isinstance(node, _FUNCTIONS)  # noqa: S101 - as they were found
    return not rows.isdisjoint(range(node.lineno, (node.end_lineno or node.lineno) + 1))


def _constant(node: ast.AST) -> str:
    """Give the one constant that all returns of a function give; empty where there is no such."""
    returned = {ast.unparse(item.value) for item in ast.walk(node) if _gives(item)}  # type: ignore[attr-defined]
    is_one = all(isinstance(item.value, ast.Constant) for item in ast.walk(node) if _gives(item))  # type: ignore[attr-defined]
    return returned.pop() if is_one and len(returned) == 1 else ""


def _stepped(node: ast.AST) -> frozenset[str]:
    """List the variables that a function moves by a fixed number."""
    steps = (item for item in ast.walk(node) if isinstance(item, ast.BinOp) and isinstance(item.right, ast.Constant))
    return frozenset(item.left.id for item in steps if isinstance(item.left, ast.Name))


def _counted(node: ast.AST) -> frozenset[str]:
    """List the variables that a function adds to, compares, or takes for a place: those that are plainly numbers."""
    found: set[str] = set()
    for inner in ast.walk(node):
        match inner:
            case ast.BinOp() | ast.Compare() | ast.UnaryOp(op=ast.USub()) | ast.AugAssign() | ast.Slice():
                parts = list(ast.iter_child_nodes(inner))
            case ast.Subscript(slice=place):
                parts = [place]
            case ast.Call(func=ast.Name(id="range"), args=args):
                parts = list(args)
            case _:
                continue
        found.update(part.id for part in parts if isinstance(part, ast.Name))
    return frozenset(found)


def _skipped(was: ast.AST, node: ast.AST) -> str:
    """Give the first statement with an effect that a return added before it skips; empty where none does."""
    old = [ast.dump(item) for item in ast.walk(was) if isinstance(item, ast.If)]
    added = [item for item in ast.walk(node) if isinstance(item, ast.If) and ast.dump(item) not in old]
    if sum(isinstance(item, ast.If) for item in ast.walk(node)) <= len(old):
        return ""
    for holder in ast.walk(node):
        for block in (value for _name, value in ast.iter_fields(holder) if isinstance(value, list)):
            ways = [at for at, item in enumerate(block) if item in added and isinstance(item.body[-1], ast.Return)]
            acts = [item for at in ways[:1] for item in block[at + 1 :] if _acts(item)]
            if acts:
                return short(ast.unparse(acts[0]))
    return ""


def _acts(node: ast.stmt) -> bool:
    """Tell whether a statement plainly does something that lasts: a call for its own sake, a change of what is held."""
    for inner in ast.walk(node):
        match inner:
            case ast.Expr(value=ast.Call() | ast.Await()) | ast.Delete():
                return True
            case ast.Subscript(ctx=ast.Store()) | ast.Attribute(ctx=ast.Store()):
                return True
    return False


def _gives(node: ast.AST) -> bool:
    return isinstance(node, ast.Return) and node.value is not None


def _parameters(node: ast.AST) -> frozenset[str]:
    assert isinstance(node, _FUNCTIONS)  # noqa: S101 - as they were found
    return frozenset(item.arg for item in ast.walk(node.args) if isinstance(item, ast.arg))


def _read(node: ast.AST) -> frozenset[str]:
    return frozenset(
        item.id for item in ast.walk(node) if isinstance(item, ast.Name) and isinstance(item.ctx, ast.Load)
    )
