"""The OpenAI chat API on the wire: one streamed answer, the list of models, and how they fail.

It knows requests and chunks, not tasks and drafts. httpx2 is imported at the first call, in a
thread.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from attrs import define, field, frozen

from lastmile.cascade.draft import Usage
from lastmile.errors import ModelError, TierError
from lastmile.tiers.openai.errors import Address, UnreachableError, error_text, refused, unreachable
from lastmile.tiers.openai.reply import Hearing

if TYPE_CHECKING:
    import httpx2

_OK = 200
_CONNECT_SECONDS = 5.0
_LONGEST_BODY = 1_000_000
"""Bytes of an answer that is not a stream: an error, a list of models."""


@frozen
class Listed:
    """A model that a server names."""

    name: str
    parameters: int = 0
    """How many it has, where the server tells as llama-server and our own host do; 0 where it does not."""


@define(eq=False)
class Wire:
    """The connections to one server, opened at the first call and kept open between calls."""

    address: Address
    key: str = field(default="", repr=False)
    connection: Callable[[], httpx2.AsyncBaseTransport] | None = field(default=None, repr=False)
    """Makes the way to a server that has no port of its own; None for the network's. Blocks."""

    _client: httpx2.AsyncClient | None = None
    _opening: asyncio.Lock = field(factory=asyncio.Lock, init=False, repr=False)

    async def chat(self, body: bytes, reply: Hearing, heard: Callable[[], None]) -> None:
        """Send a request and fill ``reply`` as the answer comes, calling ``heard`` after each piece.

        Returns early, and so closes the connection, where the reply is longer than it may be.
        Raises `TierError`. Cancelling closes the connection at once.
        """
        async with self._call("POST", "/chat/completions", body) as response:
            if response.status_code != _OK:
                reply.usage = Usage()  # A request that was turned down costs nothing.
                raise refused(self.address, response.status_code, self._scrubbed(await _body(response)))
            if not response.headers.get("content-type", "").startswith("text/event-stream"):
                reply.take_whole(_json(await _body(response)))
                heard()
                return
            await self._stream(response, reply, heard)

    async def models(self) -> tuple[Listed, ...]:
        """List the models that the server names, in its order. Raises `TierError`."""
        async with self._call("GET", "/models") as response:
            body = await _body(response)
            if response.status_code != _OK:
                raise refused(self.address, response.status_code, self._scrubbed(body))
        listed = _json(body)
        items = listed.get("data") if isinstance(listed, dict) else None
        found = (_listed(item) for item in items or () if isinstance(item, dict))
        return tuple(each for each in found if each is not None)

    async def close(self) -> None:
        """Close all connections; a later call opens new ones."""
        client, self._client = self._client, None
        if client is not None:
            await client.aclose()

    @asynccontextmanager
    async def _call(self, method: str, path: str, body: bytes = b"") -> AsyncIterator[httpx2.Response]:
        """Send a request and turn what goes wrong on the way into a `TierError`."""
        if self.address.defect:
            message = f"{self.address.defect}."
            raise TierError(message)
        client = await self._open()
        import httpx2  # noqa: PLC0415 - loaded by `_open` already, in a thread

        try:
            async with client.stream(method, f"{self.address.root}{path}", content=body) as response:
                yield response
        except ModelError as error:
            raise UnreachableError(str(error)) from error
        except (httpx2.HTTPError, httpx2.InvalidURL) as error:
            never_sent = isinstance(error, httpx2.ConnectError | httpx2.ConnectTimeout)
            why = self._scrubbed((str(error) or type(error).__name__).encode())
            raise unreachable(self.address, why, connected=not never_sent) from error

    async def _stream(self, response: httpx2.Response, reply: Hearing, heard: Callable[[], None]) -> None:
        import httpx2  # noqa: PLC0415 - loaded already

        done = False
        async for event in httpx2.EventSource(response):
            done = done or event.data.strip() == "[DONE]"
            if done and self.connection is None:
                return
            if done:
                continue  # By its connection our own host knows that we are there, and it stays when all is read.
            data = event.data.encode()
            chunk = _json(data)
            if isinstance(chunk, dict) and chunk.get("error"):
                message = f"The server broke off with an error: {error_text(_json(self._scrubbed(data).encode()))}"
                raise TierError(message)
            reply.take(chunk)
            heard()
            if reply.too_long:
                return
        if not reply.finish and not done:
            message = "The server closed the connection in the middle of its answer."
            raise TierError(message)

    def _scrubbed(self, said: bytes) -> str:
        """Take the key out of what a server or a proxy said, before it is cut: they may repeat it."""
        text = said.decode("utf-8", "replace")
        return text.replace(self.key, "[key]") if self.key else text

    async def _open(self) -> httpx2.AsyncClient:
        async with self._opening:
            if self._client is None:
                self._client = await asyncio.to_thread(_new_client, self.key, self.connection, local=self.address.local)
            return self._client


def _new_client(
    key: str, connection: Callable[[], httpx2.AsyncBaseTransport] | None, *, local: bool
) -> httpx2.AsyncClient:
    """Make a client. It follows no redirect, so text goes where the settings say and nowhere else."""
    import httpx2  # noqa: PLC0415 - a tenth of a second that no start of the server should pay

    headers = {b"Content-Type": b"application/json"} | ({b"Authorization": b"Bearer " + key.encode()} if key else {})
    # The caller's deadline bounds a call as a whole; a proxy has no business between us and loopback.
    timeout = httpx2.Timeout(None, connect=_CONNECT_SECONDS)
    transport = None if connection is None else connection()
    return httpx2.AsyncClient(
        headers=headers, timeout=timeout, follow_redirects=False, trust_env=not local, transport=transport
    )


async def _body(response: httpx2.Response) -> bytes:
    parts: list[bytes] = []
    async for part in response.aiter_bytes():
        parts.append(part)
        if sum(map(len, parts)) > _LONGEST_BODY:
            break
    return b"".join(parts)[:_LONGEST_BODY]


def _listed(item: Mapping[str, object]) -> Listed | None:
    name, meta = item.get("id"), item.get("meta")
    count = meta.get("n_params") if isinstance(meta, dict) else 0
    return Listed(name, count if isinstance(count, int) else 0) if isinstance(name, str) else None


def _json(data: bytes) -> object:
    try:
        answer: object = json.loads(data)
    except ValueError as error:
        message = "The server sent something that is not JSON; is the address the root of an OpenAI API?"
        raise TierError(message) from error
    return answer
