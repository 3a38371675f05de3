"""How far a finding reaches: the statements that may change or go because a rule is about them as well.

A rule about one place, one name or one expression reaches no further than that, and no rule further than its tool's
own fix, where it has one; of the others, what stands right beside the finding may give way.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Collection, Iterator

from lastmile.oracles.fixing.steps import Step, meets
from lastmile.oracles.fixing.values import Mended
from lastmile.oracles.reading import Definition, Function
from lastmile.text.edits import Span

_HEADS = re.compile(r"D\d+|ANN\d+")
"""Rules that are told of a function by its name and are not about its body."""

_NAMED = re.compile(r"(?:A|ANN|B|BLE|C4|COM|DTZ|EM|ERA|FLY|G|ISC|LOG|N|PTH|Q|RUF|S|T20|UP|W)\d+|PLR2004|PLR1714")
"""Rules about an expression, a name or a statement. At most the handler around it is to name its error."""


def near(both: Mended) -> set[int]:
    """Give the statements, by `id`, that a rule may take in beside its finding: none where its tool's fix tells."""
    if both.place.is_pinpoint or both.place.edits:
        return set()
    touched = [step for step in both.old if both.place.touches(step.span)]
    if _NAMED.fullmatch(both.place.code):
        handlers = {id(next(filter(_is_handler, reversed(step.around)), None)) for step in touched}
        return {id(step) for step in both.old if id(step.node) in handlers}
    return _beside(both.old, touched, both.before.module)


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
    """Give the steps, by `id`, beside the touched ones and those inside of such.

    Where a touched one is all that a block holds, the holder counts as touched too.
    """
    beside: set[int] = set()
    chain: set[int] = set()
    for step in touched:
        around = (module, *step.around)
        for holder, inner in zip(around[-2::-1], around[:0:-1], strict=True):
            chain.add(id(inner))
            block = next((items for items in _blocks(holder) if any(item is inner for item in items)), [inner])
            at = next(place for place, item in enumerate(block) if item is inner)
            beside |= {id(item) for item in (*block[max(0, at - 1) : at], *block[at + 1 : at + 2])}
            if len(block) > 1 or isinstance(holder, Definition):
                break
    within = beside | {id(step.node) for step in touched}
    return {id(step) for step in found if any(id(item) in within for item in step.around) or id(step.node) in chain}


def _blocks(node: ast.AST) -> Iterator[list[ast.AST]]:
    for name in ("body", "orelse", "finalbody"):
        items = getattr(node, name, None)
        if isinstance(items, list) and items:
            yield items


def _is_handler(node: ast.AST) -> bool:
    return isinstance(node, ast.ExceptHandler)
