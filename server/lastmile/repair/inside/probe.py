"""Runs the same calls on several texts of a file and says, in words, what came of each.

It is a script for the project's own interpreter, in a contained process: standard library only, and
nothing of it is imported on our side. What the texts do is bounded in time; where it may run, and
what it may touch, is the business of whoever starts it.

`main` records the calls that the tests make into the file, makes more like them (`calls`) and more of
what types and defaults allow (`generated`, with `inputs`), reads what the documentation promises
(`promises`), and forks one child a text. It writes JSON rows: ``calls`` once, then ``text`` with ``call``
and ``came``, ``example`` and ``holds``, ``fact`` and ``holds``.
"""

# ruff: noqa: ANN401 - values of any type pass through here: they are the project's own

from __future__ import annotations

import contextlib
import copy
import importlib
import inspect
import io
import json
import os
import pathlib
import select
import signal
import sys
import time
import types
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

LATE_CALLS = 4
MINE = 0.8
"""The share of the time that is used here: starting took the rest, and who is late is killed with all he has said."""

RECORDING = 0.4
"""The share of the time after which no more tests are begun to record their calls, and hypothesis is left out."""

ITEMS = 200
WORDS = 600
RETURNS = "returns what is annotated: "
"""Begins the fact that a function keeps to its annotation; `groups` knows it by these words."""

SHARE = 1.5
"""What one text may take of the time, in even shares of what is left."""


class Late(BaseException):
    """A call went on past its deadline."""


def main(request: dict[str, Any], run_tests: Callable[[Callable[[], None]], None], out: Any) -> None:
    """Record the tests' calls on the original, then compare the texts.

    ``run_tests`` runs the request's tests in this process, each to its own deadline, and calls what it
    is given before each.
    """
    until = time.monotonic() + request["wall"] * MINE
    late = time.monotonic() + request["wall"] * RECORDING
    path = os.path.realpath(request["path"])
    recording = loaded(request["scripts"]["recording"])["Recording"](path, late)
    records = recording.of(run_tests) if request["tests"] else []
    module = next((m for m in list(sys.modules.values()) if _path(m) == path), None) or imported(path)
    tools = loaded(request["scripts"]["calls"])
    calls = tools["calls"](records, set(request["passing"]), request["inputs"])
    if module is not None:
        tools.update(calls=loaded(request["scripts"]["inputs"])["calls"], hurry=time.monotonic() > late)
        calls += loaded(request["scripts"]["generated"])["generated"](request, module, calls, tools)
    if module is None or not calls:
        say(out, trouble="the tests made no call into the file, and its types allow none")
        return
    promises = loaded(request["scripts"]["promises"])
    told = promises["read"](request["text"], {name for name, *_rest in calls})
    say(out, calls=[[shown(name, given), near, is_tested] for name, given, near, is_tested in calls])
    texts = [request["text"], *request["texts"]]
    for at, text in enumerate(texts):
        share = (until - time.monotonic()) / max(1, len(texts) - at) * SHARE
        work = Comparison(module, text, calls, told, promises, request["call_seconds"])
        for row in in_child(work, min(share, until - time.monotonic())):
            say(out, text=at - 1, **row)


def imported(path: str) -> Any:
    """Import the file as the package that it lies in would; None where it cannot be."""
    file = pathlib.Path(path)
    folder, names = file.parent, [file.stem][: file.name != "__init__.py"]
    while (folder / "__init__.py").exists():
        folder, names = folder.parent, [folder.name, *names]
    sys.path.insert(0, str(folder))
    try:
        return importlib.import_module(".".join(names))
    except BaseException:  # noqa: BLE001 - a fence: whatever the file does when it is imported, no call of it is made
        return None


def loaded(source: str) -> dict[str, Any]:
    """Load another of these scripts from its text, for it need not be on a disk that is in sight here."""
    space: dict[str, Any] = {"__name__": "lastmile_probe"}
    exec(compile(source, "lastmile_probe", "exec", dont_inherit=True), space)  # noqa: S102 - our own text
    return space


def say(out: Any, **row: Any) -> None:
    """Write one row."""
    out.write(json.dumps(row) + "\n")
    out.flush()


def _path(module: Any) -> str:
    name = getattr(module, "__file__", None)
    return os.path.realpath(name) if isinstance(name, str) else ""


