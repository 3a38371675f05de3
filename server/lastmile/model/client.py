"""The way to the model's host for whoever asks it something: what completes, and what any HTTP client can use.

httpx2 is imported where such a client is made.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Coroutine, Iterator
from contextlib import aclosing, closing
from typing import TYPE_CHECKING, Any, TypeVar

import orjson
from attrs import asdict, define, field

from lastmile.errors import ModelError, ModelGoneError
from lastmile.model.bodies import body as written
from lastmile.model.host.starting import Host
from lastmile.model.lines import Answer, BrokenLineError, Lines
from lastmile.model.values import Fill, Urgency

if TYPE_CHECKING:
    import httpx2

URL = "http://localhost/v1"
"""Any address would do: the socket is where it goes."""

R = TypeVar("R")

_OK = 200
_DONE = b"[DONE]"


def connection(host: Host) -> httpx2.AsyncBaseTransport:
    """Give a client's way to the host. Its requests raise `ModelError` where the host cannot be started. Blocks."""
    import httpx2  # noqa: PLC0415 - a tenth of a second that no start of the server should pay

    lines = Lines(host)

    class Body(httpx2.AsyncByteStream):
        """The body of an answer."""

        def __init__(self, answer: Answer) -> None:
            self._answer = answer

        async def __aiter__(self) -> AsyncIterator[bytes]:
            try:
                while piece := await self._answer.piece():
                    yield piece
            except BrokenLineError as error:
                raise httpx2.ReadError(error.why) from error

        async def aclose(self) -> None:
            self._answer.close()

    class Connection(httpx2.AsyncBaseTransport):
        """Asks over the lines."""

        async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
            target = request.url.raw_path.decode("ascii")
            try:
                answer = await lines.ask(request.method, target, await request.aread())
            except BrokenLineError as error:
                raise httpx2.ReadError(error.why) from error
            return httpx2.Response(answer.status, headers=answer.headers, stream=Body(answer))

        async def aclose(self) -> None:
            lines.close()

    return Connection()


@define(eq=False)
class HostFiller:
    """Fills gaps by the host's model: a `complete.values.Filler`."""

    host: Host | None
    """None where the settings name no model any more."""

    silence: float = 5.0
    """Seconds without a word after which the host is asked whether it is there, and in which it must say so.

    Loading a large model and reading a long file take longer; both are done beside what answers that.
    """

    _lines: Lines | None = field(default=None, init=False)

    async def fill(self, fill: Fill, *, most: int, document: str, ahead: bool = False) -> AsyncGenerator[str, None]:  # noqa: ARG002 - what is made ahead is soon waited for, and a draft must not hold it up
        """Give the text of a gap piece by piece; closing the generator hangs up. Raises `ModelError`."""
        body = _body(fill, most=most, document=document, urgency=Urgency.COMPLETION)
        async with aclosing(self._events(body)) as events:
            async for event in events:
                for choice in event.get("choices", ()):
                    if choice["text"]:
                        yield choice["text"]

    async def prefill(self, fill: Fill, *, document: str) -> None:
        """Have the model read what a fill would be shown. Raises `ModelError`."""
        body = _body(fill, most=0, document=document, urgency=Urgency.COMPLETION)
        async with aclosing(self._events(body)) as events:
            async for _ in events:
                pass

    async def state(self) -> str:
        """Say whether the model is ``ready``, ``loading`` or ``cold``; no host is started for that.

        Raises `ModelError` where the host is there and does not answer.
        """
        try:
            async with asyncio.timeout(self.silence):
                with closing(await (await self._open()).ask("GET", "/status", start=False)) as answer:
                    return str(orjson.loads(await answer.whole())["state"])
        except ModelGoneError:
            return "cold"
        except TimeoutError as error:
            message = "The model's host does not answer any more: it hangs, or the machine has too much to do."
            raise ModelError(message) from error

    async def close(self) -> None:
        """Close the connections."""
        lines, self._lines = self._lines, None
        if lines is not None:
            lines.close()

    async def _events(self, body: bytes) -> AsyncGenerator[dict[str, Any], None]:
        asking = (await self._open()).ask("POST", "/v1/completions", body)
        with closing(await self._attended(asking)) as answer:
            if answer.status != _OK:
                raise ModelError(_said(orjson.loads(await answer.whole())))
            stream = _Stream()
            while piece := await self._piece(answer):
                for event in stream.take(piece):
                    yield event
            if not stream.done:
                raise ModelGoneError("The model's host broke off in the middle of its answer.")

    async def _piece(self, answer: Answer) -> bytes:
        """Wait for more of an answer as `_attended` does, without a task for each piece."""
        while True:
            try:
                async with asyncio.timeout(self.silence):
                    return await answer.piece()
            except TimeoutError:
                await self.state()

    async def _attended(self, waiting: Coroutine[Any, Any, R]) -> R:
        """Wait for the host for as long as it is there. Raises `ModelError` where it hangs."""
        task = asyncio.ensure_future(waiting)
        try:
            while not (await asyncio.wait({task}, timeout=self.silence))[0]:
                await self.state()
            return task.result()
        finally:
            task.cancel()

    async def _open(self) -> Lines:
        if self._lines is not None and self._lines.host is not self.host:
            await self.close()
        if self.host is None:
            raise ModelError("No model is set any more.")
        if self._lines is None:
            self._lines = Lines(self.host)
        return self._lines


def _body(fill: Fill, *, most: int, document: str, urgency: Urgency) -> bytes:
    return written(
        {
            "prompt": fill.prefix,
            "suffix": fill.suffix,
            "path": fill.path,
            "chunks": [asdict(chunk) for chunk in fill.chunks],
            "max_tokens": most,
            "document": document,
            "urgency": urgency.name.lower(),
            "confidence": False,
            "stream": True,
        }
    )


@define(eq=False)
class _Stream:
    """Reads the events of an answer."""

    done: bool = False
    """Whether the last word was heard. What follows it is read too: else the line could not be used again."""

    _held: bytes = field(default=b"", init=False)

    def take(self, piece: bytes) -> Iterator[dict[str, Any]]:
        """Take more of the body and give the events in it. Raises `ModelError` where one says that it failed."""
        *events, self._held = (self._held + piece).split(b"\n\n")
        for data in (event.removeprefix(b"data: ") for event in events):
            if data == _DONE:
                self.done = True
                return
            value = orjson.loads(data)
            if "error" in value:
                raise ModelError(_said(value))
            yield value


def _said(answer: dict[str, Any]) -> str:
    error = answer.get("error")
    return str(error.get("message", error)) if isinstance(error, dict) else f"The model's host failed: {answer!r}."
