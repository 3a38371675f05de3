"""What the person hears of completions beside themselves: why there is none, that a model is being loaded."""

from __future__ import annotations

import asyncio
import logging
import re
import time
from collections.abc import Awaitable, Callable
from math import inf
from uuid import uuid4

from attrs import define, field
from lsprotocol import types
from pygls.exceptions import JsonRpcException

from lastmile.errors import LastmileError
from lastmile.lsp.person.person import Person
from lastmile.lsp.wire.client import Client

logger = logging.getLogger(__name__)

_MOMENT = 0.5
"""Seconds after which a model that has not answered is asked what it does."""

_BETWEEN = 300.0
"""Seconds between two times that the same trouble is shown."""

_MOST_LANGUAGES = 100
_CREATE_SECONDS = 10.0
_LOADING = "Loading the local model"
_COUNT = re.compile(r"\d+(?:\.\d+)?")

State = Callable[[], Awaitable[str]]
"""Says what the model does; raises `LastmileError`."""


@define(eq=False)
class Modelling:
    """What was said of the model; one for a client."""

    person: Person
    client: Callable[[], Client]
    clock: Callable[[], float] = time.monotonic
    _trouble: str = field(default="", init=False)
    _shown_at: float = field(default=-inf, init=False)
    _was_well: bool = field(default=False, init=False)
    """Whether there was a completion since a trouble was shown."""

    _languages: set[str] = field(factory=set, init=False)
    _looks: bool = field(default=False, init=False)

    def trouble(self, why: str) -> None:
        """Log why there is no completion; it is shown too, unless it is what was shown last.

        Numbers make no difference: they are times that run out. What was shown last is shown again where there
        were completions since, and not more often than every few minutes.
        """
        self.person.log(f"There is no completion. {why}")
        trouble, now = _COUNT.sub("", why), self.clock()
        if trouble != self._trouble or (self._was_well and now - self._shown_at >= _BETWEEN):
            self._trouble, self._shown_at, self._was_well = trouble, now, False
            self.person.tell(f"Lastmile completes nothing for now. {why}", kind=types.MessageType.Warning)

    def well(self) -> None:
        """Hear that the model completes again."""
        self._was_well = True

    def unjudged(self, language: str) -> None:
        """Log once for each language that its completions are shown as the model writes them."""
        if language not in self._languages and len(self._languages) < _MOST_LANGUAGES:
            self._languages.add(language)
            self.person.log(
                f"No grammar of {language} is installed: completions in it are shown without a look at their syntax."
                " `pip install 'lastmile[languages]'` brings grammars."
            )

    async def loading(self, state: State, busy: Callable[[], bool]) -> None:
        """Show that the model is being loaded for as long as it is, where a completion waits for it.

        ``busy`` tells whether one waits. It returns at once where somebody looks already.
        """
        if self._looks:
            return
        self._looks = True
        try:
            await asyncio.sleep(_MOMENT)
            if busy() and await _is_loading(state, busy):
                await self._shown(state, busy)
        finally:
            self._looks = False

    async def _shown(self, state: State, busy: Callable[[], bool]) -> None:
        self.person.log(f"{_LOADING}: the first completion waits for it.")
        token = await self._token()
        self._report(token, types.WorkDoneProgressBegin("Lastmile", message=_LOADING, cancellable=False))
        try:
            while await _is_loading(state, busy):  # noqa: ASYNC110 - another process loads it
                await asyncio.sleep(_MOMENT)
        finally:
            self._report(token, types.WorkDoneProgressEnd())

    async def _token(self) -> str | None:
        """Agree with the client on a token; None where it shows no progress."""
        token = str(uuid4())
        if not self.client().progress:
            return None
        protocol, params = self.person.protocol, types.WorkDoneProgressCreateParams(token)
        try:
            await protocol.ask(types.WINDOW_WORK_DONE_PROGRESS_CREATE, params, seconds=_CREATE_SECONDS)
        except (TimeoutError, JsonRpcException) as error:
            logger.info("The client shows no progress: %s", error)
            return None
        return token

    def _report(self, token: str | None, value: types.WorkDoneProgressBegin | types.WorkDoneProgressEnd) -> None:
        if token is not None:
            self.person.protocol.notify(types.PROGRESS, types.ProgressParams(token, value))


async def _is_loading(state: State, busy: Callable[[], bool]) -> bool:
    """Tell whether the model is being loaded, or its host is being started for that."""
    try:
        now = await state()
    except LastmileError:
        return False
    return now == "loading" or (now == "cold" and busy())
