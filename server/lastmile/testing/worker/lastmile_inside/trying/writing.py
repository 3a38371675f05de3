"""Sees whether a process writes into the project, which only a run with a layer of its own can."""

from __future__ import annotations

import os
import sys
from typing import Any, Callable, Dict, Tuple

_WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
_EVENTS: Dict[str, Tuple[int, ...]] = {
    "os.mkdir": (0,),
    "os.remove": (0,),
    "os.rmdir": (0,),
    "os.rename": (0, 1),
    "os.link": (1,),
    "os.symlink": (1,),
    "os.truncate": (0,),
    "os.chmod": (0,),
    "os.chown": (0,),
    "os.utime": (0,),
    "sqlite3.connect": (0,),
}
"""Which arguments of what Python audits are paths that are written to; to open a file is looked at on its own."""

_IN_MEMORY = ":memory:"


def watch(root: str, note: Callable[[], None]) -> None:
    """Have it noted, before it happens, that this process or one that it forks writes below a folder."""
    inside = root.rstrip(os.sep) + os.sep

    def hook(event: str, arguments: Tuple[Any, ...]) -> None:
        if event == "open":
            found = arguments[:1] if isinstance(arguments[2], int) and arguments[2] & _WRITES else ()
        else:
            found = tuple(arguments[place] for place in _EVENTS.get(event, ()))
        if any(_lies(path, inside) for path in found):
            note()

    sys.addaudithook(hook)


def _lies(path: Any, inside: str) -> bool:
    """Tell whether a path, however it is given, lies below a folder."""
    if not isinstance(path, (str, bytes, os.PathLike)):
        return False
    name = os.fsdecode(path)
    if _IN_MEMORY in name:
        return False
    return os.path.realpath(name[len("file:") :] if name.startswith("file:") else name).startswith(inside)
