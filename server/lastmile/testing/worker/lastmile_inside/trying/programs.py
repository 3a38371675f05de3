"""Sees whether a process starts programs, which load the project's files from the disk and not what is tried here."""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from typing import Any, Callable

_EVENTS = ("subprocess.Popen", "os.system", "os.exec", "os.posix_spawn", "os.spawn", "pty.spawn")
_OWN = b"multiprocessing.resource_tracker"
"""What stands in the command of a program that clears up after Python's own and loads nothing of a project."""


def watch(note: Callable[[], None]) -> None:
    """Have it noted, before it starts, that this process or one that it forks starts a program."""

    def hook(event: str, _arguments: Any) -> None:
        if event in _EVENTS:
            note()

    sys.addaudithook(hook)
    with suppress(ImportError):
        _follow_spawn(note)
    if _forks_already():
        note()


def _follow_spawn(note: Callable[[], None]) -> None:
    """Follow what `multiprocessing` starts, which raises no event."""
    import _posixsubprocess  # noqa: PLC0415 - there is none on some systems

    plain = _posixsubprocess.fork_exec

    def fork_exec(words: Any, *more: Any) -> Any:
        if not any(_OWN in os.fsencode(word) for word in words):
            note()
        return plain(words, *more)

    _posixsubprocess.fork_exec = fork_exec


def _forks_already() -> bool:
    """Tell whether a server was started before that forks for `multiprocessing`: it may have loaded the file."""
    server = getattr(sys.modules.get("multiprocessing.forkserver"), "_forkserver", None)
    return getattr(server, "_forkserver_pid", None) is not None
