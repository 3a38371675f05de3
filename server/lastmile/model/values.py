"""What is asked of the local model and what it answers, as frozen values, and the engine that both meet in.

Nothing here knows how a model is run, or how a request came in.
"""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum, IntEnum
from typing import Protocol

from attrs import frozen

from lastmile.cascade.confidence import Confidence


class Urgency(IntEnum):
    """Who goes first: the least number."""

    COMPLETION = 0
    """A person is typing and waits for it."""

    DRAFT = 1
    """A person waits for an edit."""

    BACKGROUND = 2
    """Nobody waits."""


@frozen
class Chunk:
    """Text of another place that helps to fill in this one."""

    path: str
    text: str


@frozen
class Fill:
    """A gap to be filled in. User text in it never stands for special tokens."""

    prefix: str
    suffix: str
    path: str = ""
    """The document's, for models that know markers of files."""

    chunks: tuple[Chunk, ...] = ()
    """The least useful first: they are given up in this order where a context has no room for all of them.

    What stands before the first difference to the prompt before need not be read again.
    """


@frozen
class Message:
    """A part of a conversation."""

    role: str
    """``system``, ``user`` or ``assistant``."""

    text: str


@frozen
class Chat:
    """A conversation, put into the model's own form by its template."""

    messages: tuple[Message, ...]


@frozen
class Plain:
    """Text to be continued as it is."""

    text: str


Prompt = Fill | Chat | Plain


@frozen
class Sampling:
    """How a token is chosen from those that are likely."""

    temperature: float = 0.0
    """0 takes the likeliest."""

    top_k: int = 40
    top_p: float = 0.95
    min_p: float = 0.05
    seed: int = 0
    """The same seed gives the same text on the same engine."""


@frozen
class Ask:
    """One request."""

    prompt: Prompt
    most: int = 256
    """The most tokens of each sample."""

    samples: tuple[Sampling, ...] = (Sampling(),)
    """One for each sample that is wanted; all of them share one reading of the prompt."""

    stop: tuple[str, ...] = ()
    """Texts that end a sample; they are not part of it."""

    grammar: str = ""
    """What a sample must match, in llama.cpp's GBNF; empty for anything."""

    urgency: Urgency = Urgency.DRAFT
    document: str = ""
    """Names whose cache to use where there are several; empty to go by what is common."""

    likeliest: int | None = None
    """How many of the likeliest tokens are told with each one that was chosen; None where tokens are not told."""

    confidence: bool = True
    """Whether it is to be said how sure the model was: that takes a look at the whole vocabulary at each token."""


class Reason(Enum):
    """Why a sample ended."""

    STOP = "stop"
    """The model ended it, or a stop text or the grammar did."""

    LENGTH = "length"
    """It has as many tokens as it may, or the context is full."""


@frozen
class Likely:
    """A token that could have come at a place, and how likely it was."""

    piece: bytes
    """What it stands for; perhaps a part of a character, and nothing for a special one."""

    log: float
    """Its log-probability among all tokens, before temperature, filters and grammar; natural."""


@frozen
class Token(Likely):
    """A token of a sample."""

    start: int = 0
    """How many characters of the sample's text stand before it."""

    likeliest: tuple[Likely, ...] = ()
    """The likeliest at its place, itself perhaps among them, the likeliest first."""


@frozen
class Piece:
    """More text of a sample: whole characters only."""

    sample: int
    text: str
    tokens: tuple[Token, ...] = ()
    """Those that begin in it, where they are asked for; without text where nothing but tokens is left to tell."""


@frozen
class Ended:
    """A sample is complete."""

    sample: int
    reason: Reason
    tokens: int
    confidence: Confidence | None = None
    """None for a sample without tokens, and where neither it nor its tokens were asked for."""


@frozen
class Usage:
    """What a request took; said once, last."""

    prompt: int
    """Tokens of the prompt."""

    cached: int
    """How many of those did not have to be read."""

    completion: int
    """Tokens of all samples."""

    prompt_seconds: float
    completion_seconds: float
    guessed: int = 0
    """How many tokens were read ahead because the prompt has them, and were right."""


@frozen
class Failed:
    """The request came to nothing; said once, last."""

    message: str
    """What happened and what to do, for a person."""


Heard = Piece | Ended | Usage | Failed
"""What comes of a request, in this order: pieces and ends of samples, mixed, then usage or failure."""

Cancel = Callable[[], None]
"""Ends a request as soon as may be; may be called at any time, any number of times. Nothing is heard after."""


class Engine(Protocol):
    """Runs one model. Safe to use from any thread."""

    def submit(self, ask: Ask, hear: Callable[[Heard], None]) -> Cancel:
        """Begin a request; does not wait.

        ``hear`` is called from the engine's thread and must return at once.
        """

    def stuck(self) -> float:
        """Give the seconds for which one step has been going on that should take a moment; 0 between steps."""

    def close(self) -> None:
        """End all requests, give the memory back and wait for that."""
