"""Reads what a draft adds to a test file: which tests, and what is wrong with them at sight.

Pure functions of two texts that parse; nothing here runs a test.
"""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterator

from attrs import frozen

from lastmile.cascade.verdict import Finding
from lastmile.oracles.new_tests.habits import assigned, habits
from lastmile.oracles.new_tests.reach import others_reached, stopping_the_clock
from lastmile.oracles.reading import CHECK

_NETWORK = {
    "socket",
    "requests",
    "httpx",
    "aiohttp",
    "urllib.request",
    "http.client",
    "ftplib",
    "smtplib",
    "websockets",
}
_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)


@frozen
class Reading:
    """What a draft adds."""

    names: tuple[str, ...] = ()
    """The new tests, as node ids go on after the file."""

    known: tuple[str, ...] = ()
    """Those that were there."""

    faults: tuple[str, ...] = ()
    """What is wrong with the draft whatever its tests answer."""

    dated: tuple[str, ...] = ()
    """Those of the new tests that do not stop the clock below Python."""


def read(old: str, new: str) -> Reading:
    """Compare a test file with what a draft makes of it."""
    try:
        before, tree = ast.parse(old), ast.parse(new)
        known, now = dict(_tests(before)), dict(_tests(tree))
        names = tuple(name for name in now if name not in known)
        idle = (f"{_name(now[name])} checks nothing." for name in names if not any(map(_checks, ast.walk(now[name]))))
        reached = others_reached(before, tree, tests=bool(known))
        own = [*_lost(known, now), *_overlaid(before, tree), *reached]
        found = [*own, *idle, *habits(before, tree), *_network(before, tree)]
        stopped = stopping_the_clock(tree)
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        return Reading(faults=(f"The new tests cannot be read: {error}.",))
    faults = tuple(dict.fromkeys(found or ([] if names else ["The draft adds no test."])))
    dated = tuple(name for name in names if stopped.isdisjoint((name, name.partition("::")[0])))
    return Reading(names, tuple(known), faults, dated)


def at_sight(old: str, new: str) -> tuple[Finding, ...]:
    """Say what is wrong with a draft before anything runs."""
    return tuple(Finding(CHECK, why) for why in read(old, new).faults)


def _lost(known: dict[str, ast.AST], now: dict[str, ast.AST]) -> Iterator[str]:
    for name, node in known.items():
        if name not in now:
            yield f"The draft takes the test {name} away."
        elif ast.dump(now[name]) != ast.dump(node):
            yield f"The draft changes the test {name}."


def _network(before: ast.Module, tree: ast.Module) -> Iterator[str]:
    for name in sorted((_modules(tree) - _modules(before)) & _NETWORK):
        yield f"The new tests import {name}: a test must not need the network."


def _tests(tree: ast.Module) -> Iterator[tuple[str, ast.AST]]:
    for node in tree.body:
        if isinstance(node, _FUNCTIONS) and node.name.startswith("test"):
            yield node.name, node
        elif isinstance(node, ast.ClassDef):
            inner = (item for item in node.body if isinstance(item, _FUNCTIONS) and item.name.startswith("test"))
            yield from ((f"{node.name}::{item.name}", item) for item in inner)


def _overlaid(before: ast.Module, tree: ast.Module) -> Iterator[str]:
    """Name what tests that are there may use, and what a draft gives another meaning: variables, fixtures."""
    old, new = (Counter(_defined(part)) for part in (before, tree))
    changed = {name for name, _ in old - new} | {
        name for name, _ in new - old if any(name == known for known, _ in old)
    }
    yield from (f"The draft changes {name}, which tests that are there may use." for name in sorted(changed))


def _defined(tree: ast.Module) -> Iterator[tuple[str, str]]:
    """Give each variable and function of a file that is no test, with all that is said of it."""
    for node in tree.body:
        if isinstance(node, _FUNCTIONS) and not node.name.startswith("test"):
            yield node.name, ast.dump(node)
        elif isinstance(node, ast.Assign | ast.AnnAssign):
            yield from ((name, ast.dump(node)) for name in assigned(ast.Module([node], [])))


def _name(node: ast.AST) -> str:
    return str(getattr(node, "name", "a test"))


def _checks(node: ast.AST) -> bool:
    """Tell whether something can fail here: an assert, pytest's ``raises`` and its like, a method of unittest."""
    if isinstance(node, ast.Assert):
        return True
    if not isinstance(node, ast.Call):
        return False
    name = ast.unparse(node.func).rsplit(".", 1)[-1]
    return name in {"raises", "warns", "fail"} or name.startswith("assert")


def _modules(tree: ast.Module) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names} | {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found |= {node.module, node.module.split(".")[0], *(f"{node.module}.{alias.name}" for alias in node.names)}
    return found
