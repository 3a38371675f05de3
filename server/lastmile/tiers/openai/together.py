"""Several samples by one request, each handed out as it ends: for our own host, which reads their prompt once.

Other servers are asked for one sample a request: what they do with ``n`` differs too much.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from contextlib import suppress
from functools import partial
from typing import Any

from attrs import define, field

from lastmile.cascade.draft import Draft, Usage
from lastmile.errors import TierError
from lastmile.tiers.openai.call import Call, Maker
from lastmile.tiers.openai.reply import Reply


def makers(call: Call) -> list[Maker]:
    """Give what makes each sample.

    Where a hard oracle judges, the first is drawn alone, for it may be all that is needed.
    """
    count = call.request.samples
    alone = [partial(call.sample, 0)] if call.request.task.oracle.hard or count == 1 else []
    if len(alone) == count:
        return [*alone]
    together = Together(call, range(len(alone), count))
    return [*alone, *(partial(together.sample, number) for number in together.numbers)]


@define(eq=False)
class Replies:
    """The answers of one request while they come in; their prompt's tokens are on the one that ends last."""

    parts: Sequence[Reply]
    prompt: Usage
    """The prompt's, estimated; nothing once the server has told, for then it is with the last part."""

    ended: list[Reply] = field(factory=list)
    """In the order in which they ended; the last only when the request has."""

    _last: list[Reply] = field(factory=list, init=False)
    """The one that ended when no other was under way any more, until the request has ended too."""

    @property
    def usage(self) -> Usage:
        """What was used so far."""
        return sum((part.usage for part in self.parts), self.prompt)

    @usage.setter
    def usage(self, usage: Usage) -> None:
        """Take it that nothing but this was used."""
        self.prompt = usage
        for part in self.parts:
            part.usage = Usage()

    @property
    def finish(self) -> str:
        """Empty until all have ended."""
        return "" if any(not part.finish for part in self.parts) else "stop"

    @property
    def begun(self) -> bool:
        """Whether anything has come."""
        return any(part.begun for part in self.parts)

    @property
    def too_long(self) -> bool:
        """Whether nothing more is wanted: all that has not ended is longer than it may be."""
        return all(part.too_long or part.finish for part in self.parts) and not self.finish

    def take(self, chunk: object) -> None:
        """Take one chunk of the stream."""
        found = chunk if isinstance(chunk, dict) else {}
        for choice in found.get("choices") or ():
            part = self.parts[int(choice["index"])]
            part.take({"choices": [choice]})
            if part.finish:
                part.usage = Usage(output=int(choice["tokens"]))
                (self.ended if not self.finish else self._last).append(part)
        if found.get("usage") and self._last:
            self._settle(found["usage"])

    def take_whole(self, answer: object) -> None:
        """Refuse an answer in one piece: our host streams what it is asked to stream."""
        message = f"The local model's host answered in a way that was not asked for: {answer!r:.80}."
        raise TierError(message)

    def close(self) -> None:
        """Say that nothing more comes."""
        self.ended.extend(self._last)
        self._last = []

    def _settle(self, usage: Mapping[str, Any]) -> None:
        read, cached = int(usage["prompt_tokens"]), int(usage["prompt_tokens_details"]["cached_tokens"])
        self._last[-1].usage += Usage(input=read - cached, cache_read=cached)
        self.prompt = Usage()


@define(eq=False)
class Together:
    """Some samples of a call, drawn by one request, which runs for as long as anybody waits for one of them."""

    call: Call
    numbers: range
    _replies: Replies = field(init=False)
    _drawing: asyncio.Task[None] | None = field(default=None, init=False)
    _news: asyncio.Event = field(factory=asyncio.Event, init=False)
    _waiting: int = field(default=0, init=False)

    def __attrs_post_init__(self) -> None:
        parts = [self.call.reply(prompt=False) for _ in self.numbers]
        self._replies = Replies(parts, self.call.reply().usage)

    async def sample(self, number: int) -> Draft:
        """Wait for one sample. Raises `TierError`."""
        self._waiting += 1
        try:
            if self._drawing is None:
                self.call.gate.set()
                self._drawing = asyncio.ensure_future(self._draw())
            reply = self._replies.parts[number - self.numbers.start]
            await self._ended(reply, self._drawing)
        finally:
            self._waiting -= 1
            if not self._waiting:
                await self._stop()
        return await asyncio.to_thread(self.call.draft, reply, number)

    async def _ended(self, reply: Reply, drawing: asyncio.Task[None]) -> None:
        while not any(each is reply for each in self._replies.ended):
            if drawing.done():
                drawing.result()
                return  # It was cut off as too long.
            self._news.clear()
            heard = asyncio.ensure_future(self._news.wait())
            await asyncio.wait({heard, drawing}, return_when=asyncio.FIRST_COMPLETED)
            heard.cancel()

    async def _draw(self) -> None:
        warmths = list(map(self.call.warmth, self.numbers))
        await self.call.draw(self._replies, self._heard, n=len(self.numbers), temperature=warmths)
        self._replies.close()

    def _heard(self) -> None:
        self._news.set()

    async def _stop(self) -> None:
        drawing = self._drawing
        if drawing is not None and not drawing.done():
            drawing.cancel()
            with suppress(asyncio.CancelledError, TierError):
                await drawing
