"""Finds a model's host, and starts it where none answers. One is enough for all who ask at once.

It asks for nothing: whether a host listens is all that it looks at.
"""

from __future__ import annotations

import asyncio
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path

from attrs import asdict, define, field

from lastmile.config.local import LocalModel
from lastmile.errors import ModelError
from lastmile.model.header import see
from lastmile.model.host.address import connected
from lastmile.model.host.places import Places, places

_DEADLINE = 30.0
"""Seconds for a host to listen: it loads no model for that, but the machine may be busy."""

_MEMORY = 60.0
"""Seconds for which a start is remembered."""

_AT_ONCE = 2
"""So many starts within that time are made as they are needed; the next ones wait longer and longer."""

_LONGEST_WAIT = 30.0
_FIRST_LOOK, _LAST_LOOK = 0.005, 0.1
"""Seconds between two looks for whether it listens."""

_LONGEST_LINE = 200
_CAUSES = ("GGML_ASSERT", "error loading model")
"""What the library says of why it ends the process, before Python's own words for how it was ended."""

_LEAST_ROOM = 4096
"""Bytes that a disk has left where something can be written down."""


Ending = Callable[[], int | None]
"""Tells how a process ended, as `os.waitstatus_to_exitcode` does; None while it runs."""


@define(eq=False)
class Host:
    """The host of one model, as one process sees it."""

    model: LocalModel
    env: Mapping[str, str]
    """The process's, which the host gets as well."""

    clock: Callable[[], float] = time.monotonic
    _starts: list[float] = field(factory=list, init=False)
    """When it was started, lately."""

    _mark: int = field(default=0, init=False)
    """How long the log was before the last start."""

    _children: list[Ending] = field(factory=list, init=False)
    """The processes that we started, until it was heard that they ended: so long they stay in the system's table."""

    _starting: asyncio.Lock = field(factory=asyncio.Lock, init=False)

    def places(self) -> Places:
        """Say where its files are. Blocks; raises `ModelError`."""
        return places(self.model, self.env)

    def cause(self) -> str:
        """Say why the library ended the host that we started last; empty where that is not known. Blocks."""
        try:
            return _cause(_lines(self.places().log, self._mark)) if self._starts else ""
        except (OSError, ModelError):
            return ""

    async def start(self) -> None:
        """Have it running: it is started where nobody listens, for a file that is a model.

        Raises `ModelError` where that fails, or where there is no such file.
        """
        async with self._starting:
            found = await asyncio.to_thread(self.places)
            if await _listens(found.address):
                return
            await asyncio.to_thread(see, self.model.file)
            self._allow(found)
            self._children = [ended for ended in self._children if ended() is None]
            self._starts.append(self.clock())
            self._mark = found.log.stat().st_size if found.log.exists() else 0
            try:
                async with asyncio.timeout(_DEADLINE):
                    await self._started(found)
            except TimeoutError as error:
                message = f"The model's host did not start within {_DEADLINE:g} s. Its log is {found.log}."
                raise ModelError(message) from error

    def _allow(self, found: Places) -> None:
        """Refuse to start it again and again: each time that it ended soon, more time must pass."""
        now = self.clock()
        self._starts = [at for at in self._starts if now - at < _MEMORY]
        if len(self._starts) < _AT_ONCE:
            return
        left = self._starts[-1] + min(2.0 ** (len(self._starts) - _AT_ONCE), _LONGEST_WAIT) - now
        if left > 0:
            message = (
                f"The model's host ended {len(self._starts)} times within a minute, and is started again in"
                f" {left:.0f} s. Its log is {found.log}: {_telling(found.log, self._mark)}"
            )
            raise ModelError(message)

    async def _started(self, found: Places) -> None:
        started = await asyncio.to_thread(_spawn, self.model, self.env, found)
        self._children.append(started)
        ended: Ending | None = started
        look = _FIRST_LOOK
        while not await _listens(found.address):
            if ended is not None and (status := ended()) is not None:
                ended = None
                # With 0 it left because another has the lock, which will listen soon.
                if status:
                    message = f"The model's host ended at once ({_words(status)}): {_telling(found.log, self._mark)}"
                    raise ModelError(message)
            await asyncio.sleep(look)
            look = min(2 * look, _LAST_LOOK)


async def _listens(path: Path) -> bool:
    try:
        way = await connected(path)
    except OSError:
        return False
    way.writer.close()
    return True


def command(model: LocalModel) -> list[str]:
    """Give the command that is the host of a model."""
    given = asdict(model) | {"path": model.file}
    options = (f"--{name.replace('_', '-')}={value}" for name, value in given.items())
    # With -P nothing of the folder that the editor was started in is taken for a module.
    return [sys.executable, "-P", "-m", "lastmile", "model", "serve", "--for-editors", *options]


def _spawn(model: LocalModel, env: Mapping[str, str], found: Places) -> Ending:
    """Start the process so that it outlives us; gives what tells how it ended. Raises `ModelError`."""
    try:
        return _spawned(command(model), _without_debugger(env), found.log)
    except OSError as error:
        message = f"The model's host could not be started: {error.strerror}."
        raise ModelError(message) from error


def _without_debugger(env: Mapping[str, str]) -> Mapping[str, str]:
    """Keep ggml from starting gdb when an assertion of its fails, which takes seconds and says nothing to a person."""
    return {"GGML_NO_BACKTRACE": "1", **env}


def _spawned(line: list[str], env: Mapping[str, str], path: Path) -> Ending:
    if sys.platform == "win32":
        flags = subprocess.DETACHED_PROCESS | subprocess.CREATE_NEW_PROCESS_GROUP
        with path.open("ab") as file:
            return subprocess.Popen(  # noqa: S603 - our own command
                line, env=env, stdin=subprocess.DEVNULL, stdout=file, stderr=file, creationflags=flags
            ).poll
    log = os.O_WRONLY | os.O_CREAT | os.O_APPEND
    files = [
        (os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0),
        (os.POSIX_SPAWN_OPEN, 1, str(path), log, 0o600),
        (os.POSIX_SPAWN_DUP2, 1, 2),
    ]
    return partial(_ended, os.posix_spawn(line[0], line, dict(env), file_actions=files, setsid=True))


def _ended(child: int) -> int | None:
    try:
        pid, status = os.waitpid(child, os.WNOHANG)
    except ChildProcessError:
        return 0
    return os.waitstatus_to_exitcode(status) if pid else None


def _words(status: int) -> str:
    return f"by signal {-status}" if status < 0 else f"with status {status}"


def _telling(log: Path, mark: int) -> str:
    """Give the last line that says why a host ended, or that has an error, else its last.

    Of what came after ``mark`` bytes; where that is nothing, a full disk may be why.
    """
    try:
        lines = _lines(log, mark)
    except OSError:
        return "it has no log."
    silent = f"the disk of {log.parent} is full." if _is_full(log.parent) else "it said nothing."
    return _cause(lines) or next((line for line in lines if "rror" in line), lines[0] if lines else silent)


def _cause(lines: Sequence[str]) -> str:
    return next((line for line in lines if any(sign in line for sign in _CAUSES)), "")


def _lines(log: Path, mark: int) -> Sequence[str]:
    """Read a log from ``mark`` on, the last line first. Raises `OSError`."""
    lines = log.read_bytes()[mark:].decode("utf-8", "replace").split("\n")
    return [line.strip()[:_LONGEST_LINE] for line in reversed(lines) if line.strip()]


def _is_full(folder: Path) -> bool:
    try:
        return shutil.disk_usage(folder).free < _LEAST_ROOM
    except OSError:
        return False
