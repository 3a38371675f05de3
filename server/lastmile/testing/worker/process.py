"""A worker process as seen from here: started once, told of runs, heard until it ends.

A thread of its own starts it and listens: bubblewrap ends with the thread that started it. What a run
says is handed on as it came; `reading` makes sense of it.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
from concurrent.futures import Future
from pathlib import Path
from threading import Lock, Thread

from attrs import Factory, define, field, frozen

from lastmile.testing.worker.launch import Launch

_LONGEST_REASON = 600


@frozen
class Ended:
    """How a run ended, and what it said until then."""

    lines: tuple[str, ...]
    status: int | None
    """The exit status of its first process; None where the worker ended before."""

    reason: str = ""
    """Why it was killed: time, memory, processes, output, cancelled; empty where it was not."""

    tail: str = ""
    """The last of what it printed."""


@define(eq=False)
class Worker:
    """One worker process; safe to use from any thread."""

    launch: Launch
    folder: Path
    """A folder for what it writes about itself."""

    ready: Future[dict[str, str]] = field(factory=Future, init=False)
    """What it found (the versions of Python and pytest); fails with its last words where it did not start."""

    _process: subprocess.Popen[bytes] | None = field(default=None, init=False)
    _runs: dict[int, Future[Ended]] = field(factory=dict, init=False)
    _lines: dict[int, list[str]] = field(factory=dict, init=False)
    _lock: Lock = field(factory=Lock, init=False)
    _closed: bool = field(default=False, init=False)
    _thread: Thread = field(
        default=Factory(lambda self: Thread(target=self._live, name="lastmile-tests", daemon=True), takes_self=True),
        init=False,
    )

    def start(self) -> None:
        """Start it; does not wait."""
        self.ready.set_running_or_notify_cancel()
        self._thread.start()

    @property
    def alive(self) -> bool:
        """Whether it can take another run."""
        return not self._closed

    def run(self, number: int, wanted: str) -> Future[Ended]:
        """Begin a run whose wants stand in a file, by the path that the worker sees."""
        future: Future[Ended] = Future()
        future.set_running_or_notify_cancel()  # who waits for it may be cancelled; it is not
        with self._lock:
            if self._closed:
                future.set_result(Ended((), None))
                return future
            self._runs[number] = future
            self._lines[number] = []
        self._tell({"do": "run", "run": number, "wanted": wanted})
        return future

    def heard(self, number: int) -> bool:
        """Tell whether a run has said anything yet."""
        return bool(self._lines.get(number))

    def lines(self, number: int) -> tuple[str, ...]:
        """Give what a run has said so far; nothing once it ended."""
        return tuple(self._lines.get(number, ()))

    def kill(self, number: int) -> None:
        """End one run and everything of it."""
        self._tell({"do": "kill", "run": number})

    def close(self) -> None:
        """End it with all of its runs; those that wait hear that it ended."""
        self._closed = True
        if (process := self._process) is not None and process.poll() is None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)

    def join(self, seconds: float) -> None:
        """Wait until it is gone."""
        self._thread.join(seconds)

    def said(self) -> str:
        """Give the last that it wrote about itself."""
        with contextlib.suppress(OSError):
            lines = (self.folder / "errors").read_bytes()[-4096:].decode("utf-8", "replace").strip().splitlines()
            return lines[-1][:_LONGEST_REASON] if lines else ""
        return ""

    def _tell(self, command: dict[str, object]) -> None:
        process = self._process
        if process is None or process.stdin is None:
            return
        with contextlib.suppress(OSError, ValueError), self._lock:  # it is gone, and the listener says so
            process.stdin.write(json.dumps(command).encode() + b"\n")

    def _live(self) -> None:
        try:
            with (self.folder / "errors").open("wb") as errors:
                self._process = process = _started(self.launch, errors.fileno())
            with process:
                if self._closed:
                    self.close()
                self._listen(process)
        except (OSError, ValueError) as error:
            self._fail(str(error))
        else:
            self._fail(self.said() or f"it ended with status {process.returncode}")

    def _listen(self, process: subprocess.Popen[bytes]) -> None:
        assert process.stdout is not None  # noqa: S101 - it was asked for
        for line in process.stdout:
            said = json.loads(line)
            if "ready" in said:
                self.ready.set_result(said["ready"])
            elif "lines" in said:
                self._lines.get(said["run"], []).extend(said["lines"])  # perhaps of a run that nobody waits for now
            else:
                with self._lock:
                    future, lines = self._runs.pop(said["run"], None), self._lines.pop(said["run"], [])
                if future is not None and not future.done():
                    future.set_result(Ended(tuple(lines), said["status"], said["reason"], said["tail"]))

    def _fail(self, why: str) -> None:
        with self._lock:
            self._closed = True
            waiting, self._runs = self._runs, {}
        if not self.ready.done():
            self.ready.set_exception(RuntimeError(why))
        for number, future in waiting.items():
            future.set_result(Ended(tuple(self._lines.pop(number, ())), None))


def _started(launch: Launch, errors: int) -> subprocess.Popen[bytes]:
    return subprocess.Popen(  # noqa: S603 - the sandbox that was chosen, or what the person allowed
        launch.command,
        bufsize=0,
        env=None if launch.env is None else dict(launch.env),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=errors,
        start_new_session=True,
    )
