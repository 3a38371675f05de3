"""A client of the wire protocol that knows JSON-RPC and nothing of pygls.

It keeps all that it is sent, answers the server's questions as the test scripted it, and waits for
what it is told to wait for, never for time to pass.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

from tests.support.patience import PATIENCE

Json = Any  # what the wire carries
_LEAVING = 10.0
"""Seconds that a server has at the end of a test, before it is killed."""


class RefusedError(Exception):
    """The server answered with an error."""

    def __init__(self, error: dict[str, Json]) -> None:
        super().__init__(error["message"])
        self.code: int = error["code"]
        self.message: str = error["message"]
        self.data = error.get("data")


class Asked(asyncio.Future[Json]):
    """The answer that is to come to a request."""

    def __init__(self, number: int) -> None:
        super().__init__()
        self.id = number
        """The request's."""


def telling(**told: Json) -> Callable[[Json], bool]:
    """Match params that say this, whatever more they say."""
    return lambda params: all(params[name] == value for name, value in told.items())


class Wire:
    """One connection to a server."""

    def __init__(self, reader: asyncio.StreamReader, write: Callable[[bytes], Json]) -> None:
        self.received: list[dict[str, Json]] = []
        """Every notification and question of the server, in order."""

        self.answers: dict[str, Callable[[Json], Json]] = {}
        """What to answer to the server's questions, by method; a future may be given, null otherwise."""

        self.answered: list[Json] = []
        """The ids of all answers that came, in order: each must come once."""

        self._reader = reader
        self._write = write
        self._waiting: dict[int, Asked] = {}
        self._last_id = 0
        self._news = asyncio.Condition()
        self._tasks: set[asyncio.Task[Json]] = set()
        self._spawn(self._read())

    def notify(self, method: str, params: Json = None) -> None:
        self._send({"jsonrpc": "2.0", "method": method, "params": params})

    def ask(self, method: str, params: Json = None) -> Asked:
        """Send a request."""
        self._last_id += 1
        asked = self._waiting[self._last_id] = Asked(self._last_id)
        self._send({"jsonrpc": "2.0", "id": asked.id, "method": method, "params": params})
        return asked

    async def request(self, method: str, params: Json = None) -> Json:
        return await asyncio.wait_for(self.ask(method, params), PATIENCE)

    def cancel(self, asked: Asked) -> None:
        self.notify("$/cancelRequest", {"id": asked.id})

    def raw(self, body: bytes) -> None:
        self._write(b"Content-Length: %d\r\n\r\n%s" % (len(body), body))

    async def heard(self, method: str, match: Callable[[Json], bool] = lambda _params: True, *, after: int = 0) -> Json:
        """Wait until a message of the method came, and give its params."""

        def found() -> dict[str, Json] | None:
            news = (item for item in self.received[after:] if item["method"] == method)
            return next((item for item in news if match(item.get("params"))), None)

        async with self._news:
            await asyncio.wait_for(self._news.wait_for(lambda: found() is not None), PATIENCE)
        message = found()
        assert message is not None
        return message.get("params")

    def all(self, method: str) -> list[Json]:
        return [item.get("params") for item in self.received if item["method"] == method]

    async def settle(self) -> None:
        """Wait until the server has handled all that was sent: a request it does not know is answered in turn."""
        with contextlib.suppress(RefusedError):
            await self.request("test/settle")

    async def stop(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def _send(self, message: dict[str, Json]) -> None:
        if message.get("params", "") is None:
            del message["params"]
        self.raw(json.dumps(message).encode())

    def _spawn(self, work: Json) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _read(self) -> None:
        try:
            await self._take_all()
        finally:
            for future in self._waiting.values():
                future.cancel()

    async def _take_all(self) -> None:
        while True:
            length = 0
            while (line := await self._reader.readline()).strip():
                name, _, value = line.partition(b":")
                if name.lower() == b"content-length":
                    length = int(value)
            if not line:
                return
            await self._take(json.loads(await self._reader.readexactly(length)))

    async def _take(self, message: dict[str, Json]) -> None:
        if "method" in message:
            async with self._news:
                self.received.append(message)
                self._news.notify_all()
            if "id" in message:
                self._spawn(self._answer(message))
            return
        self.answered.append(message["id"])
        future = self._waiting.pop(message["id"], None)
        if future is None or future.done():
            return
        if "error" in message:
            future.set_exception(RefusedError(message["error"]))
        else:
            future.set_result(message.get("result"))

    async def _answer(self, message: dict[str, Json]) -> None:
        respond = self.answers.get(message["method"])
        answer = {"jsonrpc": "2.0", "id": message["id"]}
        try:
            result = respond(message.get("params")) if respond else None
            if asyncio.isfuture(result):
                result = await result
        except RefusedError as error:
            self._send({**answer, "error": {"code": error.code, "message": error.message}})
        else:
            self._send({**answer, "result": result})


class Program:
    """A server that runs as a process of its own."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        assert process.stdout
        assert process.stdin
        self.process = process
        self.wire = Wire(process.stdout, process.stdin.write)

    async def shut_down(self) -> int:
        """Take leave as a client should; gives the exit status."""
        await self.wire.request("shutdown")
        self.wire.notify("exit")
        return await self.ended()

    def hang_up(self) -> None:
        assert self.process.stdin
        self.process.stdin.close()

    async def ended(self) -> int:
        return await asyncio.wait_for(self.process.wait(), PATIENCE)

    async def complaints(self) -> str:
        """Give what the server wrote to standard error, once it has ended."""
        assert self.process.stderr
        return (await self.process.stderr.read()).decode()


@asynccontextmanager
async def program(*command: str, env: dict[str, str] | None = None) -> AsyncIterator[Program]:
    """Start a server; at the end it is hung up on, and killed if that does not end it."""
    process = await asyncio.create_subprocess_exec(
        *command,
        env={**os.environ, **(env or {})},
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        limit=1 << 26,
    )
    started = Program(process)
    try:
        yield started
    finally:
        started.hang_up()
        try:
            await asyncio.wait_for(process.wait(), _LEAVING)
        except TimeoutError:
            process.kill()
            await process.wait()
        await started.wire.stop()


def hello(**capabilities: Json) -> dict[str, Json]:
    """Give the params of `initialize`."""
    return {"processId": None, "rootUri": None, "capabilities": capabilities}
