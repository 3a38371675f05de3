"""How far a finding reaches: the statements that may change or go because a rule is about them as well.

A rule about one place reaches no further than that place, and no rule further than its tool's own fix, where it has
one; of the others, what stands beside the finding may give way.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Collection, Iterator

from lastmile.oracles.fixing.steps import Step, meets
from lastmile.oracles.fixing.values import Mended
from lastmile.oracles.reading import Function
from lastmile.text.edits import Span

_HEADS = re.compile(r"D\d+|ANN\d+")
"""Rules that are told of a function by its name and are not about its body."""


def near(both: Mended) -> set[int]:
    """Give the statements, by `id`, that a rule may take in beside its finding: none where its tool's fix tells."""
    if both.place.is_pinpoint or both.place.edits:
        return set()
    return _beside(both.old, [step for step in both.old if both.place.touches(step.span)], both.before.module)


def is_free(both: Mended, step: Step) -> bool:
    """Tell whether the finding is about a statement, or about the function that holds it."""
    if meets(both.place.span, step.span) or id(step.node) in both.by_tool:
        return True
    holders = (node for node in step.around if isinstance(node, Function))
    return not _HEADS.fullmatch(both.place.code) and any(_is_named(both, node) for node in holders)


def _is_named(both: Mended, node: Function) -> bool:
    """Tell whether a finding is told of a function by its name."""
    start = both.before.span(node).start
    name = re.compile(r"(?:async\s+)?def\s+").match(both.before.text, start)
    return name is not None and meets(both.place.span, Span(name.end(), name.end() + len(node.name)))


def _beside(found: Collection[Step], touched: Collection[Step], module: ast.Module) -> set[int]:
    """Give the steps, by `id`, beside the touched ones and beside what holds those, and those inside of them."""
    chain = {id(item) for step in touched for item in (module, *step.around)}
    beside = set()
    for step in found:
        for holder in (module, *step.around[:-1]):
            for block in _blocks(holder):
                places = [at for at, item in enumerate(block) if id(item) in chain]
                beside |= {id(block[at]) for place in places for at in (place - 1, place + 1) if 0 <= at < len(block)}
    inner = beside | {id(step.node) for step in touched}
    return {id(step) for step in found if any(id(item) in inner for item in step.around) or id(step.node) in chain}


def _blocks(node: ast.AST) -> Iterator[list[ast.AST]]:
    for name in ("body", "orelse", "finalbody"):
        items = getattr(node, name, None)
        if isinstance(items, list) and items:
            yield items
