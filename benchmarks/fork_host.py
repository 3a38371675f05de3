"""Runs a project's tests on many candidate texts, one forked child each, in the project's interpreter.

For benchmarks and tests alone: there is no sandbox, so it must never see a draft of a stranger. It
speaks JSON, a message a line. pytest is loaded and configured once; each child imports the project
anew, with the candidate's text in the place of the file. Stdlib and pytest only, POSIX only.
"""

from __future__ import annotations

import contextlib
import gc
import importlib.machinery
import json
import os
import resource
import select
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest

import fork_swap

MEMORY = 2 << 30
GRACE = 3.0
LONGEST = 60
STATE: dict[str, Any] = {}


class Recorder:
    """Writes down how each test ended, and keeps a looping one from going on."""

    def __init__(self, out: Any, seconds: float, trace: list[str], *, gently: bool) -> None:
        self.out = out
        self.seconds = seconds
        self.trace = frozenset(trace)
        self.gently = gently
        if not gently:
            signal.setitimer(signal.ITIMER_PROF, seconds)
        self.lines: dict[str, set[int]] = {}
        self.running = ""
        self.failed = ""
        self.spent = 0.0
        self.answer = "passed"

    def say(self, **fields: Any) -> None:
        """Write one row."""
        self.out.write(json.dumps(fields) + "\n")
        self.out.flush()

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_protocol(self, item: Any) -> Any:
        """Tell when a test begins and how it ended."""
        self.running, self.failed, self.spent, self.answer = item.nodeid, "", 0.0, "passed"
        self.lines = {}
        self.say(start=item.nodeid)
        STATE.get("begin", int)()
        if self.gently:
            signal.signal(signal.SIGPROF, self.late)
            signal.setitimer(signal.ITIMER_PROF, self.seconds, self.seconds)
        result = yield
        if self.gently:
            signal.setitimer(signal.ITIMER_PROF, 0)
        self.report()
        return result

    @pytest.hookimpl(wrapper=True)
    def pytest_pyfunc_call(self) -> Any:
        """Follow the lines of the test itself, where that is asked for."""
        if not self.trace:
            return (yield)
        sys.settrace(self.follow)
        threading.settrace(self.follow)
        try:
            return (yield)
        finally:
            sys.settrace(None)

    def follow(self, frame: Any, event: str, _arg: object) -> Any:
        """Note a line of a followed file."""
        if frame.f_code.co_filename not in self.trace:
            return None
        if event == "line":
            self.lines.setdefault(frame.f_code.co_filename, set()).add(frame.f_lineno)
        return self.follow

    def late(self, *_signal: object) -> None:
        """Fail the test that runs."""
        pytest.fail("it did not end in time")

    def report(self) -> None:
        """Write how the test ended."""
        lines = {path: sorted(rows) for path, rows in self.lines.items()}
        self.say(test=self.running, answer=self.answer, seconds=self.spent, message=self.failed[-2000:], lines=lines)

    def pytest_runtest_logreport(self, report: Any) -> None:
        """Put a phase's outcome to the test's."""
        self.spent += report.duration
        if report.failed:
            self.answer = "failed" if report.when == "call" else "error"
            self.failed = str(report.longrepr)
        elif report.skipped:
            self.answer = "skipped"


def overlay(path: str, text: str) -> None:
    """Let the import system read a text in the place of a file; what was loaded of it is kept in sight."""
    plain = importlib.machinery.SourceFileLoader.get_code

    def get_code(self: Any, fullname: str) -> Any:
        if os.path.realpath(self.path) != path:
            return plain(self, fullname)
        STATE["path"] = self.path
        STATE["code"] = compile(text, self.path, "exec", dont_inherit=True)
        return STATE["code"]

    importlib.machinery.SourceFileLoader.get_code = get_code  # type: ignore[method-assign]


def configure(root: str) -> None:
    """Load pytest, the project's settings and its conftest files, and begin the session, once."""
    from _pytest.config import _prepareconfig  # noqa: PLC0415 - what pytest.main does first
    from _pytest.main import Session  # noqa: PLC0415 - as above

    os.chdir(root)
    quiet = ("cacheprovider", "terminal", "faulthandler")
    config = _prepareconfig([*(part for name in quiet for part in ("-p", f"no:{name}")), "--capture=no"])
    config._do_configure()  # noqa: SLF001 - what pytest.main does
    session = Session.from_config(config)
    config.hook.pytest_sessionstart(session=session)
    STATE["session"] = session
    gc.collect()
    gc.freeze()


