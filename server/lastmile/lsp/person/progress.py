"""Shows what the loop does while a person waits, and lets them end it.

What is over within a moment is not shown. A client's own token is used where it sent one; otherwise
one is made, and forgotten when the work ends.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import cast
from uuid import uuid4

from attrs import define
from lsprotocol import types
from pygls.exceptions import JsonRpcException

from lastmile.cascade.events import Event, words
from lastmile.lsp.host import Server
from lastmile.lsp.wire.protocol import Protocol
from lastmile.testing.underway import Watch, watched

logger = logging.getLogger(__name__)

_MOMENT = 0.2
_TICK = 1.0
_CREATE_SECONDS = 10.0


@define(eq=False)
class Progress:
    """One piece of work as the person sees it."""

    protocol: Protocol
    token: int | str
    title: str
    _words: str = "preparing"
    """What is shown; at first the task is being made, which may take a run of tests."""

    _begun: bool = False

    def __call__(self, event: object) -> None:
        """Take an event of the loop."""
        self._words = words(cast("Event", event))
        if self._begun:
            self._send(types.WorkDoneProgressReport(cancellable=True, message=self._words))

    async def tick(self, watch: Watch) -> None:
        """Say every second which test is waited for, once that takes long, until cancelled."""
        shown = ""
        while True:
            await asyncio.sleep(_TICK)
            now = watch.words()
            if self._begun and now != shown:
                self._send(types.WorkDoneProgressReport(cancellable=True, message=now or self._words))
            shown = now if self._begun else shown

    def begin(self) -> None:
        """Show it, with the newest words."""
        self._begun = True
        self._send(types.WorkDoneProgressBegin(self.title, cancellable=True, message=self._words))

    async def begin_later(self) -> None:
        """Show it after a moment, with a token that the client agrees to."""
        await asyncio.sleep(_MOMENT)
        params = types.WorkDoneProgressCreateParams(self.token)
        try:
            await self.protocol.ask(types.WINDOW_WORK_DONE_PROGRESS_CREATE, params, seconds=_CREATE_SECONDS)
        except (TimeoutError, JsonRpcException) as error:
            logger.info("The client shows no progress: %s", error)
        else:
            self.begin()

    def end(self) -> None:
        """Take it off the screen, if it is there."""
        if self._begun:
            self._begun = False
            self._send(types.WorkDoneProgressEnd())

    def _send(
        self, value: types.WorkDoneProgressBegin | types.WorkDoneProgressReport | types.WorkDoneProgressEnd
    ) -> None:
        self.protocol.notify(types.PROGRESS, types.ProgressParams(self.token, value))


@asynccontextmanager
async def shown(ls: Server, title: str, *, token: int | str | None) -> AsyncIterator[Progress]:
    """Show the work of this task of asyncio until the block ends; the client may cancel it."""
    progress = Progress(ls.protocol, token if token is not None else str(uuid4()), title)
    task = asyncio.current_task()
    assert task is not None  # noqa: S101 - handlers run as tasks
    ls.working[progress.token] = task
    ticking = ("tests", progress.token)
    if token is not None:
        progress.begin()
    elif ls.client.progress:
        ls.background.start(progress.begin_later(), name=("progress", progress.token))
    try:
        with watched() as watch:
            if token is not None or ls.client.progress:
                ls.background.start(progress.tick(watch), name=ticking)
            yield progress
    finally:
        del ls.working[progress.token]
        ls.background.cancel(ticking)
        ls.background.cancel(("progress", progress.token))
        progress.end()
