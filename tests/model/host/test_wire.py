"""A connection of the host: the short way and uvicorn's give the same answers, however what is sent comes."""

from __future__ import annotations

import asyncio
import socket
import tempfile
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, closing
from pathlib import Path
from typing import Any

import pytest
import uvicorn
from starlette.types import Receive, Scope, Send
from tests.support.hosting import SMALL, Runtime
from tests.support.patience import PATIENCE

from lastmile.model.host.starting import Host
from lastmile.model.host.wire import Wire
from lastmile.model.lines import Lines

SHORT = b"POST /say HTTP/1.1\r\nContent-Length: 3\r\nHost: a\r\n\r\none"
LONG = b"POST /say HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\ntwo"
CHUNKS = b"POST /say HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n2\r\ntw\r\n1\r\no\r\n0\r\n\r\n"
LAST = b"POST /end HTTP/1.1\r\nContent-Length: 3\r\nHost: a\r\n\r\nend"
BOTH = SHORT[:-5] + b"Transfer-Encoding: chunked\r\n\r\n3\r\ntwo\r\n0\r\n\r\n"


async def said(scope: Scope, receive: Receive, send: Send) -> None:
    """Say the path, the names of the headers and the body, in two parts; hang up after ``/end``."""
    body, more = b"", True
    while more:
        message = await receive()
        body, more = body + message["body"], message["more_body"]
    close = [(b"connection", b"close")] if scope["path"] == "/end" else []
    await send({"type": "http.response.start", "status": 200, "headers": close})
    await send({"type": "http.response.body", "body": scope["path"].encode() + b" ", "more_body": True})
    await asyncio.sleep(0)
    await send({"type": "http.response.body", "body": body + b";"})


@asynccontextmanager
async def served(app: Any, at: Path | None = None) -> AsyncIterator[str]:  # noqa: ANN401 - any application
    with tempfile.TemporaryDirectory(prefix="lm-") as folder, socket.socket(socket.AF_UNIX) as listener:
        path = str(at or Path(folder) / "a.sock")
        listener.bind(path)
        listener.listen()
        config = uvicorn.Config(app, http=Wire, lifespan="off", log_config=None, timeout_graceful_shutdown=1)
        server = uvicorn.Server(config)
        serving = asyncio.ensure_future(server.serve(sockets=[listener]))
        try:
            yield path
        finally:
            server.should_exit = True
            await serving


async def answers(reader: asyncio.StreamReader, count: int) -> list[str]:
    """Read so many answers in chunks: their bodies."""
    found = []
    for _ in range(count):
        head = await reader.readuntil(b"\r\n\r\n")
        assert head.startswith(b"HTTP/1.1 200"), head
        body = (await reader.readuntil(b"0\r\n\r\n")).split(b"\r\n")
        found.append(b"".join(body[1::2]).decode())
    return found


async def check(parts: Sequence[bytes], expected: Sequence[str]) -> None:
    """Send parts, each when what was sent before it has been taken, and see what is answered."""
    async with served(said) as path, asyncio.timeout(PATIENCE):
        reader, writer = await asyncio.open_unix_connection(path)
        for part in parts:
            writer.write(part)
            for _ in range(20):
                await asyncio.sleep(0)
        assert await answers(reader, len(expected)) == list(expected)
        writer.close()


@pytest.mark.parametrize(
    ("parts", "expected"),
    [
        ([SHORT], ["/say one;"]),
        ([LONG], ["/say two;"]),
        ([CHUNKS], ["/say two;"]),
        ([SHORT, LONG, SHORT, CHUNKS, SHORT], ["/say one;", "/say two;", "/say one;", "/say two;", "/say one;"]),
        ([SHORT + SHORT], ["/say one;"] * 2),
        ([SHORT + LONG + SHORT], ["/say one;", "/say two;", "/say one;"]),
        ([SHORT[:30], SHORT[30:]], ["/say one;"]),
        ([SHORT[:-1], SHORT[-1:] + SHORT], ["/say one;"] * 2),
        ([SHORT.replace(b"3", b"03")], ["/say one;"]),
        ([SHORT, LAST], ["/say one;", "/end end;"]),
    ],
)
async def test_however_it_comes(parts: list[bytes], expected: list[str]) -> None:
    await check(parts, expected)


async def test_our_own_client_goes_the_short_way(hosts: Runtime) -> None:
    """Uvicorn names itself in the answers of its own way, and in none of the short one."""
    host = Host(SMALL, hosts.env)
    async with served(said, (await asyncio.to_thread(host.places)).address) as path, asyncio.timeout(PATIENCE):
        with closing(Lines(host)) as lines:
            for _ in range(2):  # a line is kept, and is short the second time too
                with closing(await lines.ask("POST", "/say", b"one")) as answer:
                    assert await answer.whole() == b"/say one;"
                    assert "server" not in answer.headers
        reader, writer = await asyncio.open_unix_connection(path)
        writer.write(LONG)
        assert b"server: uvicorn" in await reader.readuntil(b"\r\n\r\n")
        writer.close()


async def test_what_comes_while_an_answer_is_made_waits_for_its_turn() -> None:
    begun, go, seen = asyncio.Event(), asyncio.Event(), []

    async def slow(scope: Scope, receive: Receive, send: Send) -> None:
        seen.append((await receive())["body"])
        begun.set()
        await go.wait()
        await said(scope, receive_of(b"x"), send)

    async with served(slow) as path, asyncio.timeout(PATIENCE):
        reader, writer = await asyncio.open_unix_connection(path)
        writer.write(SHORT)
        await begun.wait()
        writer.write(LONG + SHORT)
        for _ in range(50):
            await asyncio.sleep(0)
        assert seen == [b"one"]
        go.set()
        assert await answers(reader, 3) == ["/say x;"] * 3
        assert seen == [b"one", b"two", b"one"]
        writer.close()


def receive_of(body: bytes) -> Receive:
    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": body, "more_body": False}

    return receive


@pytest.mark.parametrize("sent", [SHORT, LONG])
async def test_who_hangs_up_is_noticed(sent: bytes) -> None:
    heard: list[str] = []
    there, left = asyncio.Event(), asyncio.Event()

    async def waits(_: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG001 - an application's
        heard.append((await receive())["type"])
        there.set()
        heard.append((await receive())["type"])
        left.set()

    async with served(waits) as path, asyncio.timeout(PATIENCE):
        _, writer = await asyncio.open_unix_connection(path)
        writer.write(sent)
        await there.wait()
        writer.transport.abort()
        await left.wait()
    assert heard == ["http.request", "http.disconnect"]


async def test_a_body_that_two_headers_measure_is_not_taken_the_short_way() -> None:
    async with served(said) as path, asyncio.timeout(PATIENCE):
        reader, writer = await asyncio.open_unix_connection(path)
        writer.write(BOTH)
        assert await answers(reader, 1) == ["/say two;"]
        writer.close()


async def test_an_application_that_fails_is_a_status() -> None:
    async def fails(_: Scope, __: Receive, ___: Send) -> None:
        raise RuntimeError

    async with served(fails) as path, asyncio.timeout(PATIENCE):
        reader, writer = await asyncio.open_unix_connection(path)
        writer.write(SHORT)
        assert (await reader.read()).startswith(b"HTTP/1.1 500 ")
        writer.close()