def collect(request: dict[str, Any], text: str) -> None:
    """Import the tests, and with them the project, with the text in the place of its file."""
    overlay(os.path.realpath(request["path"]), text)
    STATE["session"].perform_collect(request["tests"])


def run_tests(request: dict[str, Any], out: Any) -> None:
    """Run the collected tests in this process, which is a child."""
    session = STATE["session"]
    recorder = Recorder(out, request["seconds"], request.get("trace", []), gently=request["op"] != "try")
    session.config.option.maxfail = 1 if request.get("first_failure", True) else 0
    session.config.option.tbstyle = "short" if recorder.trace else "value"
    session.config.pluginmanager.register(recorder, "lastmile-recorder")
    try:
        session.config.hook.pytest_runtestloop(session=session)
    except (session.Failed, session.Interrupted) as error:
        recorder.say(trouble=str(error))
    recorder.say(end=True)


def run_afresh(request: dict[str, Any], text: str, out: Any) -> None:
    """Collect and run the tests on a text in this process, which is a child that imported nothing yet."""
    try:
        collect(request, text)
    except (pytest.UsageError, STATE["session"].Interrupted, STATE["session"].Failed) as error:
        out.write(json.dumps({"trouble": str(error)}) + "\n")
        return
    run_tests(request, out)


def run_swapped(request: dict[str, Any], text: str, out: Any) -> None:
    """Run the collected tests on a text in this process, a child of one that collected them."""
    try:
        new = compile(text, STATE["path"], "exec", dont_inherit=True)
    except (SyntaxError, ValueError, RecursionError):
        out.write('{"broken": true}\n')
        return
    wanted = fork_swap.pairs(STATE["code"], new)
    if wanted is None or not fork_swap.swap(STATE["functions"], wanted):
        out.write('{"afresh": true}\n')
        return
    run_tests(request, out)


def try_all(request: dict[str, Any], out: Any) -> None:
    """Try texts in children of this process, which is one itself; those that cannot be swapped in are told."""
    try:
        collect(request, request["original"])
    except (pytest.UsageError, STATE["session"].Interrupted, STATE["session"].Failed):
        STATE.pop("code", None)
    if "code" in STATE:
        STATE["functions"] = fork_swap.functions(STATE["code"])
    gc.disable()
    gc.freeze()

    def work(text: str, writing: Any) -> None:
        if "code" in STATE:
            run_swapped(request, text, writing)
        else:
            writing.write('{"afresh": true}\n')

    for message in _children(request, work):
        out.write(json.dumps(message) + "\n")
        out.flush()


def _children(
    request: dict[str, Any], work: Callable[[str, Any], None], only: list[int] | None = None
) -> Iterator[Any]:
    until = time.monotonic() + request["wall"]
    wall = request["seconds"] * GRACE + request.get("whole", 1.0)
    chosen = range(len(request["texts"])) if only is None else only
    works = ((at, partial(work, request["texts"][at])) for at in chosen)
    yield from several(works, request.get("jobs", 2), wall, until)


def in_child(work: Callable[[Any], None]) -> tuple[int, int]:
    """Fork a child that does the work and writes to a pipe; gives its id and the pipe's reading end."""
    reading, writing = os.pipe()
    child = os.fork()
    if child:
        os.close(writing)
        return child, reading
    os.close(reading)
    os.setpgid(0, 0)
    _quiet()
    try:
        work(os.fdopen(writing, "w"))
    finally:
        os._exit(0)


def _quiet() -> None:
    nothing = os.open(os.devnull, os.O_RDWR)
    for stream in (0, 1, 2):
        os.dup2(nothing, stream)
    signal.signal(signal.SIGPROF, signal.SIG_DFL)
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    signal.alarm(LONGEST)


