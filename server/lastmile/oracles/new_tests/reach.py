"""How far what a draft adds to a test file reaches: past the new tests to others, or below Python to the clock.

Read from a tree, nothing runs.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import TypeGuard

from lastmile.oracles.new_tests.habits import Names, assigned

_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
_AUTOMATIC = "autouse"
_NO, _EACH = ast.Constant(value=False), ast.Constant("function")
"""What pytest takes where a fixture does not say."""

_OF_THE_FILE = frozenset(
    {"setup_module", "teardown_module", "setup_function", "teardown_function", "setup", "teardown"}
)
_OF_UNITTEST = frozenset({"setUpModule", "tearDownModule"})
_BEFORE_EACH = frozenset({"setUp", "setUpClass", "setup_class", "setup_method"})
_VARIABLES = frozenset({"pytestmark", "pytest_plugins", "collect_ignore", "collect_ignore_glob"})
_CLOCK = "time_machine"
"""A library that stops the clock of the C library, and the fixture that it brings."""

_TRAVELS = frozenset({f"{_CLOCK}.travel"})
_MOVES = frozenset({f"{_CLOCK}.move_to"})


class _Word(ast.Constant):
    """A constant that is text."""

    value: str


def others_reached(before: ast.Module, tree: ast.Module, *, tests: bool) -> Iterator[str]:
    """Say what of a draft runs around tests that do not ask for it; ``tests`` is whether the file had some."""
    known = {ast.dump(node) for node in before.body}
    names = Names.of(tree)
    wanted = _asked_for(before)
    for node in tree.body:
        if ast.dump(node) in known:
            continue
        shared = (tests and not isinstance(node, ast.ClassDef)) or bool(_classes(node) & _classes(*before.body))
        if any(_is_automatic(call, names, shared=shared) for call in ast.walk(node) if isinstance(call, ast.Call)):
            yield "The draft adds a fixture that runs around tests which do not ask for it: have them ask."
        for name in sorted(wanted.intersection(_fixtures(node, names))):
            yield f"The draft adds a fixture {name}, and what is there takes something of that name."
        if tests:
            reached = (_OF_THE_FILE | _OF_UNITTEST | _VARIABLES).intersection(_bound(node))
            yield from (
                f"The draft adds {name}, which works on the tests that are there too." for name in sorted(reached)
            )


def _is_automatic(call: ast.Call, names: Names, *, shared: bool) -> bool:
    """Tell a fixture that other tests get; ``shared`` is whether there are others where it stands.

    Where there are none, one that is made anew for every test is the new tests' own; what lives longer outlasts
    them. One made of options that cannot be read may be any.
    """
    options = {item.arg: item.value for item in call.keywords}
    if None in options:
        return names.full(call.func).endswith("fixture")
    automatic = options.get(_AUTOMATIC, _NO)
    lasting = options.get("scope", _EACH)
    return not _is(automatic, value=False) and (shared or not _is(lasting, value="function"))


def _is(node: ast.expr, *, value: object) -> bool:
    return isinstance(node, ast.Constant) and node.value == value


def _classes(*nodes: ast.stmt) -> frozenset[str]:
    return frozenset(node.name for node in nodes if isinstance(node, ast.ClassDef))


def _fixtures(node: ast.stmt, names: Names) -> Iterator[str]:
    """Give the names by which a function can be asked for, where it is a fixture."""
    marks = node.decorator_list if isinstance(node, _FUNCTIONS) else []
    for mark in marks:
        call = mark if isinstance(mark, ast.Call) else ast.Call(mark, [], [])
        if isinstance(node, _FUNCTIONS) and names.full(call.func).endswith("fixture"):
            yield node.name
            yield from (item.value.value for item in call.keywords if _is_word(item.value))


def _asked_for(tree: ast.AST) -> frozenset[str]:
    """List what functions of a file take, and the words that stand in their marks: names of fixtures among them."""
    found = {item.arg for item in ast.walk(tree) if isinstance(item, ast.arg)}
    marks = (item for node in ast.walk(tree) for item in getattr(node, "decorator_list", ()))
    words = {item.value for mark in marks for item in ast.walk(mark) if _is_word(item)}
    return frozenset(found | words)


def _is_word(node: ast.AST) -> TypeGuard[_Word]:
    return isinstance(node, ast.Constant) and isinstance(node.value, str)


def _bound(node: ast.stmt) -> frozenset[str]:
    if isinstance(node, _FUNCTIONS):
        return frozenset({node.name})
    return frozenset(assigned(ast.Module([node], [])))


def stopping_the_clock(tree: ast.Module) -> frozenset[str]:
    """Name the tests and classes that stop the clock below Python: themselves, or by a function of the file.

    To import what could, or to speak of it, is not to do it.
    """
    names = Names.of(tree)
    parts = dict(_parts(tree))
    found: set[str] = {name for name, node in parts.items() if _stops(node, names, own=_CLOCK in parts)}
    while more := {name for name, node in parts.items() if name not in found and not found.isdisjoint(_uses(node))}:
        found |= more
    prepared = {name.partition("::")[0] for name in found if name.rpartition("::")[2] in _BEFORE_EACH}
    return frozenset(found | prepared)


def _parts(tree: ast.Module) -> Iterator[tuple[str, ast.AST]]:
    """Give functions, and those of classes, by the names that node ids use; of a class alone, what stands around it."""
    for node in tree.body:
        if isinstance(node, _FUNCTIONS):
            yield node.name, node
        elif isinstance(node, ast.ClassDef):
            yield node.name, ast.Module([ast.Expr(item) for item in node.decorator_list], [])
            yield from ((f"{node.name}::{item.name}", item) for item in node.body if isinstance(item, _FUNCTIONS))


def _stops(node: ast.AST, names: Names, *, own: bool) -> bool:
    """Tell whether a part travels, or moves the clock by the library's fixture; ``own`` is whether that is another."""
    calls = {names.full(item.func) for item in ast.walk(node) if isinstance(item, ast.Call)}
    given = not own and any(isinstance(item, ast.arg) and item.arg == _CLOCK for item in ast.walk(node))
    imported = any(name == _CLOCK or name.startswith(f"{_CLOCK}.") for name in names.imported.values())
    return (imported and not _TRAVELS.isdisjoint(calls)) or (given and not _MOVES.isdisjoint(calls))


def _uses(node: ast.AST) -> frozenset[str]:
    """List the names that a part mentions, takes, or is marked with."""
    return _asked_for(node).union(item.id for item in ast.walk(node) if isinstance(item, ast.Name))
