"""A server of a few commands on our protocol, for the tests of the protocol itself."""

from __future__ import annotations

import asyncio
import logging
import os
import sys

from lsprotocol import types
from pygls.lsp.server import LanguageServer

from lastmile.errors import RequestError, StaleError
from lastmile.lsp import serve
from lastmile.lsp.wire.protocol import PROGRESS_TOKEN, Protocol


class SmallServer(LanguageServer):
    protocol: Protocol


ls_ = SmallServer("small", "0", protocol_cls=Protocol)
ended: list[str] = []


async def hold(name: str) -> str:
    ls_.protocol.notify("test/started", {"name": name})
    try:
        await asyncio.Event().wait()
    finally:
        ended.append(name)
        ls_.protocol.notify("test/ended", {"name": name})
    return "never"


@ls_.command("hold")
async def hold_command(ls: SmallServer, name: str) -> str:  # noqa: ARG001 - pygls injects by this name
    return await hold(name)


@ls_.command("give-up")
async def give_up(ls: SmallServer) -> None:  # noqa: ARG001
    raise asyncio.CancelledError


@ls_.command("pending")
def pending(ls: SmallServer) -> int:
    return ls.protocol.pending


@ls_.command("token")
async def token(ls: SmallServer) -> object:  # noqa: ARG001
    await asyncio.sleep(0)
    return PROGRESS_TOKEN.get()


@ls_.command("print")
async def noisy(ls: SmallServer) -> str:  # noqa: ARG001
    print("Content-Length: 3\r\n\r\nxyz", flush=True)  # noqa: T201 - what it is here for
    os.write(1, b"native noise\n")
    await (await asyncio.create_subprocess_exec(sys.executable, "-c", "print('child noise'); input()")).wait()
    return "quiet"


@ls_.command("fail")
def fail(ls: SmallServer, how: str) -> None:  # noqa: ARG001
    raise {"stale": StaleError, "request": RequestError, "bug": ZeroDivisionError}[how]("because " + how)


@ls_.command("ask")
async def ask(ls: SmallServer, seconds: float) -> object:
    try:
        return await ls.protocol.ask("window/showMessageRequest", question(), seconds=seconds)
    except TimeoutError:
        return "no answer"


@ls_.command("leftovers")
def leftovers(ls: SmallServer) -> list[int]:
    return [ls.protocol.pending, len(ls.protocol._result_types)]


def question() -> types.ShowMessageRequestParams:
    return types.ShowMessageRequestParams(types.MessageType.Info, "?", [types.MessageActionItem("yes")])


@ls_.feature(types.TEXT_DOCUMENT_HOVER)
async def hover(ls: SmallServer, params: types.HoverParams) -> object:  # noqa: ARG001
    return await hold("hover")


@ls_.feature(types.TEXT_DOCUMENT_DID_SAVE)
async def saved(ls: SmallServer, params: types.DidSaveTextDocumentParams) -> None:  # noqa: ARG001
    if params.text == "fail":
        raise RuntimeError("a bug in a notification")


@ls_.feature(types.SHUTDOWN)
async def shutdown(ls: SmallServer, *_: object) -> None:  # noqa: ARG001
    await asyncio.sleep(0)


async def close() -> None:
    print("closed after", *sorted(ended), file=sys.stderr, flush=True)  # noqa: T201 - the stream is closed
    if "--stuck" in sys.argv:
        await asyncio.Event().wait()


if __name__ == "__main__":
    logging.basicConfig(level=logging.INFO)
    if "--tcp" in sys.argv:
        sys.exit(serve.tcp(ls_, host="127.0.0.1", port=0, close=close))
    sys.exit(serve.stdio(ls_, close=close))
