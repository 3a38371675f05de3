"""Judges that a function became simpler and kept its face; whether it does the same is for runs to judge.

A part may move into new private functions beside it. Then the most complex of them all counts.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from lastmile.cascade.verdict import Finding
from lastmile.oracles.complexity import complexity
from lastmile.oracles.frame import Pair, came, face, module_names, pair, rest
from lastmile.oracles.reading import Definition, Function, Target

_HIDDEN = {"exec", "eval", "compile", "__import__"}
"""Calls that hide code from every measure."""


def judge(old: str, new: str, target: Target) -> tuple[Finding, ...]:
    """List why the function is no simpler: its complexity has to fall."""
    return _judged(old, new, target, fall=True)


def judge_no_worse(old: str, new: str, target: Target) -> tuple[Finding, ...]:
    """List why the function is worse: its complexity may stay, as something else has to become less."""
    return _judged(old, new, target, fall=False)


def _judged(old: str, new: str, target: Target, *, fall: bool) -> tuple[Finding, ...]:
    both = pair(old, new, target)
    if isinstance(both, Finding):
        return (both,)
    helpers = came(both)
    found = (*face(both), *_strangers(both, helpers), *rest(both, added=helpers))
    return found or (*_measured(both, helpers, fall=fall), *_hidden(both, helpers))


def _measured(both: Pair, helpers: list[Definition], *, fall: bool) -> Iterator[Finding]:
    before = complexity(both.old)
    parts: list[Function] = [both.new, *(node for node in helpers if isinstance(node, Function))]
    worst = max(parts, key=complexity)
    after = complexity(worst)
    if after > before or (fall and after == before):
        yield both.finding(
            f"The complexity of `{worst.name}` is {after}; `{both.old.name}` had {before} before.", worst
        )


def _strangers(both: Pair, helpers: list[Definition]) -> Iterator[Finding]:
    """Find what came beside the target and is no private function that the target calls."""
    known = module_names(both.before.module)
    called = {node.attr if isinstance(node, ast.Attribute) else getattr(node, "id", "") for node in ast.walk(both.new)}
    inner = {id(item) for node in helpers for item in ast.walk(node) if item is not node}
    for node in helpers:
        if id(node) in inner:
            continue
        used = called | {
            getattr(item, "id", getattr(item, "attr", ""))
            for other in helpers
            if other is not node
            for item in ast.walk(other)
        }
        if not isinstance(node, Function) or not node.name.startswith("_") or node.name in known:
            yield both.finding(f"`{node.name}` is new, and is no private function.", node)
        elif node.name not in used:
            yield both.finding(f"`{node.name}` is new, and nothing uses it.", node)


def _hidden(both: Pair, helpers: list[Definition]) -> Iterator[Finding]:
    known = {
        node.func.id for node in ast.walk(both.old) if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
    }
    for part in (both.new, *helpers):
        for node in ast.walk(part):
            name = node.func.id if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) else ""
            if name in _HIDDEN - known:
                yield both.finding(f"The draft hides code in {name}.", node)
