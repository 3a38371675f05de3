"""One answer of an OpenAI chat server while it comes in: its text, its end and its token counts.

Servers differ in what they leave out, so every field is optional and any shape is survived.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Protocol

from attrs import define, field, fields

from lastmile.cascade.confidence import Confidence
from lastmile.cascade.draft import Usage
from lastmile.tiers.prompt import count_tokens


class Hearing(Protocol):
    """What takes an answer, or several that come by one request."""

    usage: Usage

    @property
    def finish(self) -> str:
        """Why it ended; empty while it has not."""

    @property
    def begun(self) -> bool:
        """Whether anything has come."""

    @property
    def too_long(self) -> bool:
        """Whether more has come than is wanted."""

    def take(self, chunk: object) -> None:
        """Take one chunk of a stream."""

    def take_whole(self, answer: object) -> None:
        """Take an answer that came in one piece."""


@define(eq=False)
class Reply:
    """What has come of an answer."""

    most: int
    """Characters from which on nothing more is wanted."""

    usage: Usage
    """Estimated until the server tells."""

    finish: str = ""
    """Why it ended: ``stop``, ``length``, ``content_filter``; empty while it has not."""

    reasoned: bool = False
    """Whether the model thought aloud, outside of the answer."""

    confidence: Confidence | None = None
    """How sure the model was, where the server tells."""

    _parts: list[str] = field(factory=list)
    _length: int = 0

    @property
    def text(self) -> str:
        """The answer so far."""
        return "".join(self._parts)

    @property
    def begun(self) -> bool:
        """Whether anything has come, so that the server has read the prompt."""
        return bool(self._parts) or self.reasoned or bool(self.finish)

    @property
    def too_long(self) -> bool:
        """Whether more has come than is wanted."""
        return self._length > self.most

    def take(self, chunk: object) -> None:
        """Take one chunk of a stream."""
        for choice in _choices(chunk):
            self._add(_mapping(choice.get("delta")), choice.get("finish_reason"))
            self.confidence = _confidence(_mapping(choice.get("confidence"))) or self.confidence
        self._count(chunk)

    def take_whole(self, answer: object) -> None:
        """Take an answer that came in one piece."""
        for choice in _choices(answer):
            self._add(_mapping(choice.get("message")), choice.get("finish_reason") or "stop")
        self._count(answer)

    def _add(self, delta: Mapping[str, Any], finish: object) -> None:
        thought = delta.get("reasoning_content") or delta.get("reasoning")
        content = delta.get("content")
        for text in (thought, content):
            if isinstance(text, str) and text:
                self.usage += Usage(output=count_tokens(text))
        self.reasoned = self.reasoned or bool(thought)
        if isinstance(content, str) and content:
            self._parts.append(content)
            self._length += len(content)
        self.finish = finish if isinstance(finish, str) else self.finish

    def _count(self, chunk: object) -> None:
        """Take the server's own counts in place of the estimate."""
        usage = _mapping(_mapping(chunk).get("usage"))
        read, written = usage.get("prompt_tokens"), usage.get("completion_tokens")
        if not isinstance(read, int) or not isinstance(written, int):
            return
        cached = _mapping(usage.get("prompt_tokens_details")).get("cached_tokens")
        cached = min(cached, read) if isinstance(cached, int) else 0
        self.usage = Usage(input=read - cached, cache_read=cached, output=written)


def _choices(chunk: object) -> Iterator[Mapping[str, Any]]:
    """Give the first choice: one is all that is asked for."""
    choices = _mapping(chunk).get("choices")
    if isinstance(choices, list):
        yield from (_mapping(choice) for choice in choices[:1])


def _confidence(told: Mapping[str, Any]) -> Confidence | None:
    names = [each.name for each in fields(Confidence)]
    numbers = [number for name in names if isinstance(number := told.get(name), float)]
    return Confidence(*numbers) if len(numbers) == len(names) else None


def _mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}
