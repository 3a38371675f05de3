"""Kills processes that use the ledger, one at each line of it that they pass.

``python -m tests.support.ledger_kill FOLDER FIRST STRIDE PREPARED`` forks a process for each kill
point. It takes the steps of `ledger_steps` with the ledger ``FOLDER/<point>.sqlite3`` and sends
itself SIGKILL as it reaches that many lines of the ledger's code; a file ``<point>.log`` has a byte
for each step that it saw done. It ends with the first process that lives to the end.
"""

from __future__ import annotations

import asyncio
import itertools
import os
import shutil
import signal
import sys
import threading
from pathlib import Path
from types import FrameType
from typing import Any

from tests.support import ledger_steps
from tests.support.ledger import PLENTY, opened

import lastmile.ledger
from lastmile.ledger.store import Ledger

_ROOM = str(Path(lastmile.ledger.__file__).parent)


def die_at(point: int) -> None:
    """Trace all threads and kill the process at its ``point``-th line in the ledger's room."""
    passed = itertools.count(1)

    def local(_frame: FrameType, event: str, _arg: object) -> Any:  # noqa: ANN401 - a trace function gives itself
        if event == "line" and next(passed) == point:
            os.kill(os.getpid(), signal.SIGKILL)
        return local

    def trace(frame: FrameType, _event: str, _arg: object) -> Any:  # noqa: ANN401 - as above
        return local if frame.f_code.co_filename.startswith(_ROOM) else None

    threading.settrace(trace)
    sys.settrace(trace)


async def live(path: Path, log: int) -> None:
    """Open the ledger and take the steps."""
    ledger = Ledger.open(path)
    await ledger_steps.run(ledger.bank(PLENTY, "/home/ada/shop"), lambda _number: os.write(log, b"."))
    await ledger.aclose()


async def prepare(path: Path) -> None:
    """Make an empty ledger, so that no kill point lies in the making."""
    async with opened(path):
        pass


def main(folder: Path, first: int, stride: int, *, prepared: bool) -> None:
    """Fork a process for each kill point until one lives."""
    if prepared and not (child := os.fork()):
        asyncio.run(prepare(folder / "empty"))
        os._exit(0)
    if prepared:
        os.waitpid(child, 0)
    for point in itertools.count(first, stride):
        path = folder / f"{point}.sqlite3"
        if prepared:
            shutil.copy(folder / "empty", path)
        log = os.open(path.with_suffix(".log"), os.O_CREAT | os.O_WRONLY | os.O_APPEND)
        child = os.fork()
        if not child:
            die_at(point)
            asyncio.run(live(path, log))
            os._exit(0)
        os.close(log)
        if os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) != -signal.SIGKILL:
            return


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]), prepared=sys.argv[4] == "prepared")
