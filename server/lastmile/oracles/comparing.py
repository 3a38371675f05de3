"""The script that calls a function as it was and as it is, and tells the first call on which they differ.

This module runs in the project's interpreter, on its own: it imports the standard library alone, and
its source is sent there as text. What a call does is what it returns or raises, what it prints, and
what it leaves of its arguments. A call on which the old function does not agree with itself, or does
not end, is left out.
"""

from __future__ import annotations

import asyncio
import contextlib
import importlib
import inspect
import io
import itertools
import json
import os
import pathlib
import signal
import sys
import types
from typing import Any

_DEEP = 6
_LONG = 1000
_CALL_SECONDS = 0.25


class _TooLongError(BaseException):
    """A call does not end."""


def compare(path: str, before: str, qualname: str, calls: list[str]) -> dict[str, Any]:
    """Compare the function of a module's text before with the one that stands in its file."""
    after_module = load(path)
    before_module = types.ModuleType(after_module.__name__)
    before_module.__file__ = path
    before_module.__package__ = after_module.__package__
    exec(compile(before, path, "exec", dont_inherit=True), before_module.__dict__)  # noqa: S102 - it runs in the sandbox
    old, new = (find(module, qualname) for module in (before_module, after_module))
    compared = returned = 0
    for call in calls:
        first, again = _done(old, call), _done(old, call)
        if first != again or first[0] == "does not end":
            continue
        compared += 1
        returned += first[0] == "gives"
        now = _done(new, call)
        if now != first:
            return {
                "compared": compared,
                "returned": returned,
                "call": call,
                "before": _told(first),
                "after": _told(now),
            }
    return {"compared": compared, "returned": returned}


def load(path: str) -> types.ModuleType:
    """Import a module by its file, as the package that it lies in would."""
    folder, name = os.path.split(path)
    names = [] if name == "__init__.py" else [name.rpartition(".")[0]]
    while pathlib.Path(folder, "__init__.py").exists():
        folder, package = os.path.split(folder)
        names.insert(0, package)
    sys.path.insert(0, folder)
    return importlib.import_module(".".join(names))


def find(module: types.ModuleType, qualname: str) -> Any:  # noqa: ANN401 - whatever is there
    """Give what a qualified name stands for."""
    found: Any = module
    for name in qualname.split("."):
        found = getattr(found, name)
    return found


def _done(function: Any, call: str) -> tuple[str, ...]:  # noqa: ANN401 - whatever is there
    """Call a function, and write down all that shows."""
    args, kwargs = eval(f"(lambda *a, **k: (a, k))({call})", {})  # noqa: S307 - our own literals
    printed = io.StringIO()
    try:
        with contextlib.redirect_stdout(printed), _limit():
            result = _whole(function(*args, **kwargs))
        what = ("gives", _portrait(result))
    except _TooLongError:
        return ("does not end",)
    except BaseException as error:  # noqa: BLE001 - whatever a call raises is what it does
        what = ("raises", type(error).__name__)
    return (*what, _portrait((args, kwargs)), printed.getvalue()[:_LONG])


def _told(done: tuple[str, ...]) -> str:
    if len(done) == 1:
        return done[0]
    printed = f", printing {done[3]!r}" if done[3] else ""
    return f"{done[0]} {done[1]} (arguments afterwards: {done[2]}{printed})"[:400]


@contextlib.contextmanager
def _limit() -> Any:  # noqa: ANN401 - a generator
    """Stop a call that takes too long, where the platform has a timer."""
    if not hasattr(signal, "setitimer"):
        yield
        return
    signal.signal(signal.SIGALRM, _stop)
    signal.setitimer(signal.ITIMER_REAL, _CALL_SECONDS)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)


def _stop(*_args: object) -> None:
    raise _TooLongError


def _whole(result: Any) -> Any:  # noqa: ANN401 - whatever is there
    """Run what a call only began."""
    if inspect.iscoroutine(result):
        return asyncio.run(result)
    if inspect.isgenerator(result) or type(result) in {map, filter, zip, enumerate, reversed}:
        return [type(result).__name__, *itertools.islice(result, _LONG)]
    return result


def _portrait(value: Any, depth: int = 0) -> str:  # noqa: ANN401, PLR0911 - whatever is there, one form for each type
    """Write a value so that equal ones of two copies of a module look the same."""
    if depth > _DEEP:
        return "…"
    if type(value) in {set, frozenset}:
        return f"{type(value).__name__}({sorted(_portrait(item, depth + 1) for item in value)})"
    if type(value) in {list, tuple}:
        return f"{type(value).__name__}({', '.join(_portrait(item, depth + 1) for item in value)})"
    if type(value) is dict:
        pairs = (f"{_portrait(key, depth + 1)}: {_portrait(item, depth + 1)}" for key, item in value.items())
        return f"dict({', '.join(pairs)})"
    if value is None or type(value) in {bool, int, float, complex, str, bytes, bytearray, range, slice}:
        return repr(value)
    if isinstance(value, type) or callable(value):
        return f"{type(value).__name__} {getattr(value, '__qualname__', '')}"
    return f"{type(value).__qualname__}({_portrait(dict(getattr(value, '__dict__', {})), depth + 1)})"


def examples(path: str, qualname: str) -> dict[str, Any]:
    """Run the examples in a docstring; gives how many there are and what went wrong with the first that failed."""
    import doctest  # noqa: PLC0415 - the other script does without it

    module = load(path)
    function = inspect.unwrap(find(module, qualname))
    found = doctest.DocTestParser().get_doctest(inspect.getdoc(function) or "", vars(module).copy(), qualname, path, 0)
    said = io.StringIO()
    done = doctest.DocTestRunner(verbose=False, optionflags=doctest.ELLIPSIS).run(found, out=said.write)
    return {"failed": done.failed, "attempted": done.attempted, "said": said.getvalue()[:2000]}


def main(job: str, arguments: dict[str, Any], mark: str) -> None:
    """Do one job, and print its answer as the last line, behind a mark that the code under test was not told."""
    out = sys.stdout
    answer = compare(**arguments) if job == "compare" else examples(**arguments)
    out.write(f"\n{mark}{json.dumps(answer)}\n")
