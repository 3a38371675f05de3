"""Makes calls of the functions that the texts change, from their annotations and defaults.

Standard library only, for the project's own interpreter; where hypothesis can be imported there, it
makes values of types that our own table does not know, the same ones each time. What the tests'
own calls have in common tells which of these calls are near; where no test calls a function, its
types are all that is known of what callers keep to, and every call is near.
"""

# ruff: noqa: ANN401 - values of any type pass through here: they are the project's own

from __future__ import annotations

import ast
import contextlib
import inspect
import signal
import typing
from collections.abc import Iterator
from typing import Any, Dict, Tuple

Given = Dict[str, Any]
Call = Tuple[str, Given, bool, bool]
_SECONDS = 1.0
"""Seconds that hypothesis may take for all of its calls of one function."""

_WORDS = 400
"""Characters of a call's arguments: longer ones are no question that a person reads."""


def generated(request: dict[str, Any], module: Any, known: list[Call], tools: dict[str, Any]) -> list[Call]:
    """Give calls that are not known yet; ``tools`` has `calls` of inputs, `Common` of calls, and whether to hurry."""
    nodes = _changed(request["text"], request["texts"])
    share = max(10, request["inputs"] // 2) // max(1, len(nodes))
    found: list[Call] = []
    for node in nodes:
        function = getattr(module, node.name, None)
        mine = [given for name, given, *_rest in known if name == node.name]
        with contextlib.suppress(Exception):
            common = tools["Common"](mine) if mine else None
            made = _distinct(_made(function, node, tools, share), mine, share)
            found.extend((node.name, given, common is None or _holds(common, given), False) for given in made)
    return found


def _changed(old: str, texts: list[str]) -> list[Any]:
    """List the functions of the top level that differ in one of the texts and are called alike in all of them."""
    before = _functions(old)
    after = [_functions(text) for text in texts]
    return [
        node
        for name, node in before.items()
        if any(name in there and ast.dump(there[name]) != ast.dump(node) for there in after)
        and all(name not in there or ast.dump(there[name].args) == ast.dump(node.args) for there in after)
    ]


def _functions(text: str) -> dict[str, Any]:
    try:
        body = ast.parse(text).body
    except (SyntaxError, ValueError):
        return {}
    return {node.name: node for node in body if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))}


def _made(function: Any, node: Any, tools: dict[str, Any], share: int) -> Iterator[Given]:
    """Give arguments by name: at first those of hypothesis, which are fewer."""
    if not tools["hurry"]:
        yield from _by_hypothesis(function, share // 3)
    signature = inspect.signature(function)
    for call in _spread(tools["calls"](node, ()), share):
        args, kwargs = eval(f"(lambda *a, **k: (a, k))({call})", {})  # noqa: S307 - our own literals
        bound = signature.bind(*args, **kwargs)
        bound.apply_defaults()
        yield dict(bound.arguments)


def _spread(calls: tuple[str, ...], share: int) -> tuple[str, ...]:
    """Take so many, from the first to the last: each parameter has its edges in a stretch of its own."""
    step = max(1, len(calls) // max(1, share))
    return (*calls[::step], *calls[1::step])


def _by_hypothesis(function: Any, most: int) -> list[Given]:
    """Draw arguments by the annotations and defaults, as far as hypothesis is there, knows the types and is quick.

    Where it may write nothing, it makes up its table of letters each time, which takes seconds.
    """
    found: list[Given] = []
    signal.signal(signal.SIGALRM, _late)
    signal.setitimer(signal.ITIMER_REAL, _SECONDS, _SECONDS / 4)
    with contextlib.suppress(BaseException):
        _draw(function, most, found)
    with contextlib.suppress(_LateError):
        signal.setitimer(signal.ITIMER_REAL, 0)
    return found


def _draw(function: Any, most: int, found: list[Given]) -> None:
    import hypothesis  # noqa: PLC0415 - it need not be there
    from hypothesis import strategies  # noqa: PLC0415 - as above

    hints = typing.get_type_hints(function)
    wanted = {name: _type(item, hints) for name, item in inspect.signature(function).parameters.items()}
    if not wanted or None in wanted.values():
        return
    draw = strategies.fixed_dictionaries({name: strategies.from_type(kind) for name, kind in wanted.items()})
    settings = hypothesis.settings(
        derandomize=True,
        database=None,
        deadline=None,
        max_examples=most,
        phases=[hypothesis.Phase.generate],
        suppress_health_check=list(hypothesis.HealthCheck),
    )

    def keep(given: Given) -> None:
        if len(repr(given)) <= _WORDS:
            found.append(given)

    settings(hypothesis.given(draw)(keep))()


class _LateError(BaseException):
    """The values take too long to make."""


def _late(*_signal: object) -> None:
    raise _LateError


def _type(item: inspect.Parameter, hints: dict[str, Any]) -> Any:
    """Give the type of a parameter; None where it is not known."""
    if item.kind in {item.VAR_POSITIONAL, item.VAR_KEYWORD}:
        return None
    if item.name in hints:
        return hints[item.name]
    return None if item.default in {item.empty, None} else type(item.default)


def _distinct(made: Iterator[Given], mine: list[Given], most: int) -> Iterator[Given]:
    seen = {_key(given) for given in mine}
    for given in made:
        key = _key(given)
        if key not in seen and len(key) <= _WORDS:
            seen.add(key)
            most -= 1
            yield given
        if most <= 0:
            return


def _key(given: Given) -> str:
    return repr(sorted(given.items(), key=lambda item: item[0]))


def _holds(common: Any, given: Given) -> bool:
    try:
        return bool(common.holds(given))
    except Exception:  # noqa: BLE001 - a fence: values of other types than the tests' cannot be measured by theirs
        return False
