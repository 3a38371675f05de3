"""Judges that a stub was given a body: the stub is gone, and its face and surroundings are as before.

What the body does is for tests and doctests to judge. What can be seen without running it is seen
here: a body that still waits in places, that never returns what it promises, or that looks at
nothing it is given.
"""

from __future__ import annotations

import ast
import doctest
import re
from collections.abc import Iterator

from lastmile.cascade.verdict import Finding
from lastmile.docstrings.signature import last_name
from lastmile.oracles.escaping import escapes
from lastmile.oracles.frame import Pair, face, pair, rest
from lastmile.oracles.reading import Function, Target, code, documentation
from lastmile.oracles.returns import own, promises_value, returns
from lastmile.oracles.stubs import UNWRITTEN, is_nothing, is_stub, marks

_UNCONDITIONAL = re.compile(r"\b(?:always|never|ignor\w*|unused|constant|no-op|nothing)\b", re.IGNORECASE)


def judge(old: str, new: str, target: Target) -> tuple[Finding, ...]:
    """List why the stub is not implemented; empty where it is, as far as can be seen."""
    both = pair(old, new, target)
    if isinstance(both, Finding):
        return (both,)
    found = (*face(both), *rest(both, imports=True))
    return found or (*_body(both), *escapes(both))


def has_examples(docstring: str | None) -> bool:
    """Tell whether a docstring holds examples that can be run."""
    try:
        return bool(doctest.DocTestParser().get_examples(docstring or ""))
    except ValueError:
        return False


def _body(both: Pair) -> Iterator[Finding]:
    new, name = both.new, both.new.name
    if is_stub(new, both.after):
        yield both.finding(f"`{name}` is still a stub.")
        return
    for mark in marks(new, both.after):
        yield both.finding(f"The body leaves something to be done: {mark[:80]}")
    told = UNWRITTEN in (documentation(new) or "")
    for node in (item for statement in new.body for item in ast.walk(statement)):
        if isinstance(node, ast.Raise) and last_name(node.exc) == UNWRITTEN and not told:
            yield both.finding(f"The body still raises {UNWRITTEN}.", node)
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and node.value.value is ...:
            yield both.finding("The body still holds dots in the place of code.", node)
    if promises_value(new) and not any(returns(new)):
        yield both.finding(f"`{name}` promises {ast.unparse(new.returns or new.args)}, and never returns a value.")
    if _looks_at_nothing(new):
        yield both.finding(f"The body of `{name}` looks at none of its parameters.")


def _looks_at_nothing(node: Function) -> bool:
    """Tell whether a body that answers with a constant has parameters that it could have looked at."""
    taken = {item.arg for item in ast.walk(node.args) if isinstance(item, ast.arg)}
    if not taken or _UNCONDITIONAL.search(documentation(node) or ""):
        return False
    used = {item.id for statement in code(node) for item in ast.walk(statement) if isinstance(item, ast.Name)}
    says = [item.value for item in own(node) if isinstance(item, ast.Return)]
    return not used & taken and bool(says) and all(map(is_nothing, says))
