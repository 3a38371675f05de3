"""Speaks to a language server that we start, over its standard input and output; blocks meanwhile.

It is the other end of the protocol than `lsp`, with no more of it than asking what a server thinks of
a text. What a server asks of us is answered from a table, and what it tells is dropped.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from queue import Empty, Queue
from threading import Thread
from typing import IO, Any

from attrs import define, field

from lastmile.errors import SlowError, ToolError
from lastmile.tools.environment import without_keys

_LONGEST_MESSAGE = 64 << 20
_BUSY = {-32801, -32802}
"""What a server says that had its mind changed by a newer text: the request is to be sent again."""

_TRIES = 5
_LONGEST_REASON = 300
_LETTING_GO = 1.0
"""Seconds to wait until what was killed is gone: it takes a few milliseconds."""

Message = dict[str, Any]


@define(eq=False)
class Wire:
    """A running language server; made by `start`."""

    name: str
    configuration: Mapping[str, Any]
    """What the server is told when it asks for its settings, by section."""

    _process: subprocess.Popen[bytes]
    _inbox: Queue[Message | None] = field(factory=Queue, init=False)
    """What came in; None where nothing comes any more."""

    _next: int = field(default=1, init=False)
    _reader: Thread = field(init=False)

    @_reader.default
    def _reading(self) -> Thread:
        return Thread(target=self._read, name="lastmile-server", daemon=True)

    @classmethod
    def start(
        cls, command: Sequence[str], *, cwd: Path, env: Mapping[str, str], configuration: Mapping[str, Any]
    ) -> Wire:
        """Start a server; raises `ToolError` where it cannot be started."""
        try:
            process = subprocess.Popen(  # noqa: S603 - a program of the project's own environment
                command,
                cwd=cwd,
                env=without_keys(env),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                start_new_session=True,  # so that the whole group can be killed
            )
        except OSError as error:
            message = f"{command[0]} could not be started: {error.strerror}."
            raise ToolError(message) from error
        made = cls(Path(command[0]).name, configuration, process)
        made._reader.start()
        return made

    @property
    def is_running(self) -> bool:
        """Whether the server can still be asked."""
        return self._process.poll() is None

    def tell(self, method: str, params: object) -> None:
        """Send a notification; raises `ToolError` where the server is gone."""
        self._send({"method": method, "params": params})

    def ask(self, method: str, params: object, *, until: float) -> Any:  # noqa: ANN401 - whatever the server answers
        """Send a request and wait for its answer, to a time of the monotonic clock.

        Raises `SlowError` where none comes by then, `ToolError` where it is an error.
        """
        why = ""
        for _ in range(_TRIES):
            number = self._next
            self._next += 1
            self._send({"id": number, "method": method, "params": params})
            answer = self._answer(number, until)
            if "error" not in answer:
                return answer.get("result")
            error = answer["error"]
            why = str(error.get("message"))[:_LONGEST_REASON]
            if error.get("code") not in _BUSY:
                break
        message = f"{self.name} answers {method} with an error: {why}"
        raise ToolError(message)

    def kill(self) -> None:
        """End the server at once, and what it started; from any thread."""
        with suppress(ProcessLookupError, PermissionError):
            if sys.platform == "win32":
                self._process.kill()
            else:
                os.killpg(self._process.pid, signal.SIGKILL)
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(_LETTING_GO)
        self._reader.join(_LETTING_GO)
        if self._process.stdin is not None:
            with suppress(OSError):  # what was not sent yet has nobody to go to
                self._process.stdin.close()

    def _answer(self, number: int, until: float) -> Message:
        while True:
            try:
                message = self._inbox.get(timeout=max(0.0, until - time.monotonic()))
            except Empty as error:
                why = f"{self.name} did not answer in time."
                raise SlowError(why) from error
            if message is None:
                why = f"{self.name} ended."
                raise ToolError(why)
            if "method" in message:
                self._heed(message)
            elif message.get("id") == number:
                return message

    def _heed(self, message: Message) -> None:
        """Answer what the server asks; a notification is not for us."""
        if "id" not in message:
            return
        result: object = None
        if message["method"] == "workspace/configuration":
            result = [self.configuration.get(item.get("section") or "") for item in message["params"]["items"]]
        self._send({"id": message["id"], "result": result})

    def _send(self, message: Message) -> None:
        body = json.dumps({"jsonrpc": "2.0", **message}).encode("utf-8", "replace")
        pipe = self._process.stdin
        try:
            if pipe is not None:
                pipe.write(b"Content-Length: %d\r\n\r\n" % len(body) + body)
                pipe.flush()
        except (OSError, ValueError) as error:
            why = f"{self.name} ended."
            raise ToolError(why) from error

    def _read(self) -> None:
        pipe = self._process.stdout
        if pipe is not None:
            with pipe:
                while (message := _message(pipe)) is not None:
                    self._inbox.put(message)
        self._inbox.put(None)


def _message(pipe: IO[bytes]) -> Message | None:
    """Read one message; None at the end, and where what comes is not the protocol."""
    length = 0
    try:
        while line := pipe.readline(1000).strip():
            name, _, value = line.partition(b":")
            if name.lower() == b"content-length":
                length = int(value)
        if not 0 < length <= _LONGEST_MESSAGE:
            return None
        message = json.loads(pipe.read(length))
    except (OSError, ValueError):
        return None
    return message if isinstance(message, dict) else None
