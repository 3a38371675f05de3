"""The host's door: HTTP in, asks of the engine out. A client that hangs up cancels what it asked for."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable
from contextlib import aclosing
from functools import partial
from typing import Any, TypeVar

import orjson
from attrs import asdict, evolve, frozen
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response, StreamingResponse
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from lastmile import __version__
from lastmile.config.local import LocalModel
from lastmile.errors import ModelError, RequestError
from lastmile.model.host.grammar import grammar_of
from lastmile.model.host.keeper import Keeper
from lastmile.model.host.reading import Wanted, read
from lastmile.model.host.writing import Writer, error
from lastmile.model.values import Ended, Failed, Heard, Piece, Usage

T = TypeVar("T")

_LONGEST_BODY = 8_000_000
"""Bytes of a request: more than any context holds."""

_NOBODY = 499
"""The status, after nginx, of an answer that nobody waits for; nobody sees it."""


@frozen
class Door:
    """Answers requests."""

    keeper: Keeper
    about: LocalModel
    connections: Callable[[], int]

    @property
    def model(self) -> str:
        """The model's name: its file's."""
        return self.about.name

    def app(self) -> Starlette:
        """Make the application."""
        return Starlette(
            routes=[
                Route("/v1/chat/completions", partial(self._answered, chat=True), methods=["POST"]),
                Route("/v1/completions", partial(self._answered, chat=False), methods=["POST"]),
                Route("/v1/models", self._models),
                Route("/status", self._status),
                Route("/metrics", self._metrics),
            ]
        )

    async def _answered(self, request: Request, *, chat: bool) -> Response:
        try:
            wanted = read(await _body(request), chat=chat, model=self.model)
            wanted = await _with_grammar(wanted)
            return await self._answer(request, wanted, self.keeper.hear(wanted.ask))
        except RequestError as trouble:
            return _json(error(str(trouble), "invalid_request_error"), 400)
        except ModelError as trouble:
            return _json(error(str(trouble), "server_error"), 500)

    async def _answer(self, request: Request, wanted: Wanted, heard: AsyncGenerator[list[Heard], None]) -> Response:
        """Answer as it was asked for. What fails before anything was said has a status of its own."""
        writer = Writer(wanted, self.model)
        if not wanted.stream:
            return await _unless_gone(request, _whole(heard, writer)) or Response(status_code=_NOBODY)
        first = await _unless_gone(request, anext(heard))
        match first:
            case None:
                return Response(status_code=_NOBODY)
            case [Failed() as failed]:
                await heard.aclose()
                return _failed(failed)
        return Streamed(first, heard, writer)

    async def _models(self, _: Request) -> Response:
        """List the model. Nothing is loaded for that, but a file that is not there is said."""
        if not await asyncio.to_thread(self.about.file.is_file):
            return _json(error(f"There is no file {self.about.file}: see model.path.", "server_error"), 500)
        model = {"id": self.model, "object": "model", "created": 0, "owned_by": "local"}
        return _json({"object": "list", "data": [model]})

    async def _status(self, _: Request) -> Response:
        keeper = self.keeper
        about = {"version": __version__, "pid": os.getpid(), "model": self.model, "path": str(self.about.file)}
        now = {"state": keeper.state, "running": keeper.running, "connections": self.connections()}
        return _json(about | now | asdict(keeper.counts))

    async def _metrics(self, _: Request) -> Response:
        """Write the counts in Prometheus' text format."""
        counts = [
            (f"lastmile_model_{name}_total", "counter", value) for name, value in asdict(self.keeper.counts).items()
        ]
        gauges = [
            ("lastmile_model_running", "gauge", self.keeper.running),
            ("lastmile_model_connections", "gauge", self.connections()),
            ("lastmile_model_loaded", "gauge", int(self.keeper.state == "ready")),
        ]
        lines = (f"# TYPE {name} {kind}\n{name} {value}\n" for name, kind, value in counts + gauges)
        return PlainTextResponse("".join(lines), media_type="text/plain; version=0.0.4")


class Streamed(StreamingResponse):
    """An answer as a stream of events, which ends its request however it is left."""

    def __init__(self, first: list[Heard], heard: AsyncGenerator[list[Heard], None], writer: Writer) -> None:
        """Take what was heard already, and what is to come."""
        self._heard = heard
        super().__init__(_events(first, heard, writer), media_type="text/event-stream")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send it."""
        async with aclosing(self._heard):
            await super().__call__(scope, receive, send)


async def _events(first: list[Heard], heard: AsyncGenerator[list[Heard], None], writer: Writer) -> AsyncIterator[bytes]:
    """Write a stream; what is there at once goes out at once."""
    yield writer.events(first)
    try:
        async for each in heard:
            yield writer.events(each)
    except ModelError as trouble:
        yield writer.events([Failed(str(trouble))])


async def _whole(stream: AsyncGenerator[list[Heard], None], writer: Writer) -> Response:
    async with aclosing(stream):
        async for several in stream:
            for heard in several:
                match heard:
                    case Piece() | Ended():
                        writer.take(heard)
                    case Usage():
                        return _json(writer.whole(heard))
                    case Failed():
                        return _failed(heard)
    raise ModelError("The engine said nothing of how the request ended; ask again.")


def _failed(failed: Failed) -> Response:
    return _json(error(failed.message, "invalid_request_error"), 400)


async def _with_grammar(wanted: Wanted) -> Wanted:
    """Hold the answer to what its format says, unless a grammar was given."""
    if not wanted.response_format or wanted.ask.grammar:
        return wanted
    grammar = await asyncio.to_thread(grammar_of, wanted.response_format)
    return evolve(wanted, ask=evolve(wanted.ask, grammar=grammar))


async def _body(request: Request) -> Any:  # noqa: ANN401 - any JSON
    data = bytearray()
    async for part in request.stream():
        data += part
        if len(data) > _LONGEST_BODY:
            message = f"The request is longer than {_LONGEST_BODY} bytes."
            raise RequestError(message)
    try:
        return orjson.loads(bytes(data))
    except ValueError as trouble:
        message = f"The request is not JSON: {trouble}."
        raise RequestError(message) from trouble


async def _unless_gone(request: Request, work: Awaitable[T]) -> T | None:
    """Wait for work, and cancel it where the client hangs up; None then."""
    task, gone = asyncio.ensure_future(work), asyncio.ensure_future(_gone(request))
    try:
        await asyncio.wait({task, gone}, return_when=asyncio.FIRST_COMPLETED)
        return task.result() if task.done() else None
    finally:
        task.cancel()
        gone.cancel()
        await asyncio.gather(task, gone, return_exceptions=True)


async def _gone(request: Request) -> None:
    while (await request.receive())["type"] != "http.disconnect":
        pass


def _json(value: object, status: int = 200) -> Response:
    return Response(orjson.dumps(value), status, media_type="application/json")
