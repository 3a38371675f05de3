"""The way to the model's host: a connection that starts it where none answers, and what completes through it.

httpx2 is imported at the first request, in a thread.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

import orjson
from attrs import asdict, define, field

from lastmile.errors import ModelError
from lastmile.model.host.starting import Host
from lastmile.model.values import Fill, Urgency

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    import httpx2

URL = "http://localhost/v1"
"""Any address would do: the socket is where it goes."""

_OK = 200
_MOST_CONNECTIONS = 64
_DYING = 0.5
"""Seconds: a connection that ended sooner, without an answer, was to a host that was about to go."""


def connection(host: Host) -> httpx2.AsyncBaseTransport:
    """Give a transport to the host. Its requests raise `ModelError` where the host cannot be started. Blocks."""
    import httpx2  # noqa: PLC0415 - a tenth of a second that no start of the server should pay

    # Idle connections stay open: by them the host knows that somebody is there.
    limits = httpx2.Limits(max_connections=_MOST_CONNECTIONS, keepalive_expiry=None)
    inner = httpx2.AsyncHTTPTransport(uds=str(host.places().socket), limits=limits)

    class Connection(httpx2.AsyncBaseTransport):
        """Connects to the socket, and has the host started where nobody listens there."""

        async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
            began = time.monotonic()
            try:
                return await inner.handle_async_request(request)
            except httpx2.ConnectError:
                pass
            except (httpx2.ReadError, httpx2.WriteError, httpx2.RemoteProtocolError):
                if time.monotonic() - began > _DYING:
                    raise
            await host.start()
            return await inner.handle_async_request(request)

        async def aclose(self) -> None:
            await inner.aclose()

    return Connection()


@define(eq=False)
class HostFiller:
    """Fills gaps by the host's model: a `complete.values.Filler`."""

    host: Host | None
    """None where the settings name no model any more."""

    _client: httpx2.AsyncClient | None = field(default=None, init=False)
    _of: Host | None = field(default=None, init=False)
    """Whose the client is."""

    _opening: asyncio.Lock = field(factory=asyncio.Lock, init=False)

    async def fill(self, fill: Fill, *, most: int, document: str, ahead: bool = False) -> AsyncGenerator[str, None]:  # noqa: ARG002 - what is made ahead is soon waited for, and a draft must not hold it up
        """Give the text of a gap piece by piece; closing the generator hangs up. Raises `ModelError`."""
        body = _body(fill, most=most, document=document, urgency=Urgency.COMPLETION)
        async with self._asked(body) as events:
            async for event in events:
                for choice in event.get("choices", ()):
                    if choice["text"]:
                        yield choice["text"]

    async def prefill(self, fill: Fill, *, document: str) -> None:
        """Have the model read what a fill would be shown. Raises `ModelError`."""
        body = _body(fill, most=0, document=document, urgency=Urgency.COMPLETION)
        async with self._asked(body) as events:
            async for _ in events:
                pass

    async def close(self) -> None:
        """Close the connections."""
        client, self._client = self._client, None
        if client is not None:
            await client.aclose()

    @asynccontextmanager
    async def _asked(self, body: bytes) -> AsyncIterator[AsyncIterator[dict[str, Any]]]:
        client = await self._open()
        import httpx2  # noqa: PLC0415 - loaded by `_open` already, in a thread

        try:
            async with client.stream("POST", f"{URL}/completions", content=body) as response:
                if response.status_code != _OK:
                    await response.aread()
                    raise ModelError(_said(orjson.loads(response.content)))
                yield _events(httpx2.EventSource(response))
        except httpx2.HTTPError as error:
            message = f"The connection to the model's host broke: {str(error) or type(error).__name__}."
            raise ModelError(message) from error

    async def _open(self) -> httpx2.AsyncClient:
        async with self._opening:
            if self.host is not self._of:
                await self.close()
            if self.host is None:
                raise ModelError("No model is set any more.")
            if self._client is None:
                self._client, self._of = await asyncio.to_thread(_new_client, self.host), self.host
            return self._client


def _new_client(host: Host) -> httpx2.AsyncClient:
    import httpx2  # noqa: PLC0415 - as in `connection`

    # Whoever asks has a deadline of their own, and a model may take long to load.
    return httpx2.AsyncClient(transport=connection(host), timeout=httpx2.Timeout(None), trust_env=False)


def _body(fill: Fill, *, most: int, document: str, urgency: Urgency) -> bytes:
    return orjson.dumps(
        {
            "prompt": fill.prefix,
            "suffix": fill.suffix,
            "path": fill.path,
            "chunks": [asdict(chunk) for chunk in fill.chunks],
            "max_tokens": most,
            "document": document,
            "urgency": urgency.name.lower(),
            "stream": True,
        }
    )


async def _events(source: httpx2.EventSource) -> AsyncIterator[dict[str, Any]]:
    """Read a stream to its end. Raises `ModelError` where it says that the request failed, or just stops."""
    done = False
    async for event in source:
        # What follows the last word is read too: otherwise the connection could not be used again.
        done = done or event.data == "[DONE]"
        value = {} if done else orjson.loads(event.data)
        if "error" in value:
            raise ModelError(_said(value))
        yield value
    if not done:
        raise ModelError("The model's host broke off in the middle of its answer.")


def _said(answer: dict[str, Any]) -> str:
    error = answer.get("error")
    return str(error.get("message", error)) if isinstance(error, dict) else f"The model's host failed: {answer!r}."
