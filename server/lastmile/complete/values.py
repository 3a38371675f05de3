"""What completing speaks of, as frozen values, and the little that it needs of a model, a clock and a worker."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable
from enum import Enum
from typing import ParamSpec, Protocol, TypeVar

from attrs import field, frozen

from lastmile.model.values import Fill
from lastmile.text.edits import Span
from lastmile.text.snapshot import Snapshot

P = ParamSpec("P")
R = TypeVar("R")


class Filler(Protocol):
    """A model that fills gaps."""

    def fill(self, fill: Fill, *, most: int, document: str, ahead: bool = False) -> AsyncGenerator[str, None]:
        """Give the text of a gap piece by piece, as it is made; closing the generator cancels.

        ``most`` is the most tokens. ``document`` names whose cache to use. ``ahead`` says that nobody
        waits for it yet. Raises `LastmileError` where there is no answer.
        """

    async def prefill(self, fill: Fill, *, document: str) -> None:
        """Read what a fill would be shown, so that the next one is quick; cancelling the caller stops it.

        Raises `LastmileError` where it cannot be done.
        """

    async def state(self) -> str:
        """Say whether the model is ``ready``, ``loading`` or ``cold``, at once.

        Raises `LastmileError` where that cannot be told.
        """


class Clock(Protocol):
    """Seconds that never run backwards."""

    def monotonic(self) -> float:
        """Give the time."""

    async def sleep(self, seconds: float) -> None:
        """Wait."""


class Worker(Protocol):
    """Runs pure functions of this room elsewhere: `tools.offload` is one."""

    async def run(self, function: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
        """Run a module-level function; raises `ToolError` where the worker dies or has no time left."""


class Listener(Protocol):
    """Who hears of completions that are not as they should be."""

    def trouble(self, why: str) -> None:
        """Hear of a generation that failed, each time."""

    def well(self) -> None:
        """Hear of a generation that came to its end, each time."""

    def unjudged(self, language: str) -> None:
        """Hear of a completion that nothing could judge for want of a grammar, each time."""


@frozen
class Cursor:
    """Where a completion is wanted."""

    document: str
    """The document's key, the same for all spellings of its URI."""

    snapshot: Snapshot
    offset: int
    invoked: bool = False
    """The person asked for it; otherwise the editor did, while they type."""


class Where(Enum):
    """What kind of text a place lies in."""

    CODE = "code"
    COMMENT = "comment"
    STRING = "string"


@frozen
class Place:
    """What the syntax tree says of a cursor's place."""

    where: Where = Where.CODE
    multiline: bool = False
    """Whether a whole block may follow there; otherwise one line."""

    ended: bool = False
    """Whether a statement ends right before it."""

    braces: bool = False
    """Whether braces make the blocks of the language; otherwise they are brackets like others."""


@frozen
class Completion:
    """A completion as it is shown."""

    id: str
    """By which the editor says what became of it."""

    span: Span
    """What it replaces: nothing, or closing characters right after the cursor."""

    text: str = field(repr=False)


class Fate(Enum):
    """What became of a completion that was shown."""

    SHOWN = "shown"
    """Nothing yet."""

    ACCEPTED = "accepted"
    PARTIAL = "partial"
    """A word or a line of it was taken, and the rest was not."""

    TYPED = "typed"
    """The person typed over it: all or a part of it by hand, or something else in its place."""

    DISMISSED = "dismissed"
    """Nothing was typed in its place: the person went on elsewhere."""


@frozen
class Record:
    """One completion for the books; no text of it."""

    id: str
    project: str
    """The project, as the books name it."""

    language: str
    characters: int
    lines: int
    seconds: float
    """From the question to the answer."""

    source: str
    """How it was come by: ``asked`` for it, a generation under way was ``joined``, or it was ``cached``."""

    fate: Fate = Fate.SHOWN
    taken: int = 0
    """Characters of it that came into the document."""

    kept: tuple[bool | None, bool | None] = (None, None)
    """Whether what was accepted was still there after 30 seconds and after 5 minutes; None while nobody knows."""


class Books(Protocol):
    """Where it is written down what became of completions."""

    def note(self, record: Record) -> None:
        """Write a record down, over the one with the same id; returns at once and never raises."""
