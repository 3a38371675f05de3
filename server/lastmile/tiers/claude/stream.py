"""Reads one streamed answer and keeps the meter true while it comes.

The provider's counts replace the estimates as they arrive. Nothing here opens or closes a
connection, and nothing decides what an answer is good for.
"""

from __future__ import annotations

from attrs import define, evolve, field

from lastmile.cascade.draft import Usage
from lastmile.cascade.protocols import Meter
from lastmile.tiers.prompt import count_tokens

_CHARACTERS_A_TOKEN = 16
"""More than any token of prose or code has, on average over a reply."""


class MalformedError(Exception):
    """An event does not have the shape that its type promises."""


@define
class Reading:
    """An answer as far as it has come."""

    meter: Meter
    max_tokens: int
    hidden: int
    """Tokens to count for thinking that is not shown, until the provider says how many they were."""

    hour: bool
    """Whether the request asked for the one-hour cache."""

    started: bool = False
    """``message_start`` came: from here on the call is billed."""

    stop: str = ""
    """Why the model stopped; empty until it has."""

    category: str = ""
    """The policy that a refusal names."""

    _parts: list[str] = field(factory=list)
    _length: int = 0
    _seen: int = 0
    _thinks: bool = False

    @property
    def text(self) -> str:
        """What the model said, without its thinking."""
        return "".join(self._parts)

    def take(self, event: object) -> None:
        """Take the next event; raises `MalformedError` for one that makes no sense.

        Types that are not known here are passed over: the provider may add some.
        """
        try:
            self._take(event)
        except (AttributeError, TypeError) as error:
            message = f"an event of the stream is malformed ({type(event).__name__})"
            raise MalformedError(message) from error

    def _take(self, event: object) -> None:
        kind = event.type  # type: ignore[attr-defined]
        if not isinstance(kind, str) or not (self.started or kind in ("message_start", "ping")):
            raise TypeError
        match kind:
            case "message_start":
                self.started = True
                self._count(event.message.usage, before=Usage(), final=False)  # type: ignore[attr-defined]
            case "content_block_start":
                self._thinks = self._thinks or "thinking" in event.content_block.type  # type: ignore[attr-defined]
                self._estimate()
            case "content_block_delta":
                self._delta(event.delta)  # type: ignore[attr-defined]
            case "message_delta":
                self._stopped(event.delta)  # type: ignore[attr-defined]
                self._count(event.usage, before=self.meter.usage, final=True)  # type: ignore[attr-defined]

    def _delta(self, delta: object) -> None:
        if delta is None:
            raise TypeError
        text = getattr(delta, "text", None)
        if isinstance(text, str):
            self._parts.append(text)
            self._length += len(text)
            if self._length > _CHARACTERS_A_TOKEN * self.max_tokens:
                message = "the answer is longer than was asked for"
                raise MalformedError(message)
        shown = text if isinstance(text, str) else getattr(delta, "thinking", "")
        self._seen += count_tokens(shown)
        self._estimate()

    def _stopped(self, delta: object) -> None:
        self.stop = getattr(delta, "stop_reason", None) or self.stop
        self.category = getattr(getattr(delta, "stop_details", None), "category", None) or self.category

    def _estimate(self) -> None:
        """Count the output so far, high on purpose and never past what was asked for."""
        output = min(self.max_tokens, self._seen + (self.hidden if self._thinks else 0))
        usage = self.meter.usage
        self.meter.usage = evolve(usage, output=max(output, usage.output), estimated=True)

    def _count(self, usage: object, *, before: Usage, final: bool) -> None:
        """Take the provider's counts, which are cumulative; one that is left out stands as it was."""
        written = _number(
            getattr(usage, "cache_creation_input_tokens", None), before.cache_write + before.cache_write_1h
        )
        split = getattr(getattr(usage, "cache_creation", None), "ephemeral_1h_input_tokens", None)
        hour = min(written, _number(split, written if self.hour else 0))
        self.meter.usage = Usage(
            input=_number(getattr(usage, "input_tokens", None), before.input),
            cache_write=written - hour,
            cache_write_1h=hour,
            cache_read=_number(getattr(usage, "cache_read_input_tokens", None), before.cache_read),
            output=_number(usage.output_tokens, 0),  # type: ignore[attr-defined]
            estimated=not final,
        )


def _number(value: object, otherwise: int) -> int:
    """Check a count; a missing one is what it was."""
    if value is None:
        return otherwise
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        message = "a token count is not a number"
        raise TypeError(message)
    return value
