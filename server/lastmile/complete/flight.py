"""A generation under way: what has come of it by now, and who waits for the rest."""

from __future__ import annotations

import asyncio

from attrs import define, field

from lastmile.complete.cache import Made
from lastmile.complete.window import Window


@define(eq=False)
class Flight:
    """One generation. It goes on when the one who asked for it has gone: the next key may want it."""

    document: str
    window: Window
    ahead: bool
    """Whether nobody has asked for it yet."""

    text: str = ""
    """What has come, as it would be put in."""

    waiting: int = 0
    task: asyncio.Task[Made | None] | None = None
    _news: asyncio.Event = field(factory=asyncio.Event)

    @property
    def is_over(self) -> bool:
        """Whether nothing more comes of it."""
        return self.task is None or self.task.done()

    def hear(self, text: str) -> None:
        """Take what has come by now."""
        self.text = text
        self._news.set()
        self._news = asyncio.Event()

    def cancel(self) -> None:
        """End it; the stream is closed at once."""
        if self.task is not None:
            self.task.cancel()

    async def fits(self, document: str, window: Window) -> str | None:
        """Tell what of it was typed by the time the cursor stands in a window; None where it says something else.

        Where more was typed than has come, it waits for as much.
        """
        typed = Made(self.window, "").typed(window) if document == self.document else None
        while typed is not None and not self.is_over and len(self.text) <= len(typed) and typed.startswith(self.text):
            if self.ahead and not self.text:
                return None  # it has not begun, and whoever asks for it now is more urgent than it is
            await self._waited(self._news)
        return typed if typed is not None and self.text.startswith(typed) else None

    async def landed(self) -> Made | None:
        """Wait for its end; None where it failed or was ended. Cancelling the caller does not end it."""
        assert self.task is not None  # noqa: S101 - it is set before anybody can ask
        self.waiting += 1
        try:
            await asyncio.wait({self.task})
        finally:
            self.waiting -= 1
        return None if self.task.cancelled() or self.task.exception() is not None else self.task.result()

    async def _waited(self, news: asyncio.Event) -> None:
        assert self.task is not None  # noqa: S101 - as above
        heard = asyncio.ensure_future(news.wait())
        self.waiting += 1
        try:
            await asyncio.wait({heard, self.task}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            self.waiting -= 1
            heard.cancel()
