"""From what a model wrote to what may be shown: fitted in, judged in the worker, and judged again where it must be.

What cannot be judged is not shown.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Sequence
from typing import ParamSpec, TypeVar

from attrs import frozen

from lastmile.complete.cache import Made
from lastmile.complete.definitions import Other, definitions
from lastmile.complete.imported import candidates
from lastmile.complete.running import Running
from lastmile.complete.syntax import Gated, gate, look, stays
from lastmile.complete.tidying import fitted
from lastmile.complete.values import Cursor, Listener, Place, Worker
from lastmile.complete.window import Window
from lastmile.errors import ToolError
from lastmile.model.values import Chunk
from lastmile.text.edits import Replacement, Span, apply
from lastmile.text.snapshot import Snapshot

P = ParamSpec("P")
R = TypeVar("R")
logger = logging.getLogger(__name__)


@frozen(eq=False)
class Judging:
    """The worker, as completing uses it."""

    worker: Worker
    running: Running
    listener: Listener

    async def look(self, cursor: Cursor) -> Place:
        """Say what kind of place it is; code of one line where that cannot be told."""
        snapshot = cursor.snapshot
        return await self._run(look, snapshot.text, cursor.offset, snapshot.language) or Place()

    async def defined(
        self, snapshot: Snapshot, offset: int, window: Window, others: Sequence[Other]
    ) -> tuple[Chunk, ...]:
        """Give the definitions of the names around an offset."""
        if snapshot.language != "python":
            return ()
        shown = (offset - len(window.before), offset + len(window.after))
        path = str(snapshot.path or snapshot.name)
        found = await self._run(definitions, snapshot.text, offset, shown, path, tuple(others))
        return () if found is None else found

    async def imported(self, snapshot: Snapshot, roots: Sequence[str]) -> tuple[tuple[str, ...], ...]:
        """Give the paths at which each module may be that a document imports."""
        if snapshot.language != "python" or snapshot.path is None:
            return ()
        return await self._run(candidates, snapshot.text, str(snapshot.path), tuple(roots)) or ()

    async def made(self, cursor: Cursor, window: Window, text: str) -> Made | None:
        """Make a completion of what a model wrote; None where it could not be judged."""
        fit = fitted(text, window)
        if fit is None:
            return Made(window, "")
        span = Span(cursor.offset, cursor.offset + fit.replaced)
        gated = await self._gate(cursor.snapshot, span, fit.text)
        if gated is not None and gated.text != fit.text and fit.replaced:
            # What was trimmed need not close what stands after the cursor any more.
            span = Span(cursor.offset, cursor.offset)
            gated = await self._gate(cursor.snapshot, span, fit.text)
        if gated is None:
            return None
        if not gated.judged and gated.text:
            self.listener.unjudged(cursor.snapshot.language)
        whole = hash(replaced(cursor.snapshot.text, span, gated.text)) if gated.clean else 0
        return Made(window, gated.text, len(span), whole)

    async def left(self, cursor: Cursor, made: Made, typed: str) -> tuple[Span, str] | None:
        """Give what is left of a completion, and what it replaces; None where that is nothing.

        It is judged again unless the document with it is known to parse.
        """
        text, span = made.text[len(typed) :], Span(cursor.offset, cursor.offset + made.replaced)
        if text and (not made.whole or hash(replaced(cursor.snapshot.text, span, text)) != made.whole):
            snapshot = cursor.snapshot
            text = text if await self._run(stays, snapshot.text, span, text, snapshot.language) else ""
        return (span, text) if text else None

    async def _gate(self, snapshot: Snapshot, span: Span, text: str) -> Gated | None:
        return await self._run(gate, snapshot.text, span, text, snapshot.language)

    async def _run(self, function: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R | None:
        """Run something in the worker; None where that fails.

        A cancelled caller leaves it running: to end it would end the worker, which others need.
        """
        try:
            return await asyncio.shield(self.running.start(self.worker.run(function, *args, **kwargs)))
        except ToolError as error:
            logger.warning("A completion could not be judged: %s", error)
            return None


def replaced(text: str, span: Span, completion: str) -> str:
    """Give a text with a completion in it."""
    return apply(text, [Replacement(span, completion)])
