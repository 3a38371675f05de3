"""The first process of the sandbox: hears requests, forks what does them, and watches over everything there.

It loads nothing of the project. As the first of its process ids it cannot be signalled by any other,
and what it ends is ended whole.
"""

from __future__ import annotations

import gc
import json
import os
import select
import signal
import sys
import time
from contextlib import suppress
from typing import Any, Callable, Dict, List

from .. import census, preload
from . import host

_TICK = 0.025
"""Seconds between two looks at what is used."""

_GRACE = 1.0
"""Seconds past a request's own time after which what does it is ended."""

_CHUNK = 1 << 16
_MOST_SAID = 64 << 20

Row = Dict[str, Any]


class Worker:
    """A process that does requests, as the guard sees it."""

    def __init__(self, work: Callable[[int, int], None]) -> None:
        requests, self._requests = os.pipe()
        self.answers, answers = os.pipe()
        self.of = ("", "")
        """The path and the text of the file that it loaded."""

        self.files: List[str] = []
        """The files whose tests it loaded."""

        self.pid = os.fork()
        if self.pid == 0:
            work(requests, answers)
        os.close(requests)
        os.close(answers)
        self._rest = b""
        self.said = 0
        self.alive = True

    def tell(self, request: Row) -> None:
        """Hand it a request; one that is gone shows by its silence."""
        with suppress(BrokenPipeError):
            host.tell(self._requests, request)

    def hear(self) -> List[Row]:
        """Read the rows that there are; it is not alive any more once there will be none."""
        data = os.read(self.answers, _CHUNK)
        self.alive = self.alive and bool(data)
        self.said += len(data)
        *lines, self._rest = (self._rest + data).split(b"\n")
        return [json.loads(line) for line in lines]

    def go_on(self) -> None:
        """Wake it, if something that it started has stopped it."""
        with suppress(ProcessLookupError):
            os.kill(self.pid, signal.SIGCONT)

    def end(self) -> None:
        """Close what leads to it and kill it."""
        self.alive = False
        os.close(self._requests)
        os.close(self.answers)
        with suppress(ProcessLookupError):
            os.kill(self.pid, signal.SIGKILL)


class Guard:
    """Does one request at a time."""

    def __init__(self, setup: Row, answers: int) -> None:
        self._setup = setup
        self._answers = answers
        self._host: Any = None

    def serve(self, commands: int) -> None:
        """Work until nobody asks any more."""
        self._say({"ready": preload.about()})
        with os.fdopen(commands, encoding="utf-8") as lines:
            for line in lines:
                request = json.loads(line)
                request["until"] = time.monotonic() + request["wall"]
                worker = self._fitting(request)
                why = self._listen(worker, request)
                if not worker.alive:
                    worker.end()
                    self._host = None
                self._tidy()
                self._say({"number": request["number"], "done": True, "why": why})

    def _fitting(self, request: Row) -> Worker:
        """Give the host with the request; a new one where none is, or where it lacks a file of tests."""
        wanted = (request["path"], request["original"])
        if self._host is not None and not (self._host.of == wanted and set(request["files"]) <= set(self._host.files)):
            self._host.end()
            self._host = None
        if self._host is None:
            self._host = Worker(lambda requests, answers: host.serve(self._setup, request, requests, answers))
            self._host.of, self._host.files = wanted, request["files"]
        self._host.tell(request)
        return self._host  # type: ignore[no-any-return]

    def _listen(self, worker: Worker, request: Row) -> str:
        """Pass on what is said until the request is served; gives why it was not."""
        until, look = request["until"] + _GRACE, 0.0
        worker.said = 0
        while worker.alive:
            if select.select([worker.answers], [], [], _TICK)[0]:
                for row in worker.hear():
                    if "served" in row:
                        return ""
                    self._say({"number": request["number"], **row})
            now = time.monotonic()
            if now >= look:
                look = now + _TICK
                worker.go_on()
                why = "time" if now > until else "output" if worker.said > _MOST_SAID else self._excess()
                if why:
                    worker.alive = False
                    os.kill(-1, signal.SIGKILL)  # everything here but this process
                    return why
        return "the process that loads the tests ended"

    def _excess(self) -> str:
        _reap()
        others = [person for person in census.people() if person.pid != os.getpid()]
        return census.excess(others, self._setup["limits"]) or ("memory" if census.is_short() else "")

    def _tidy(self) -> None:
        """End whatever was left running beside the host."""
        everyone = census.people()
        kept = {os.getpid()}
        if self._host is not None:
            kept |= {person.pid for person in census.family(self._host.pid, everyone)}
        for person in everyone:
            if person.pid not in kept:
                with suppress(ProcessLookupError):
                    os.kill(person.pid, signal.SIGKILL)
        _reap()

    def _say(self, row: Row) -> None:
        host.tell(self._answers, row)


def _reap() -> None:
    """Take note of those that ended: the first process is everybody's last parent."""
    with suppress(ChildProcessError):
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass


def _settle() -> None:
    """Bound the processes that there can be, close what could be opened from here, and give up what that took."""
    from .. import kernel, walls  # noqa: PLC0415 - an interpreter without ctypes cannot load them

    walls._own_proc()  # noqa: SLF001 - a wall that runs have, too
    kernel.give_up_capabilities()
    kernel.forbid_privileges()
    kernel.hide_memory()


def main(setup: Row) -> None:
    """Take the standard descriptors for requests and answers, and serve."""
    commands, answers = os.dup(0), os.dup(1)
    nothing = os.open(os.devnull, os.O_RDWR)
    os.dup2(nothing, 0)
    os.dup2(2, 1)
    if os.getpid() != 1:  # to end all others would be to end those of the person
        host.tell(answers, {"obstacle": "it is not the first process of a sandbox"})
        return
    sys.stdin = open(os.devnull, encoding="utf-8")  # noqa: SIM115 - it stays open
    try:
        _settle()
    except (OSError, ImportError, AttributeError) as error:
        host.tell(answers, {"obstacle": str(error)})
        return
    setup["warmth"] = preload.pytest_itself(rehearse=False)
    gc.collect()
    gc.freeze()
    Guard(setup, answers).serve(commands)
