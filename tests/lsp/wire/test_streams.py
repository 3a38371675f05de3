"""The pipes to the client, with pipes of our own."""

from __future__ import annotations

import asyncio
import os
import threading
from collections.abc import Iterator
from contextlib import suppress

import pytest
from tests.support.patience import PATIENCE

from lastmile.lsp.wire.streams import Incoming, Outgoing


@pytest.fixture
def pipe() -> Iterator[tuple[int, int]]:
    """Give the two ends of a pipe, closed at the end where the test did not.

    A thread that still reads or writes is waited for: the next pipe gets the same numbers, and what
    is sent through it would go to that thread.
    """
    reading, writing = ends = os.pipe()
    yield ends
    for end, name in ((writing, "lastmile-reads"), (reading, "lastmile-writes")):
        with suppress(OSError):
            os.close(end)
        for thread in threading.enumerate():
            if thread.name == name:
                thread.join(PATIENCE)
                assert not thread.is_alive()


async def test_what_comes_is_read_in_order_and_held_back_while_nobody_reads(pipe: tuple[int, int]) -> None:
    incoming = Incoming(pipe[0])
    data = bytes(range(256)) * 40_000  # ten times what may lie unread

    def write() -> None:
        rest = memoryview(data)
        while rest:
            rest = rest[os.write(pipe[1], rest) :]
        os.close(pipe[1])

    writing = asyncio.create_task(asyncio.to_thread(write))
    assert await incoming.stream.readexactly(len(data)) == data
    await writing
    assert await incoming.stream.read() == b""
    incoming.end()  # again is no trouble
    await asyncio.sleep(0)


async def test_a_stream_can_be_ended_while_its_pipe_stays_open(pipe: tuple[int, int]) -> None:
    incoming = Incoming(pipe[0])
    incoming.end()
    assert await incoming.stream.readline() == b""
    os.write(pipe[1], b"too late")
    os.close(pipe[1])


async def test_a_pipe_that_cannot_be_read_is_an_end(pipe: tuple[int, int]) -> None:
    assert await Incoming(pipe[1]).stream.read() == b""


def test_a_loop_that_has_ended_wants_nothing_more(pipe: tuple[int, int]) -> None:
    async def read() -> Incoming:
        return Incoming(pipe[0])

    incoming = asyncio.run(read())
    incoming.end()
    os.close(pipe[1])


def test_what_is_sent_goes_out_in_order_before_it_closes(pipe: tuple[int, int]) -> None:
    outgoing = Outgoing(pipe[1], lost=lambda: None)
    for number in range(100):
        outgoing.write(b"%d," % number)
    outgoing.close()
    assert os.read(pipe[0], 1 << 16) == b"".join(b"%d," % number for number in range(100))
    outgoing.write(b"dropped")
    outgoing.close()


def test_a_client_that_is_gone_is_noticed(pipe: tuple[int, int]) -> None:
    os.close(pipe[0])
    lost = threading.Event()
    outgoing = Outgoing(pipe[1], lost=lost.set)
    outgoing.write(b"x")
    assert lost.wait(PATIENCE)
    outgoing.close()


def test_a_client_that_reads_nothing_is_given_up(pipe: tuple[int, int]) -> None:
    lost = threading.Event()
    outgoing = Outgoing(pipe[1], lost=lost.set, most=1 << 20)
    for _ in range(20):
        outgoing.write(b"x" * (1 << 17))
    assert lost.is_set()
    os.close(pipe[0])
    outgoing.close()
