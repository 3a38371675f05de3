"""Runs a program with a deadline, feeding it text and keeping what it prints.

The program dies with its deadline and with the caller's cancellation, and so does what it started.
This is not the sandbox: only programs that the person installed run here, never draft code.
"""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path

from attrs import frozen

from lastmile.errors import ToolError


@frozen
class Completed:
    """How a program ended."""

    status: int
    out: bytes
    err: bytes


Meanwhile = Callable[[], object] | None


async def run(
    command: Sequence[str], *, text: str, cwd: Path | None, deadline: float, meanwhile: Meanwhile = None
) -> Completed:
    """Run a program to its end with ``text`` on its standard input.

    ``meanwhile`` is work for a thread while the program works; its result is dropped.

    Raises `ToolError` where it cannot be started or passes the deadline (seconds).
    """
    process = await _started(command, cwd)
    try:
        async with asyncio.timeout(deadline):
            talk = process.communicate(text.encode("utf-8", "replace"))
            aside = () if meanwhile is None else (asyncio.to_thread(meanwhile),)
            (out, err), *_ = await asyncio.gather(talk, *aside)
    except TimeoutError as error:
        await _kill(process)
        message = f"{Path(command[0]).name} did not end within {deadline:g} s."
        raise ToolError(message) from error
    except asyncio.CancelledError:
        await _kill(process)
        raise
    return Completed(process.returncode or 0, out, err)


async def _started(command: Sequence[str], cwd: Path | None) -> Process:
    """Start the program; one that is cancelled over it is started all the same, and ended."""
    starting = asyncio.ensure_future(_start(command, cwd))
    try:
        return await asyncio.shield(starting)
    except asyncio.CancelledError:
        # asyncio by itself ends the program, but not what that has started by then.
        with suppress(ToolError):
            await _kill(await starting)
        raise


async def _start(command: Sequence[str], cwd: Path | None) -> Process:
    try:
        return await asyncio.create_subprocess_exec(
            *command,
            cwd=cwd,
            stdin=PIPE,
            stdout=PIPE,
            stderr=PIPE,
            start_new_session=True,  # so that the whole group can be killed
            creationflags=0x08000000 if sys.platform == "win32" else 0,  # no console window
        )
    except OSError as error:
        message = f"{command[0]} could not be started: {error.strerror}. Is it installed?"
        raise ToolError(message) from error
    except ValueError as error:  # a null character in a path
        message = f"{command[0]} could not be started: {error}."
        raise ToolError(message) from error


async def _kill(process: Process) -> None:
    """End the program and what it started: a wrapper script leaves the real one running otherwise."""
    with suppress(ProcessLookupError):
        if sys.platform == "win32":
            process.kill()
        else:
            os.killpg(process.pid, signal.SIGKILL)
    await asyncio.shield(process.wait())
