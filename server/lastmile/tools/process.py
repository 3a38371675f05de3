"""Runs a program with a deadline, feeding it text and keeping what it prints.

The program dies with its deadline and with the caller's cancellation. This is not the sandbox:
only programs that the person installed run here, never draft code.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Sequence
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


async def run(command: Sequence[str], *, text: str, cwd: Path | None, deadline: float) -> Completed:
    """Run a program to its end with ``text`` on its standard input.

    Raises `ToolError` where it cannot be started or passes the deadline (seconds).
    """
    try:
        process = await asyncio.create_subprocess_exec(
            *command,
            cwd=cwd,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            creationflags=0x08000000 if sys.platform == "win32" else 0,  # no console window
        )
    except OSError as error:
        message = f"{command[0]} could not be started: {error.strerror}. Is it installed?"
        raise ToolError(message) from error
    try:
        async with asyncio.timeout(deadline):
            out, err = await process.communicate(text.encode("utf-8", "replace"))
    except TimeoutError as error:
        message = f"{Path(command[0]).name} did not end within {deadline:g} s."
        raise ToolError(message) from error
    finally:
        if process.returncode is None:
            with suppress(ProcessLookupError):
                process.kill()
            await asyncio.shield(process.wait())
    return Completed(process.returncode or 0, out, err)
