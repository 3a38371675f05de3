"""The warm process: loads pytest once, forks for each run, watches the runs and has the last word on them.

Behind walls, it has a run in spare: forked, walled in, waiting to be told what to run.
Commands come as lines of JSON on standard input, answers go out on standard output. It loads nothing
of the project, so nothing that it hands on to a run can be stale.
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
from typing import Any

from . import births, census, preload
from .births import Birth

_TICK = 0.025
"""Seconds between two looks at what the runs use."""

_CHUNK = 1 << 16
_TAIL = 4096
_MOST_RESULTS = 64 << 20
_MOST_STATUS = 16
_GOING = 20
"""Milliseconds that a run whose descriptors are closed may take to be gone before others are looked after."""

_PAUSE, _LULL = 0.005, 0.05
"""Seconds without anything to do after which a spare run is made: at rest, and beside a run, which it slows down."""


class Run:
    """A run under way, as the zygote sees it."""

    def __init__(self, number: int, birth: Birth, *, deadline: float, most_output: int, isolated: bool) -> None:
        self._end = os.kill if isolated else os.killpg  # without walls the first process is that of the tests
        self.number = number
        self.birth = birth
        self.deadline = deadline
        self.reason = ""
        self.tail = b""
        self.status = b""
        """What its first process said of the tests' process; empty where there are no walls, or it was killed."""

        self._left = {birth.output: most_output, birth.results: _MOST_RESULTS, birth.status: _MOST_STATUS}
        self._rest = b""

    def kill(self, reason: str) -> None:
        """End all of it at once: with its first process, the kernel ends the others."""
        self.reason = self.reason or reason
        with suppress(ProcessLookupError):
            self._end(self.birth.pid, signal.SIGKILL)

    def take(self, descriptor: int) -> list[str]:
        """Read what there is; gives whole lines of results. The end is a closed descriptor."""
        data = os.read(descriptor, _CHUNK)
        if not data:
            os.close(descriptor)
            del self._left[descriptor]
            return []
        self._left[descriptor] -= len(data)
        if self._left[descriptor] < 0:
            self.kill("output")
        if descriptor == self.birth.output:
            self.tail = (self.tail + data)[-_TAIL:]
            return []
        if descriptor == self.birth.status:
            self.status += data
            return []
        *lines, self._rest = (self._rest + data).split(b"\n")
        return [line.decode("utf-8", "replace") for line in lines]

    @property
    def open(self) -> set[int]:
        """The descriptors that something of the run may still write to."""
        return set(self._left)


