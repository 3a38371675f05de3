"""Whether ruff's annotation of what a function gives back is right, as far as the function's own text shows.

Only `None` and the types of literals are believed, in a function that nothing but Python itself looks at:
a decorator may act on annotations. An empty method says nothing of what those give back that override it.
"""

from __future__ import annotations

import ast
import re
from copy import copy

from lastmile.docstrings.signature import decorators
from lastmile.oracles.annotation_faults import return_fault
from lastmile.oracles.reading import Function
from lastmile.oracles.stubs import is_filler
from lastmile.text.code import Code
from lastmile.text.diagnostic import Diagnostic

RULES = frozenset({"ANN201", "ANN202", "ANN204", "ANN205", "ANN206"})
"""Ruff's rules of returns without an annotation."""

_TYPE = r"(?:None|bool|int|float|complex|str|bytes)"
_RETURN = re.compile(rf" -> (?P<type>{_TYPE}(?: \| {_TYPE})*)")
_PLAIN = {"staticmethod", "classmethod", "property", "cached_property", "setter", "deleter", "override", "final"}


def is_right(code: Code, problem: Diagnostic) -> bool:
    """Tell whether a fix does no more than to say what the function surely gives back."""
    found = [_RETURN.fullmatch(edit.text) for edit in problem.fix.edits if not len(edit.span)] if problem.fix else []
    node = _function(code, problem)
    if problem.fix is None or len(problem.fix.edits) != 1 or node is None or not found or found[0] is None:
        return False
    told = copy(node)
    told.returns = ast.parse(found[0]["type"], mode="eval").body
    return set(decorators(node)) <= _PLAIN and not _may_differ(code, node) and not return_fault(told)


def _function(code: Code, problem: Diagnostic) -> Function | None:
    """Give the function whose name the finding stands on."""
    around = (node for node in code.around(problem.span) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))
    return min(around, key=lambda node: len(code.span(node)), default=None)


def _may_differ(code: Code, node: Function) -> bool:
    """Tell whether a method that does nothing is there for others to override, who may give something back."""
    in_class = isinstance(code.parents.get(node), ast.ClassDef)
    return in_class and node.name != "__init__" and all(map(is_filler, node.body))
