"""Reads a stream until enough has come, by `stopping` and by time, and closes it then."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing

from attrs import frozen

from lastmile.complete.stopping import Scene, cut, whole_lines
from lastmile.complete.tidying import joined
from lastmile.complete.values import Clock

FIRST_SECONDS = 0.25
"""How long a completion that a person waits for goes on after its first line (llama.vim)."""

AHEAD_SECONDS = 1.0
"""The same for one that nobody waits for yet."""


@frozen
class Limits:
    """How much may come."""

    most: int
    """Tokens; a text that has as many was cut off."""

    seconds: float
    """From the end of its first line on."""


async def listen(
    stream: AsyncGenerator[str, None],
    scene: Scene,
    limits: Limits,
    *,
    line: str,
    clock: Clock,
    hear: Callable[[str], None],
) -> str:
    """Give the text that came, joined to the cursor's line up to the cursor.

    ``hear`` is told the text so far at every piece. A line that was cut off in the middle is left out
    where there are others.
    """
    raw, pieces, since = "", 0, None
    async with aclosing(stream):
        async for piece in stream:
            raw, pieces = raw + piece, pieces + 1
            text = joined(raw, line)
            hear(text)
            if (found := cut(text, scene)) is not None:
                return text[: found.length]
            now = clock.monotonic()
            if since is None and "\n" in text.lstrip():
                since = now
            if since is not None and now - since >= limits.seconds:
                return whole_lines(text)
    text = joined(raw, line)
    return whole_lines(text) if pieces >= limits.most else text