class Child:
    """A running child, what it wrote so far, and when it is killed."""

    def __init__(self, at: int, work: Callable[[Any], None], wall: float) -> None:
        self.at = at
        self.began = time.monotonic()
        self.pid, self.pipe = in_child(work)
        self.until = self.began + wall
        self.written = b""
        self.killed = False

    def kill(self) -> None:
        """End it and what it started."""
        self.killed = True
        for target in (-self.pid, self.pid):
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.kill(target, signal.SIGKILL)

    def finish(self) -> dict[str, Any]:
        """Take what it wrote, once it has ended."""
        os.close(self.pipe)
        self.kill()
        _pid, status = os.waitpid(self.pid, 0)
        rows = [json.loads(row) for row in self.written.decode(errors="replace").splitlines() if row.endswith("}")]
        return {"at": self.at, "rows": rows, "status": status, "seconds": time.monotonic() - self.began}


def several(works: Iterator[tuple[int, Callable[[Any], None]]], jobs: int, wall: float, until: float) -> Iterator[Any]:
    """Run children side by side, each killed at its own deadline, all of them at the common one."""
    running: dict[int, Child] = {}
    left = True
    while left or running:
        while left and len(running) < jobs and time.monotonic() < until:
            nxt = next(works, None)
            if nxt is None:
                left = False
                break
            child = Child(nxt[0], nxt[1], wall)
            running[child.pipe] = child
        now = time.monotonic()
        if now >= until:
            left = False
        for child in running.values():
            if now > min(child.until, until):
                child.kill()
        soonest = min((min(child.until, until) - now for child in running.values()), default=0.0)
        ready, _, _ = select.select(list(running), [], [], max(0.005, min(0.5, soonest)))
        for pipe in ready:
            data = os.read(pipe, 1 << 16)
            running[pipe].written += data
            if not data:
                yield running.pop(pipe).finish()


def answer(request: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Do one request; gives the messages to send, the last one aside."""
    until = time.monotonic() + request["wall"] + GRACE
    if request["op"] == "observe":
        inside: dict[str, Any] = {"__name__": "lastmile_probe"}
        exec(compile(request["scripts"]["probe"], "lastmile_probe", "exec"), inside)  # noqa: S102 - our own text
        whole: Callable[[Any], None] = partial(observe, inside["main"], request)
    elif request["op"] == "run":
        whole = partial(run_afresh, request, request["text"])
    else:
        yield from _tried(request)
        return
    yield from several(iter([(0, whole)]), 1, request["wall"], until)


def observe(main: Callable[..., None], request: dict[str, Any], out: Any) -> None:
    """Let the probe record the tests' calls and compare the texts on them."""

    def run(begin: Callable[[], None]) -> None:
        STATE["begin"] = begin
        run_afresh(request, request["text"], out)

    main(request, run, out)


def _tried(request: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Try texts by swapping, then afresh those that cannot be swapped in or that passed."""
    began = time.monotonic()
    again = []
    for message in _streamed(partial(try_all, request), request["wall"]):
        ended = any("end" in row for row in message["rows"])
        failed = any(row.get("answer") in {"failed", "error"} for row in message["rows"])
        if (ended and not failed and not request["quick"]) or any("afresh" in row for row in message["rows"]):
            again.append(message["at"])
        else:
            yield message
    left = max(0.5, request["wall"] - (time.monotonic() - began))
    yield from _children({**request, "wall": left}, partial(run_afresh, request), again)


def _streamed(work: Callable[[Any], None], wall: float) -> Iterator[Any]:
    """Give what a child writes, row by row, until it ends or its time is up."""
    child = Child(0, work, wall + GRACE)
    while time.monotonic() < child.until:
        ready, _, _ = select.select([child.pipe], [], [], 0.5)
        data = os.read(child.pipe, 1 << 16) if ready else b""
        if ready and not data:
            break
        rows = (child.written + data).split(b"\n")
        child.written = rows.pop()
        yield from map(json.loads, rows)
    child.written = b""
    child.finish()


def main() -> None:
    """Answer requests until the input ends."""
    sys.path.remove(str(Path(__file__).resolve().parent))
    configure(sys.argv[1])
    replies = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    for row in sys.stdin:
        for message in answer(json.loads(row)):
            replies.write(json.dumps(message) + "\n")
            replies.flush()
        replies.write('{"done": true}\n')
        replies.flush()


if __name__ == "__main__":
    main()
