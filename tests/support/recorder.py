"""A program between an editor and the server, which keeps what goes each way and changes nothing.

``recorder.py FOLDER COMMAND...`` runs the command; the folder gets ``to_server`` and ``to_client``, byte by byte.
"""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from pathlib import Path

_MOST = 1 << 16


def main(folder: Path, command: list[str]) -> int:
    """Run the command between this process's own input and output; gives its exit status."""
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as server:
        assert server.stdin is not None
        assert server.stdout is not None
        ways = ((0, server.stdin.fileno(), "to_server"), (server.stdout.fileno(), 1, "to_client"))
        there, back = (threading.Thread(target=_carry, args=(*ends, folder / name)) for *ends, name in ways)
        there.daemon = True  # the editor need not close its end when the server is gone
        there.start()
        back.start()
        back.join()
        return server.wait()


def _carry(source: int, target: int, log: Path) -> None:
    with log.open("ab", buffering=0) as kept:
        while data := os.read(source, _MOST):
            kept.write(data)
            os.write(target, data)
    os.close(target)


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), sys.argv[2:]))
