"""Runs a server for one client, over standard input and output or over TCP, until it leaves.

The exit status is LSP's: 0 after `shutdown`, 1 when the client just went away.
"""

from __future__ import annotations

import asyncio
import logging
import signal
import sys
import threading
from collections.abc import Awaitable, Callable, Coroutine
from contextlib import suppress
from typing import Any

from pygls.io_ import run_async
from pygls.lsp.server import LanguageServer

from lastmile.lsp.wire.protocol import Protocol
from lastmile.lsp.wire.streams import Incoming, Outgoing, claim
from lastmile.lsp.wire.watchdog import GRACE, leave_for_certain

logger = logging.getLogger(__name__)

Close = Callable[[], Awaitable[None]]
_LONGEST_HEADER = 1 << 16


def stdio(server: LanguageServer, *, close: Close) -> int:
    """Serve the process that started this one; gives the exit status.

    ``close`` is awaited at the end, for as long as the grace lasts.
    """
    return _run(server, _stdio(server, close))


def tcp(server: LanguageServer, *, host: str, port: int, close: Close) -> int:
    """Listen, serve the first client that connects, and leave with it; gives the exit status. Others are hung up on.

    Port 0 takes any that is free. The address is told on standard error.
    """
    return _run(server, _tcp(server, host, port, close))


def _run(server: LanguageServer, work: Coroutine[Any, Any, None]) -> int:
    logging.getLogger("pygls").setLevel(logging.WARNING)  # at INFO it logs whole documents
    try:
        asyncio.run(work)
    except SystemExit as leaving:  # pygls leaves so, at `exit`
        logger.debug("Leaving with %s.", leaving.code)
    except KeyboardInterrupt:
        logger.info("Interrupted.")
    return _status(server)


async def _stdio(server: LanguageServer, close: Close) -> None:
    pipes = claim()
    incoming = Incoming(pipes.incoming)
    outgoing = Outgoing(pipes.outgoing, lost=incoming.end)

    def gone() -> None:
        leave_for_certain(1)
        incoming.end()

    protocol = server.protocol
    assert isinstance(protocol, Protocol)  # noqa: S101 - `build` makes no other
    protocol.gone = gone
    protocol.set_writer(outgoing)
    try:
        await _serve(server, incoming.stream, close, end=incoming.end)
    finally:
        outgoing.close()


async def _tcp(server: LanguageServer, host: str, port: int, close: Close) -> None:
    loop = asyncio.get_running_loop()
    first: asyncio.Future[tuple[asyncio.StreamReader, asyncio.StreamWriter]] = loop.create_future()

    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if first.done():
            writer.close()
        else:
            first.set_result((reader, writer))

    listener = await asyncio.start_server(connected, host, port, limit=_LONGEST_HEADER)
    address = listener.sockets[0].getsockname()
    sys.stderr.write(f"lastmile listens on {address[0]}:{address[1]}\n")
    sys.stderr.flush()
    reader, writer = await first
    server.protocol.set_writer(writer)
    try:
        await _serve(server, reader, close, end=reader.feed_eof)
    finally:
        writer.close()
        # Not sooner: asyncio forgets a connection that it accepts while it stops listening, and that client waits.
        listener.close()


class Stepwise:
    """Lets the handler of each message begin before the next message is read.

    A stream that holds several messages would hand them out without a pause, and a request's handler
    would find the text as a later change left it.
    """

    def __init__(self, stream: asyncio.StreamReader) -> None:
        self._stream = stream
        self.readexactly = stream.readexactly

    async def readline(self) -> bytes:
        """Read a line of a header."""
        await asyncio.sleep(0)
        return await self._stream.readline()


async def _serve(
    server: LanguageServer, reader: asyncio.StreamReader, close: Close, *, end: Callable[[], None]
) -> None:
    with suppress(NotImplementedError):  # Windows has no such handlers
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, end)
    try:
        await run_async(threading.Event(), Stepwise(reader), server.protocol, error_handler=server.report_server_error)
    except asyncio.IncompleteReadError:
        logger.warning("The client went away in the middle of a message.")
    except ValueError as error:
        logger.error("What the client sends is not LSP: %s", error)  # noqa: TRY400 - a traceback says no more
    finally:
        leave_for_certain(_status(server))
        await _close(close)


async def _close(close: Close) -> None:
    try:
        async with asyncio.timeout(GRACE):
            await close()
    except TimeoutError:
        logger.warning("Not everything could be closed within %s s.", GRACE)


def _status(server: LanguageServer) -> int:
    return 0 if isinstance(server.protocol, Protocol) and server.protocol.ended else 1
