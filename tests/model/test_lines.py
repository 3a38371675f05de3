"""The lines to a host that is not as it should be: a socket on which the test itself answers."""

from __future__ import annotations

import asyncio
import itertools
import socket
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, closing

import pytest
from tests.support.hosting import SMALL, Runtime
from tests.support.patience import PATIENCE

from lastmile.model.host.address import connected
from lastmile.model.host.starting import Host
from lastmile.model.lines import BrokenLineError, Lines

WHOLE = b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nhi"
CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\nb\r\n, you there\r\n"
END = b"0\r\n\r\n"
GONE = b""
"""Hangs up."""


@asynccontextmanager
async def answering(hosts: Runtime, *answers: bytes) -> AsyncIterator[tuple[Lines, list[int]]]:
    """Give lines to a socket that answers each request with the next of the answers; and how many lines it saw."""
    host = Host(SMALL, hosts.env)
    lines, left, seen = Lines(host), list(answers), []
    met: set[asyncio.Task[None] | None] = set()

    async def meet(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        met.add(asyncio.current_task())
        # Whether a host listens is looked at by connecting: no line of ours.
        while left and await reader.read(1):
            if (await reader.readuntil(b"\r\n\r\n")).startswith(b"ET /attend "):
                await reader.read()
                break
            seen.append(id(reader))
            answer = left.pop(0)
            writer.write(answer)
            if not answer.endswith((WHOLE, END)):
                break
        writer.close()

    socket = (await asyncio.to_thread(host.places)).address
    async with await asyncio.start_unix_server(meet, socket):
        with closing(lines):
            yield lines, seen
        await asyncio.wait_for(asyncio.gather(*filter(None, met), return_exceptions=True), PATIENCE)


async def said(lines: Lines) -> bytes:
    with closing(await lines.ask("GET", "/status")) as answer:
        assert answer.status == 200
        return await answer.whole()


async def test_a_line_is_kept_for_the_next_request(hosts: Runtime) -> None:
    async with answering(hosts, WHOLE, CHUNKED + END, WHOLE) as (lines, seen):
        assert [await said(lines) for _ in range(3)] == [b"hi", b"hi, you there", b"hi"]
        assert len(set(seen)) == 1


async def test_who_does_not_read_to_the_end_hangs_up(hosts: Runtime) -> None:
    async with answering(hosts, CHUNKED + END, WHOLE) as (lines, seen):
        with closing(await lines.ask("GET", "/status")) as answer:
            assert await answer.piece() == b"hi"
        assert await said(lines) == b"hi"
        assert len(set(seen)) == 2


@pytest.mark.parametrize("first", [GONE, b"HTTP/1.1 200", b"no HTTP\r\n\r\n"], ids=["gone", "cut", "odd"])
async def test_a_line_that_breaks_before_an_answer_is_tried_once_more(hosts: Runtime, first: bytes) -> None:
    async with answering(hosts, first, WHOLE) as (lines, _):
        assert await said(lines) == b"hi"
    async with answering(hosts, first, first) as (lines, _):
        with pytest.raises(BrokenLineError, match=r"^The connection to the model's host broke: "):
            await said(lines)


@pytest.mark.parametrize(
    "answers",
    [[CHUNKED], [CHUNKED + b"x\r\n"], [CHUNKED + b"ff\r\nhi"], [WHOLE[:-1]]],
    ids=["no end", "no size", "cut", "short"],
)
async def test_an_answer_that_breaks_off_is_not_asked_for_again(hosts: Runtime, answers: Sequence[bytes]) -> None:
    async with answering(hosts, *answers, WHOLE) as (lines, seen):
        with pytest.raises(BrokenLineError, match=r"broke: (?!.*undefined expected bytes)"):
            await said(lines)
        assert len(seen) == 1


async def test_what_ran_for_long_is_not_asked_for_again(hosts: Runtime) -> None:
    async with answering(hosts, GONE, WHOLE) as (lines, seen):
        lines.clock = itertools.count().__next__
        with pytest.raises(BrokenLineError):
            await said(lines)
        assert len(seen) == 1


async def test_who_finds_too_many_waiting_waits(hosts: Runtime) -> None:
    path = (await asyncio.to_thread(Host(SMALL, hosts.env).places)).address
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(path))
        listener.listen(0)
        asked = [asyncio.ensure_future(connected(path)) for _ in range(8)]
        await asyncio.wait(asked, return_when=asyncio.FIRST_COMPLETED)
        done, _ = await asyncio.wait(asked, timeout=0.1)
        assert len(done) < len(asked)
        taken = [await asyncio.to_thread(listener.accept) for _ in asked]
        for way in await asyncio.wait_for(asyncio.gather(*asked), PATIENCE):
            way.writer.close()
        for each, _ in taken:
            each.close()