class Zygote:
    """Hears commands and looks after runs, in one thread, so that it can fork."""

    def __init__(self, setup: dict[str, Any], commands: int, answers: int) -> None:
        self._setup = setup
        self._commands = commands
        self._answers = answers
        self._runs: dict[int, Run] = {}
        self._spares: bool = setup["isolated"]
        self._spare: Birth | None = None
        self._rewritten = setup["warmth"].rewritten
        self._gone: list[int] = []
        """The first processes that are still to be waited for: the kernel takes long to take down their walls."""

        self._by_descriptor: dict[int, Run] = {}
        self._rest = b""
        self._next_look = 0.0
        self._quiet_since = 0.0

    def serve(self) -> None:
        """Work until nobody commands any more."""
        about = preload.about()
        about["obstacle"] = births.obstacle(self._setup) if self._setup["isolated"] else ""
        self._say({"ready": about})
        while True:
            ready, _, _ = select.select([self._commands, *self._by_descriptor], [], [], self._patience())
            if self._commands in ready and not self._hear():
                return
            if ready:
                self._quiet_since = time.monotonic()
            elif not self._runs or time.monotonic() - self._quiet_since > _LULL:
                self._make_ready()
            for descriptor in ready:
                if descriptor in self._by_descriptor:
                    self._pass_on(descriptor)
            self._look()

    def _patience(self) -> float | None:
        """Give the seconds to wait for something to do; None for as long as it takes."""
        if (self._spares and self._spare is None) or (self._rewritten.behind and not self._runs):
            return _TICK if self._runs else _PAUSE
        return _TICK if self._runs or self._gone else None

    def _make_ready(self) -> None:
        """Do ahead what runs need, while there is nothing else to do; where a spare fails, each run makes its own."""
        if self._rewritten.behind and not self._runs:
            self._rewritten.catch_up()
            if not self._rewritten.behind:
                self._drop()  # it was made without what is known now
        elif self._spares and self._spare is None:
            try:
                self._spare = births.bear(self._setup)
            except OSError:
                self._spares = False

    def _begun(self, said: bytes) -> Birth:
        """Tell the spare run what to do, or one that is made now."""
        spare, self._spare = self._spare, None
        if spare is not None:
            try:
                births.begin(spare, said)
            except OSError:  # somebody ended it
                self._forget(spare)
            else:
                return spare
        birth = births.bear(self._setup)
        births.begin(birth, said)
        return birth

    def _hear(self) -> bool:
        data = os.read(self._commands, _CHUNK)
        *lines, self._rest = (self._rest + data).split(b"\n")
        for line in lines:
            command = json.loads(line)
            if command["do"] == "run":
                self._try(command)
            elif command["run"] in self._runs:
                self._runs[command["run"]].kill("cancelled")
        return bool(data)

    def _try(self, command: dict[str, Any]) -> None:
        """Start a run; one that cannot start harms no other."""
        try:
            self._start(command)
        except (OSError, ValueError) as error:  # no more processes, or whoever asked has gone already
            self._say({"run": command["run"], "status": 1, "reason": "", "tail": f"ERROR: {error}"})

    def _start(self, command: dict[str, Any]) -> None:
        with open(command["wanted"], "rb") as file:
            said = file.read()
        wanted = json.loads(said)
        if not self._runs and preload.load(wanted["preload"], wanted["foreign"]):  # whoever imports does not watch
            self._drop()  # the spare run was made without what is loaded now
        birth = self._begun(said)
        self._rewritten.want([os.path.join(wanted["root"], name) for name in _files(wanted["tests"])])
        run = Run(
            command["run"],
            birth,
            deadline=time.monotonic() + wanted["seconds"],
            most_output=self._setup["limits"]["output"],
            isolated=self._setup["isolated"],
        )
        self._runs[run.number] = run
        self._by_descriptor.update(dict.fromkeys((birth.results, birth.output, birth.status), run))

    def _drop(self) -> None:
        if self._spare is not None:
            self._forget(self._spare)
            self._spare = None

    def _forget(self, birth: Birth) -> None:
        births.forget(birth)
        self._gone.append(birth.pid)

    def _pass_on(self, descriptor: int) -> None:
        run = self._by_descriptor[descriptor]
        if lines := run.take(descriptor):
            self._say({"run": run.number, "lines": lines})
        if descriptor not in run.open:
            del self._by_descriptor[descriptor]
        if not run.open:
            self._bury(run)

    def _bury(self, run: Run) -> None:
        """Say how a run ended; one that closed its descriptors and goes on has until its deadline."""
        if run.status:
            status: int | None = int(run.status)
            self._gone.append(run.birth.pid)
        else:
            status = _waited(run.birth.pid)
        if status is None:
            return
        del self._runs[run.number]
        tail = run.tail.decode("utf-8", "replace")
        self._say({"run": run.number, "status": status, "reason": run.reason, "tail": tail})

    def _look(self) -> None:
        self._gone = [pid for pid in self._gone if _wait(pid, os.WNOHANG) is None]
        now = time.monotonic()
        if not self._runs or now < self._next_look:
            return
        self._next_look = now + _TICK
        for run in [run for run in self._runs.values() if not run.open]:
            self._bury(run)
        everyone, limits = census.people(), self._setup["limits"]
        families = {number: census.family(run.birth.pid, everyone) for number, run in self._runs.items()}
        for number, run in self._runs.items():
            if reason := "time" if now > run.deadline else census.excess(families[number], limits):
                run.kill(reason)
        if census.is_short():
            greediest = max(families, key=lambda number: sum(pages for _, _, pages in families[number]))
            self._runs[greediest].kill("memory")

    def _say(self, value: dict[str, Any]) -> None:
        line = json.dumps(value).encode() + b"\n"
        while line:
            line = line[os.write(self._answers, line) :]


def _files(tests: list[str]) -> list[str]:
    """Name the files that tests stand in."""
    return list(dict.fromkeys(test.partition("::")[0] for test in tests))


def _waited(pid: int) -> int | None:
    """Wait a little for a process; None where it goes on."""
    for _ in range(_GOING):
        status = _wait(pid, os.WNOHANG)
        if status is not None:
            return status
        time.sleep(0.001)
    return None


def _wait(pid: int, options: int) -> int | None:
    found, status = os.waitpid(pid, options)
    if found == 0:
        return None
    return -os.WTERMSIG(status) if os.WIFSIGNALED(status) else os.WEXITSTATUS(status)


def main(setup: dict[str, Any]) -> None:
    """Take the standard descriptors for commands and answers, and serve."""
    commands, answers = os.dup(0), os.dup(1)
    nothing = os.open(os.devnull, os.O_RDWR)
    os.dup2(nothing, 0)
    os.dup2(2, 1)
    sys.stdin = open(os.devnull, encoding="utf-8")  # noqa: SIM115 - it stays open
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # where there are no walls, the tests could send it
    with suppress(ImportError, AttributeError):  # without ctypes, it cannot be hidden
        from . import kernel  # noqa: PLC0415 - as above

        kernel.hide_memory()
    setup["own_pids"] = -1
    setup["warmth"] = preload.pytest_itself(rehearse=setup["rehearse"])
    gc.collect()
    gc.freeze()
    Zygote(setup, commands, answers).serve()