class Comparison:
    """One text, run on every call."""

    def __init__(self, module: Any, text: str, calls: Any, told: Any, promises: Any, seconds: float) -> None:
        self.module, self.text, self.calls, self.seconds = module, text, calls, seconds
        self.told, self.promises = told, promises

    def __call__(self, out: Any) -> None:
        """Load the text, make the calls, look at the promises; runs in a child."""
        signal.signal(signal.SIGPROF, _late)
        space: dict[str, Any] = {}
        if self.bounded(partial(self.load, space))[0] != "-> None":
            return
        kept = dict(self.told["facts"])
        returned = dict(self.told["returned"])
        late = 0
        for at, (name, given, near, _tested) in enumerate(self.calls):
            came, value = self.call(space, name, given)
            late += came == "late"
            say(out, call=at, came=came)
            for fact in [f for f in kept if near and came.startswith("->")]:
                if not kept[fact](value, given):
                    del kept[fact]
                    say(out, fact=fact, holds=False)
            if came.startswith("->") and near and name in returned and not returned[name](value, given):
                say(out, fact=f"{RETURNS}{name}", holds=False)
                del returned[name]
            if late >= LATE_CALLS:
                break
        for fact in kept:
            say(out, fact=fact, holds=late < LATE_CALLS)
        for name in returned:
            say(out, fact=f"{RETURNS}{name}", holds=True)
        for at, example in enumerate(self.told["examples"]):
            holds = self.bounded(partial(self.promises["holds"], example, space))[1]
            say(out, example=at, holds=holds is True)

    def load(self, space: dict[str, Any]) -> None:
        """Load the text as a module of the same name."""
        fresh = types.ModuleType(self.module.__name__)
        kept = {key: value for key, value in vars(self.module).items() if key.startswith("__") and key != "__dict__"}
        fresh.__dict__.update(kept)
        sys.modules[self.module.__name__] = fresh
        exec(compile(self.text, fresh.__file__ or "text", "exec", dont_inherit=True), fresh.__dict__)  # noqa: S102 - what this process is for
        space.update(fresh.__dict__)

    def call(self, space: dict[str, Any], name: str, given: dict[str, Any]) -> tuple[str, Any]:
        """Make one call on copies of the arguments; says what came back and what became of the arguments."""
        function: Any = space.get(name.partition(".")[0])
        for part in name.split(".")[1:]:
            function = getattr(function, part, None)
        if function is None:
            return "absent", None
        mine = copy.deepcopy(given)
        before = told(mine)
        printed = io.StringIO()
        with contextlib.redirect_stdout(printed):
            came, value = self.bounded(lambda: _drained(function(**mine)))
        if printed.getvalue():
            came += f"; prints {printed.getvalue()[:WORDS]!r}"
        after = told(mine)
        return (came if before == after else f"{came}; leaves {after}")[: WORDS * 2], value

    def bounded(self, work: Callable[[], Any]) -> tuple[str, Any]:
        """Run something with a deadline; whatever it raises is an answer."""
        signal.setitimer(signal.ITIMER_PROF, self.seconds, self.seconds)
        try:
            value = work()
            words = told(value)
        except Late:
            return "late", None
        except BaseException as error:  # noqa: BLE001 - a fence: it is the outcome of the call
            return f"raises {type(error).__name__}", None
        finally:
            with contextlib.suppress(Late):
                signal.setitimer(signal.ITIMER_PROF, 0)
        return f"-> {words}", value


def _late(*_signal: object) -> None:
    raise Late


def _drained(value: Any) -> Any:
    """Run what a call only began: take the items out of a generator, await a coroutine."""
    if inspect.iscoroutine(value):
        import asyncio  # noqa: PLC0415 - few projects need it here

        return asyncio.run(value)
    if isinstance(value, types.GeneratorType):
        items = []
        for item in value:
            items.append(item)
            if len(items) >= ITEMS:
                break
        return ("generated", items)
    return value


def told(value: Any, seen: dict[int, int] | None = None, depth: int = 0) -> str:
    """Say a value in words that are the same for equal values; an object is told by its class and its fields."""
    seen = {} if seen is None else seen
    if isinstance(value, float):
        return f"{value:.9g}" if value != int_of(value) else f"{value!r}"
    if value is None or isinstance(value, (str, bytes, int, complex)):
        return repr(value)[:WORDS]
    if id(value) in seen:
        return f"<{seen[id(value)]}>"
    seen[id(value)] = len(seen)
    if depth > 12:  # noqa: PLR2004 - deeper than a reader follows
        return "..."
    return _composed(value, seen, depth + 1)[:WORDS]


def int_of(value: float) -> object:
    """Give the whole number that a float is, if it is one."""
    return int(value) if abs(value) < 1e15 else None  # noqa: PLR2004 - where floats are still exact


def _composed(value: Any, seen: dict[int, int], depth: int) -> str:
    if isinstance(value, dict):
        items = (f"{told(k, seen, depth)}: {told(v, seen, depth)}" for k, v in list(value.items())[:ITEMS])
        return "{" + ", ".join(sorted(items)) + "}"
    if isinstance(value, (set, frozenset)):
        return "{" + ", ".join(sorted(told(item, seen, depth) for item in list(value)[:ITEMS])) + "}"
    if isinstance(value, (list, tuple)):
        inner = ", ".join(told(item, seen, depth) for item in value[:ITEMS])
        return f"[{inner}]" if isinstance(value, list) else f"({inner},)"
    plain = getattr(type(value), "__repr__", None) is getattr(object, "__repr__", None)
    fields = getattr(value, "__dict__", None)
    if isinstance(fields, dict) and plain:
        return f"{type(value).__name__}({', '.join(f'{k}={told(v, seen, depth)}' for k, v in fields.items())})"
    return f"<{type(value).__name__}>" if plain or callable(value) else repr(value)


def shown(name: str, given: dict[str, Any]) -> str:
    """Write a call as a person would."""
    return f"{name.rpartition('.')[2]}({', '.join(told(value) for key, value in given.items() if key != 'self')})"[
        :WORDS
    ]


def in_child(work: Callable[[Any], None], seconds: float) -> Iterator[dict[str, Any]]:
    """Do work in a child that is killed after so many seconds; gives the rows that it wrote."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        with contextlib.suppress(BaseException):
            work(os.fdopen(writing, "w"))
        os._exit(0)
    os.close(writing)
    written, until = b"", time.monotonic() + seconds
    while time.monotonic() < until:
        if select.select([reading], [], [], max(0.0, until - time.monotonic()))[0]:
            data = os.read(reading, 1 << 16)
            written += data
            if not data:
                break
    with contextlib.suppress(ProcessLookupError):
        os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    os.close(reading)
    for row in written.split(b"\n")[:-1]:
        with contextlib.suppress(ValueError):
            yield json.loads(row)
