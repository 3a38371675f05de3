"""The file of the egress log: appended to, shared by processes, bounded.

It does not know what a send is. Call it in a thread: it waits for the disk and for other processes.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

MOST_BYTES = 10_000_000
"""The log is put aside at this size, as ``egress.1.jsonl``; one older file is kept."""

_OWNER_ALONE = 0o600


def append(path: Path, entry: Mapping[str, object], *, most: int = MOST_BYTES) -> None:
    """Append one line. Raises `OSError` where that fails."""
    line = json.dumps(entry, ensure_ascii=False).encode("utf-8", "replace") + b"\n"
    path.parent.mkdir(parents=True, exist_ok=True)
    with _locked(path):
        if path.exists() and path.stat().st_size + len(line) > most:
            path.replace(path.with_suffix(f".1{path.suffix}"))
        handle = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, _OWNER_ALONE)
        try:
            os.write(handle, line)
        finally:
            os.close(handle)


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    """Keep other processes from putting the log aside twice. On Windows the open file is lock enough."""
    handle = os.open(path.with_suffix(".lock"), os.O_WRONLY | os.O_CREAT, _OWNER_ALONE)
    try:
        if sys.platform != "win32":
            import fcntl  # noqa: PLC0415 - there is none on Windows

            fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)
