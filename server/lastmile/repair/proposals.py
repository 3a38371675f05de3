"""All small changes that may repair a text, most likely first.

It parses and compares trees, so it runs in the worker process. It runs nothing of what it proposes.
"""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence

from attrs import evolve

from lastmile.repair.endless import never_ends
from lastmile.repair.families import FAMILIES
from lastmile.repair.localise import suspicion
from lastmile.repair.priors import PRIORS
from lastmile.repair.reaching import dead
from lastmile.repair.site import Pool, Site
from lastmile.repair.values import Evidence, Proposal
from lastmile.text.code import Code
from lastmile.text.edits import Replacement, Span, apply
from lastmile.text.parsing import tree

MOST = 4000
"""How many proposals are kept: many times what can be tried within any budget."""


def proposals(text: str, evidence: Evidence, target: Span | None = None) -> tuple[Proposal, ...]:
    """List the changes within the target's functions, or all functions, likeliest first."""
    code = Code.of(text)
    if code is None:
        return ()
    suspect = suspicion(evidence, text.count("\n") + 1)
    found = _weighed([item for site in sites(code, target) for item in _at(site, suspect)])
    found.sort(key=lambda item: (-item.score, item.line, item.label))
    return tuple(found[:MOST])


def _weighed(found: list[Proposal]) -> list[Proposal]:
    """Share the weight of each kind among all its changes, so that a kind with many is not tried at length."""
    mass: defaultdict[str, float] = defaultdict(float)
    for item in found:
        mass[item.kind] += item.score
    return [evolve(item, score=PRIORS[item.kind] * item.score / max(1.0, mass[item.kind])) for item in found]


def sites(code: Code, target: Span | None) -> Iterator[Site]:
    """Walk the statements of the functions and the expressions that belong to each."""
    functions = [node for node in ast.walk(code.tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]
    chosen = [node for node in functions if target is None or target.contains(code.span(node))]
    for function in chosen:
        if not any(above in chosen for above in code.above(function)):
            yield from _within(code, function)


def _within(code: Code, function: ast.FunctionDef | ast.AsyncFunctionDef) -> Iterator[Site]:
    pool = Pool(code, function)
    for node in ast.walk(function):
        if isinstance(node, ast.stmt) and node is not function and not _is_docstring(node):
            yield Site(pool, node, node)
            yield from (Site(pool, inner, node) for inner in _expressions(node))


def _is_docstring(node: ast.stmt) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


def _expressions(node: ast.AST) -> Iterator[ast.AST]:
    """Walk what a statement evaluates itself, the statements within it aside."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.stmt | ast.arguments | ast.expr_context | ast.operator | ast.cmpop | ast.boolop):
            continue
        if isinstance(child, ast.expr):
            yield child
        yield from _expressions(child)


def _at(site: Site, suspect: Mapping[int, float]) -> Iterator[Proposal]:
    line, level = _suspicion(site, suspect)
    for family in FAMILIES:
        for item in family(site):
            yield Proposal(item.kind, item.label, line, level * item.share, item.plain, item.safe)


def _suspicion(site: Site, suspect: Mapping[int, float]) -> tuple[int, float]:
    """Give the line of a site and how suspect it is: its statement's head, or its own line if that is more."""
    body = getattr(site.statement, "body", None)
    end = body[0].lineno - 1 if isinstance(body, list) and body else site.statement.end_lineno
    head = range(site.statement.lineno, max(site.statement.lineno, end or 0) + 1)
    line = getattr(site.node, "lineno", site.statement.lineno)
    return line, max((suspect.get(row, 0.0) for row in head), default=0.0)


def parsed(text: str, items: Sequence[Proposal]) -> tuple[tuple[str, str] | None, ...]:
    """Give, for each proposal, the text that it leads to and a key of its meaning; None where it does not parse.

    None too where it makes code that was reached before unreachable. The key is the same for texts
    that differ in layout alone. Brackets are written only where they change what is meant.
    """
    around = _frames(text)
    return tuple(_parsed(text, item, around) for item in items)


def _parsed(text: str, item: Proposal, around: Mapping[Span, int]) -> tuple[str, str] | None:
    """Make one change; ``around`` gives the statements of the top level and how much of each never runs."""
    span = next((span for span in around if all(span.contains(edit.span) for edit in item.safe)), None)
    if span is None:
        span = Span(0, len(text))
    module = tree(_part(text, span, item.safe))
    if module is None or never_ends(module) or dead(module) > around.get(span, sum(around.values())):
        return None
    safe = ast.dump(module)
    plain = tree(_part(text, span, item.plain))
    edits = item.plain if plain is not None and ast.dump(plain) == safe else item.safe
    return apply(text, edits), f"{span.start}:{safe}"


def _part(text: str, span: Span, edits: Iterable[Replacement]) -> str:
    inner = (Replacement(Span(e.span.start - span.start, e.span.end - span.start), e.text) for e in edits)
    return apply(span.of(text), inner)


def _frames(text: str) -> Mapping[Span, int]:
    """Give the statements of the top level, for changes are compared within one, and how much of each is dead."""
    module = tree(text)
    code = None if module is None else Code(text, module)
    return {} if code is None else {code.span(node): dead(node) for node in code.tree.body}
