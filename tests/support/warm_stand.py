"""Has the command ``lastmile`` loaded, and forks for each call of it: what `warm_start` connects to.

Run as a program, with the path of a socket. Each call is a process of its own with streams, folder, environment,
exit code and coverage of its own; only loading is shared. It ends once its standard input does.
"""

from __future__ import annotations

import gc
import json
import os
import selectors
import signal
import socket
import sys
from contextlib import suppress
from typing import Any

from attrs import define, field, frozen

_CALLS = 64
"""How many may wait to be heard."""


@frozen
class Call:
    """What somebody calls."""

    arguments: list[str]
    folder: str
    env: dict[str, str]
    streams: list[int] = field(factory=list)


@define
class Stand:
    """Forks for each call, tells whoever called how it ended, and ends it where they are gone."""

    listener: socket.socket
    waiting: selectors.BaseSelector
    running: dict[int, tuple[int, socket.socket]] = field(factory=dict)
    """Each process by the file that says that it ended, with the line to whoever called it."""

    def serve(self) -> Call | None:
        """Fork for each call; gives the call in the fork, and nothing once nobody is left to call."""
        self.waiting.register(self.listener, selectors.EVENT_READ)
        self.waiting.register(sys.stdin, selectors.EVENT_READ)
        while True:
            key, _ = self.waiting.select()[0]  # one at a time: what it leads to may settle the others
            if key.fileobj is sys.stdin:
                return None
            if key.fileobj is not self.listener:
                self._heard(key)
            elif (call := self._called()) is not None:
                return call

    def _called(self) -> Call | None:
        line = self.listener.accept()[0]
        call = _taken(line)
        if (process := os.fork()) == 0:
            for ended, (_, other) in self.running.items():
                os.close(ended)
                other.close()
            line.close()
            return call
        for stream in call.streams:
            os.close(stream)
        ended = os.pidfd_open(process)
        self.running[ended] = process, line
        self.waiting.register(ended, selectors.EVENT_READ, ended)
        self.waiting.register(line, selectors.EVENT_READ, ended)
        return None

    def _heard(self, key: selectors.SelectorKey) -> None:
        process, line = self.running[key.data]
        if key.fileobj is line:  # whoever called is gone
            self.waiting.unregister(line)
            os.kill(process, signal.SIGKILL)
            return
        self._forget(key.data)
        status = os.waitstatus_to_exitcode(os.waitpid(process, 0)[1])
        with suppress(OSError):
            line.sendall(status.to_bytes(4, "big", signed=True))
        line.close()

    def _forget(self, ended: int) -> None:
        _, line = self.running.pop(ended)
        self.waiting.unregister(ended)
        with suppress(KeyError):  # whoever called may have been gone before
            self.waiting.unregister(line)
        os.close(ended)


def main() -> None:
    """Wait for calls, and be each of them in its fork."""
    # What a call would load. A process that a call spawns imports this file too, and loads nothing.
    import lastmile.cli.bill  # noqa: PLC0415 - as above
    import lastmile.cli.doctor  # noqa: PLC0415 - as above
    import lastmile.cli.fix  # noqa: PLC0415 - as above
    import lastmile.lsp.serve  # noqa: PLC0415 - as above
    import lastmile.lsp.server  # noqa: PLC0415 - as above
    import lastmile.service  # noqa: F401, PLC0415 - as above

    _settle()
    with socket.socket(socket.AF_UNIX) as listener, selectors.DefaultSelector() as waiting:
        listener.bind(sys.argv[1])
        listener.listen(_CALLS)
        sys.stdout.write("ready\n")
        sys.stdout.flush()
        call = Stand(listener, waiting).serve()
    if call is not None:
        _become(call)


def _settle() -> None:
    """Keep what was loaded out of what each call has to look through and to write down."""
    gc.freeze()
    if "coverage" in sys.modules and (measuring := sys.modules["coverage"].Coverage.current()):
        measuring.save()


def _taken(line: socket.socket) -> Call:
    """Read a call, and the streams that came with it."""
    length, streams, _, _ = socket.recv_fds(line, 4, 3)
    wanted, said = int.from_bytes(length, "big"), b""
    while len(said) < wanted and (part := line.recv(wanted - len(said))):
        said += part
    given: dict[str, Any] = json.loads(said)
    return Call(**given, streams=list(streams))


def _become(call: Call) -> None:
    """Be the command, as `python -m lastmile` is it."""
    from lastmile.cli import main as command  # noqa: PLC0415 - as in `main`

    for number, stream in enumerate(call.streams):
        os.dup2(stream, number)
        os.close(stream)
    os.chdir(call.folder)
    os.environ.clear()
    os.environ.update(call.env)
    ends = open(0), open(1, "w"), open(2, "w", buffering=1)  # noqa: SIM115 - for as long as the process lasts
    sys.stdin, sys.stdout, sys.stderr = ends
    sys.argv = ["lastmile", *call.arguments]
    command()


if __name__ == "__main__":
    main()
