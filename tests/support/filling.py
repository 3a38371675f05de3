"""A model that writes what a test says, piece by piece, a clock that the test turns, and books to read."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable, Sequence
from pathlib import Path
from typing import ParamSpec, TypeVar

from attrs import define, field

from lastmile.complete.completer import Completer, Found, make
from lastmile.complete.values import Completion, Cursor, Record
from lastmile.config.completing import Completing
from lastmile.errors import LastmileError, ModelGoneError
from lastmile.model.values import Fill
from lastmile.text.snapshot import Snapshot

P = ParamSpec("P")
R = TypeVar("R")
MARK = "‸"
"""Where the cursor stands in a source."""

Script = Sequence[str] | Callable[[Fill], Sequence[str]]


@define(eq=False)
class ScriptedFiller:
    """Streams its scripts, one for each question, the last one for all further ones."""

    scripts: list[Script] = field(factory=list)
    history: list[Fill] = field(factory=list)
    ahead: list[bool] = field(factory=list)
    """Of each question, whether it was asked ahead."""

    prefilled: list[Fill] = field(factory=list)
    closed: int = 0
    """Streams that were closed before their end."""

    gate: asyncio.Semaphore | None = None
    """Where there is one, each piece waits for a release of it."""

    failure: str = ""
    loading: bool = False
    gone: int = 0
    """How many more streams end because the model goes away after a piece."""

    async def fill(self, fill: Fill, *, most: int, document: str, ahead: bool = False) -> AsyncGenerator[str, None]:  # noqa: ARG002 - the protocol's
        self.history.append(fill)
        self.ahead.append(ahead)
        script = self.scripts.pop(0) if len(self.scripts) > 1 else self.scripts[0] if self.scripts else ()
        if self.failure:
            raise LastmileError(self.failure)
        try:
            for piece in list(script(fill) if callable(script) else script)[:most]:
                if self.gate is not None:
                    await self.gate.acquire()
                yield piece
                if self.gone:
                    self.gone -= 1
                    raise ModelGoneError("It went away.")
        except (GeneratorExit, asyncio.CancelledError):
            self.closed += 1
            raise

    async def prefill(self, fill: Fill, *, document: str) -> None:  # noqa: ARG002 - the protocol's
        if self.failure:
            raise LastmileError(self.failure)
        self.prefilled.append(fill)

    async def state(self) -> str:
        return "loading" if self.loading else "ready"


@define(eq=False)
class ManualClock:
    """A clock that stands still until it is turned; who sleeps wakes when it is."""

    now: float = 1000.0
    step: float = 0.0
    """Seconds that pass each time somebody looks."""

    hasty: bool = True
    """Sleeping takes no time but what it adds to the clock; otherwise it waits until the test turns it."""

    slept: list[float] = field(factory=list)
    _sleeping: list[tuple[float, asyncio.Event]] = field(factory=list)

    def monotonic(self) -> float:
        self.now += self.step
        return self.now

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        if self.hasty and seconds <= 1.0:
            self.now += seconds
            await asyncio.sleep(0)
            return
        woken = asyncio.Event()
        self._sleeping.append((self.now + seconds, woken))
        await woken.wait()

    async def turn(self, seconds: float) -> None:
        """Let time pass, and let those who wake do what they do."""
        self.now += seconds
        for until, woken in self._sleeping:
            if until <= self.now:
                woken.set()
        self._sleeping = [item for item in self._sleeping if item[0] > self.now]
        await settled()


class Inline:
    """A worker that is this very process."""

    async def run(self, function: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
        await asyncio.sleep(0)
        return function(*args, **kwargs)


@define
class Notes:
    """Books of which the last word on each completion is kept."""

    records: dict[str, Record] = field(factory=dict)

    def note(self, record: Record) -> None:
        self.records[record.id] = record

    @property
    def fates(self) -> list[str]:
        return [record.fate.value for record in self.records.values()]


async def settled() -> None:
    """Let everything run that can run without time passing."""
    for _ in range(50):
        await asyncio.sleep(0)


@define(eq=False)
class Desk:
    """A session with one document in it, and a person who types."""

    filler: ScriptedFiller
    text: str = ""
    offset: int = 0
    settings: Completing = field(factory=Completing)
    language: str = "python"
    name: str = "x.py"
    clock: ManualClock = field(factory=ManualClock)
    notes: Notes = field(factory=Notes)
    completer: Completer = field(init=False)

    def __attrs_post_init__(self) -> None:
        self.completer = make(
            self.filler, Inline(), self.clock, books=self.notes, text_of=lambda key: self.text if key == "x" else None
        )

    @property
    def snapshot(self) -> Snapshot:
        path = Path("/project") / self.name
        return Snapshot(path.as_uri(), self.text, path, self.language)

    def put(self, source: str) -> None:
        """Take a source with a mark where the cursor stands."""
        self.offset, self.text = source.index(MARK), source.replace(MARK, "")

    def type(self, text: str) -> None:
        """Type, as one change."""
        self.text = self.text[: self.offset] + text + self.text[self.offset :]
        self.offset += len(text)
        self.completer.key("x", lambda: self.snapshot)

    def delete(self, count: int) -> None:
        self.text = self.text[: self.offset - count] + self.text[self.offset :]
        self.offset -= count
        self.completer.key("x", lambda: self.snapshot)

    def cursor(self, *, invoked: bool = False) -> Cursor:
        return Cursor("x", self.snapshot, self.offset, invoked)

    async def find(self, *, invoked: bool = False) -> Found | None:
        return await self.completer.find(self.cursor(invoked=invoked), self.settings)

    async def ask(self, *, invoked: bool = False) -> Completion | None:
        """Ask and have it shown."""
        found = await self.find(invoked=invoked)
        return None if found is None else self.completer.show(found, self.settings)

    def accept(self, shown: Completion) -> None:
        self.text = self.text[: shown.span.start] + shown.text + self.text[shown.span.end :]
        self.offset = shown.span.start + len(shown.text)
        self.completer.key("x", lambda: self.snapshot)


def pieces(text: str, size: int = 3) -> list[str]:
    """Cut a text as a model would give it."""
    return [text[at : at + size] for at in range(0, len(text), size)]
