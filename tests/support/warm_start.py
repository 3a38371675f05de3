"""The command ``lastmile``, as a process that takes no time to start: `warm` has one ready, and this hands it over.

Run as a program. It passes its arguments, environment, folder and standard streams on, and ends as the
command ended; where it is killed, the command is killed. It imports nothing of ours.
"""

from __future__ import annotations

import json
import os
import signal
import socket
import sys

VARIABLE = "WARM_LASTMILE"
"""Where the environment says at which socket a command is ready."""


def main() -> None:
    """Have the command run, and end as it does; where none is ready, become it."""
    if VARIABLE not in os.environ:
        os.execv(sys.executable, [sys.executable, "-m", "lastmile", *sys.argv[1:]])  # noqa: S606 - ourselves
    given = {"arguments": sys.argv[1:], "folder": os.getcwd(), "env": dict(os.environ)}  # noqa: PTH109 - no more imports
    said = json.dumps(given).encode()
    with socket.socket(socket.AF_UNIX) as line:
        line.connect(os.environ[VARIABLE])
        socket.send_fds(line, [len(said).to_bytes(4, "big")], [0, 1, 2])
        line.sendall(said)
        for stream in (0, 1, 2):  # whoever reads them waits for the command's end alone
            os.close(stream)
        answer = line.recv(4)
    status = int.from_bytes(answer, "big", signed=True) if len(answer) == 4 else 125  # who had it ready is gone
    if status < 0:
        signal.signal(-status, signal.SIG_DFL)
        os.kill(os.getpid(), -status)
    os._exit(status)


if __name__ == "__main__":
    main()
