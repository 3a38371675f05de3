"""Reads what a draft adds to a test file: which tests, and what no test of ours may do.

Pure functions of two texts that parse; nothing here runs a test.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from attrs import frozen

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
_SLEEPS = {"time.sleep", "asyncio.sleep", "sleep", "anyio.sleep", "trio.sleep"}
_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)


@frozen
class Reading:
    """What a draft adds."""

    names: tuple[str, ...] = ()
    """The new tests, as node ids go on after the file."""

    faults: tuple[str, ...] = ()
    """What is wrong with the draft whatever its tests answer."""


def read(old: str, new: str) -> Reading:
    """Compare a test file with what a draft makes of it."""
    try:
        before, tree = ast.parse(old), ast.parse(new)
        known, now = dict(_tests(before)), dict(_tests(tree))
        names = tuple(name for name in now if name not in known)
        found = [*_lost(known, now), *(why for name in names for why in _habits(now[name])), *_network(before, tree)]
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        return Reading(faults=(f"The new tests cannot be read: {error}.",))
    return Reading(names, tuple(dict.fromkeys(found or ([] if names else ["The draft adds no test."]))))


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


def _habits(node: ast.AST) -> Iterator[str]:
    name = getattr(node, "name", "a test")
    checks = False
    for item in ast.walk(node):
        if isinstance(item, ast.Call) and _waits(item):
            yield f"{name} sleeps: a test must not wait for time to pass."
        checks = checks or _checks(item)
    if not checks:
        yield f"{name} checks nothing."


def _waits(call: ast.Call) -> bool:
    zero = bool(call.args) and isinstance(call.args[0], ast.Constant) and call.args[0].value == 0
    return ast.unparse(call.func) in _SLEEPS and not zero


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
