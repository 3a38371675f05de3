"""The host's door: HTTP in, asks of the engine out. A client that hangs up cancels what it asked for."""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Mapping
from contextlib import aclosing, asynccontextmanager
from typing import Any, cast

import orjson
from attrs import Factory, asdict, evolve, field, frozen
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from lastmile import __version__
from lastmile.config.local import LocalModel
from lastmile.errors import ModelError, RequestError
from lastmile.model.host.attending import PATH, Attendance, gone
from lastmile.model.host.grammar import grammar_of
from lastmile.model.host.keeper import Keeper
from lastmile.model.host.reading import Wanted, read
from lastmile.model.host.writing import Json, Writer, error
from lastmile.model.memory import resident
from lastmile.model.size import parameters
from lastmile.model.values import Ended, Failed, Heard, Piece, Usage

Hearing = AsyncGenerator[list[Heard], None]
"""What comes of a request, what was there at once together."""

_LONGEST_BODY = 8_000_000
"""Bytes of a request: more than any context holds."""

_EVENTS = ((b"content-type", b"text/event-stream; charset=utf-8"),)


@frozen
class Door:
    """Answers requests."""

    keeper: Keeper
    about: LocalModel
    connections: Callable[[], int]
    attendance: Attendance
    look: Callable[[], None]
    """Sees whether the model could be loaded, without loading it; blocks, and raises `ModelError`."""

    url: str = ""
    """Where it listens on a port, what clients are given."""

    began: float = field(factory=time.monotonic)

    model: str = field(init=False, default=Factory(lambda self: self.about.name, takes_self=True))
    """The model's name: its file's."""

    def app(self) -> ASGIApp:
        """Make the application. What a person waits for at each key does not go through the layers of Starlette."""
        asked: dict[str, ASGIApp] = {
            "/v1/chat/completions": Asked(self, chat=True),
            "/v1/completions": Asked(self, chat=False),
        }
        others = self._others(asked)

        async def answer(scope: Scope, receive: Receive, send: Send) -> None:
            found = asked.get(scope["path"]) if scope["type"] == "http" and scope["method"] == "POST" else None
            await (found or others)(scope, receive, send)

        return answer

    def _others(self, asked: Mapping[str, ASGIApp]) -> Starlette:
        return Starlette(
            routes=[
                *(Route(path, each, methods=["POST"]) for path, each in asked.items()),
                Route("/v1/models", self._models),
                Route(PATH, self.attendance),
                Route("/rest", self._rest, methods=["POST"]),
                Route("/status", self._status),
                Route("/metrics", self._metrics),
            ]
        )

    async def _models(self, _: Request) -> Response:
        """List the model, which is not loaded for that."""
        try:
            await asyncio.to_thread(self.look)
        except ModelError as trouble:
            return _json(error(str(trouble), "server_error"), 500)
        model: Json = {"id": self.model, "object": "model", "created": 0, "owned_by": "local"}
        if count := await asyncio.to_thread(parameters, self.about.file):
            model["meta"] = {"n_params": count}  # as llama-server says it
        return _json({"object": "list", "data": [model]})

    async def _rest(self, _: Request) -> Response:
        """Put the model away where nobody asks it anything: another needs the room."""
        rested = await self.keeper.give_way()
        return _json({"rested": rested, "busy": not rested and self.keeper.state == "ready"})

    async def _status(self, _: Request) -> Response:
        keeper = self.keeper
        about = {"version": __version__, "pid": os.getpid(), "model": self.model, "path": str(self.about.file)}
        now = {"state": keeper.state, "running": keeper.running}
        there = {
            "connections": self.connections(),
            "servers": self.attendance.count(),
            "url": self.url,
            "uptime": round(time.monotonic() - self.began, 1),
            "resident": resident(),
        }
        return _json(about | now | there | asdict(keeper.counts))

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


@frozen
class Asked:
    """Where the model is asked something: an ASGI application, for a response of Starlette's costs as much again."""

    door: Door
    chat: bool = field(kw_only=True)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request. What fails before anything was said has a status of its own."""
        try:
            wanted = await _with_grammar(read(await _body(receive), chat=self.chat, model=self.door.model))
            whole = await self._answer(wanted, receive, send)
        except RequestError as trouble:
            await _json(error(str(trouble), "invalid_request_error"), 400)(scope, receive, send)
        except ModelError as trouble:
            await _json(error(str(trouble), "server_error"), 500)(scope, receive, send)
        else:
            if whole is not None:
                await _json(whole)(scope, receive, send)

    async def _answer(self, wanted: Wanted, receive: Receive, send: Send) -> Json | None:
        """Stream an answer, or give it; neither where nobody waits for it. Raises `RequestError` and `ModelError`."""
        writer = Writer(wanted, self.door.model)
        async with _until_gone(receive), aclosing(self.door.keeper.hear(wanted.ask)) as heard:
            if not wanted.stream:
                return await _whole(heard, writer)
            await _stream(heard, writer, send)
        return None


async def _stream(heard: Hearing, writer: Writer, send: Send) -> None:
    """Send what is heard, all that is there at once together."""
    begun = False
    async for several in heard:
        match several:
            case [Failed(message)] if not begun:
                raise RequestError(message)
        if not begun:
            begun = True
            await send({"type": "http.response.start", "status": 200, "headers": _EVENTS})
        over = isinstance(several[-1], Usage | Failed)
        await send({"type": "http.response.body", "body": writer.events(several), "more_body": not over})


async def _whole(heard: Hearing, writer: Writer) -> Json:
    async for several in heard:
        for each in several:
            match each:
                case Piece() | Ended():
                    writer.take(each)
                case Usage():
                    return writer.whole(each)
                case Failed(message):
                    raise RequestError(message)
    raise ModelError("The engine said nothing of how the request ended; ask again.")


async def _with_grammar(wanted: Wanted) -> Wanted:
    """Hold the answer to what its format says, unless a grammar was given."""
    if not wanted.response_format or wanted.ask.grammar:
        return wanted
    grammar = await asyncio.to_thread(grammar_of, wanted.response_format)
    return evolve(wanted, ask=evolve(wanted.ask, grammar=grammar))


async def _body(receive: Receive) -> Any:  # noqa: ANN401 - any JSON
    """Read a request. Whoever hangs up in the middle of it hears, as little as anybody, that half of it is no JSON."""
    data = bytearray()
    more = True
    while more:
        message = await receive()
        data += message.get("body", b"")
        more = message.get("more_body", False)
        if len(data) > _LONGEST_BODY:
            said = f"The request is longer than {_LONGEST_BODY} bytes."
            raise RequestError(said)
    try:
        return orjson.loads(data)
    except ValueError as trouble:
        said = f"The request is not JSON: {trouble}."
        raise RequestError(said) from trouble


@asynccontextmanager
async def _until_gone(receive: Receive) -> AsyncIterator[None]:
    """Break off what is in the block, and nothing else, once the client hangs up."""
    work = cast("asyncio.Task[None]", asyncio.current_task())
    left = asyncio.ensure_future(gone(receive))

    def leave(_: asyncio.Task[None]) -> None:
        work.cancel()

    left.add_done_callback(leave)
    try:
        yield
    except asyncio.CancelledError:
        if not left.done() or left.cancelled() or work.uncancel():
            raise
    finally:
        left.remove_done_callback(leave)
        left.cancel()


def _json(value: object, status: int = 200) -> Response:
    return Response(orjson.dumps(value), status, media_type="application/json")
