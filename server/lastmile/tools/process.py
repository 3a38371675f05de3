"""Runs programs in a thread, each with a deadline, feeding it text and keeping what it prints.

A program dies with its deadline and with the caller's cancellation, and so does what it started.
Starting a program takes milliseconds, more on a full machine, so the event loop has no part in it.
This is not the sandbox: only programs that the person installed run here, never draft code.
"""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future
from contextlib import suppress
from functools import partial
from pathlib import Path
from threading import Thread
from typing import TypeVar

from attrs import define, field, frozen

from lastmile.errors import SlowError, ToolError
from lastmile.tools.behind import is_behind, lower
from lastmile.tools.environment import without_keys
from lastmile.tools.streams import Streams, Whole, handed

_T = TypeVar("_T")

_LETTING_GO = 1.0
"""Seconds that a cancelled caller waits until what was killed is gone: it takes a few milliseconds."""


@frozen
class Completed:
    """How a program ended."""

    status: int
    out: bytes
    err: bytes


@define(eq=False)
class Runner:
    """Runs one program at a time for work in a thread, until the work is cancelled."""

    low: bool = False
    """Whether it gets a processor only where nothing else wants it."""

    _process: subprocess.Popen[bytes] | None = field(default=None, init=False)
    _cancelled: bool = field(default=False, init=False)

    def run(
        self,
        command: Sequence[str],
        *,
        text: str | Whole,
        cwd: Path | None,
        deadline: float,
        env: Mapping[str, str] | None = None,
        meanwhile: Callable[[], object] | None = None,
    ) -> Completed:
        """Run a program to its end with ``text`` on its standard input; blocks meanwhile.

        ``env`` is added to our own environment, from which our keys are taken. ``meanwhile`` is work for the time
        in which the program starts; its result is dropped.

        Raises `ToolError` where it cannot be started, `SlowError` where it passes the deadline (seconds).
        """
        with handed(text) as streams, _started(command, cwd, env, streams) as process:
            self._process = process
            if self.low:
                lower(process.pid)
            if self._cancelled:  # it came before there was anything to kill
                _kill(process)
            try:
                if meanwhile is not None:
                    meanwhile()
                out, err = streams.finish(process, deadline)
            except subprocess.TimeoutExpired as error:
                message = f"{Path(command[0]).name} did not end within {deadline:g} s."
                raise SlowError(message) from error
            finally:
                self._process = None
                if process.returncode is None:
                    _kill(process)
        return Completed(process.returncode, out, err)

    def cancel(self) -> None:
        """Kill the program, or the one that is just being started; from any thread."""
        self._cancelled = True
        if (process := self._process) is not None:
            _kill(process)


async def run(command: Sequence[str], *, text: str | Whole, cwd: Path | None, deadline: float) -> Completed:
    """Run a program to its end with ``text`` on its standard input.

    Raises `ToolError` where it cannot be started or passes the deadline (seconds).
    """
    return await in_thread(lambda runner: runner.run(command, text=text, cwd=cwd, deadline=deadline))


async def in_thread(work: Callable[[Runner], _T]) -> _T:
    """Do work in a thread of its own; a cancellation kills the program that it runs.

    Raises what the work raises.
    """
    runner, future = Runner(low=is_behind()), Future[_T]()
    Thread(target=partial(_fulfil, future, partial(work, runner)), name="lastmile-program", daemon=True).start()
    done = asyncio.wrap_future(future)
    try:
        return await asyncio.shield(done)
    except asyncio.CancelledError:
        runner.cancel()
        done.add_done_callback(_heard)
        await asyncio.wait({done}, timeout=_LETTING_GO)
        raise


def _fulfil(future: Future[_T], work: Callable[[], _T]) -> None:
    try:
        result = work()
    except BaseException as error:  # noqa: BLE001 - a fence: it is raised where the work is waited for
        future.set_exception(error)
    else:
        future.set_result(result)


def _heard(done: asyncio.Future[_T]) -> None:
    """Take note of a failure that nobody waits for any more."""
    if not done.cancelled():
        done.exception()


def _started(
    command: Sequence[str], cwd: Path | None, env: Mapping[str, str] | None, streams: Streams
) -> subprocess.Popen[bytes]:
    stdin, stdout, stderr = streams.ends
    try:
        return subprocess.Popen(  # noqa: S603 - programs that the person installed
            command,
            bufsize=0,
            cwd=cwd,
            env=without_keys(env),
            stdin=stdin,
            stdout=stdout,
            stderr=stderr,
            start_new_session=True,  # so that the whole group can be killed
            creationflags=0x08000000 if sys.platform == "win32" else 0,  # no console window
        )
    except OSError as error:
        message = f"{command[0]} could not be started: {error.strerror}. Is it installed?"
        raise ToolError(message) from error
    except ValueError as error:  # a null character in a path
        message = f"{command[0]} could not be started: {error}."
        raise ToolError(message) from error


def _kill(process: subprocess.Popen[bytes]) -> None:
    """End a program that nobody has waited for yet, and what it started: a wrapper leaves the real one running."""
    with suppress(ProcessLookupError):
        if sys.platform == "win32":
            process.kill()
        else:
            os.killpg(process.pid, signal.SIGKILL)
