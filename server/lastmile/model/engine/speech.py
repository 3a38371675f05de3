"""Turns the bytes of a sample's tokens into text that may be shown: whole characters, no stop text.

It knows nothing of tokens or models; bytes go in as they come.
"""

from __future__ import annotations

import codecs

from attrs import define, field


@define(eq=False)
class Speech:
    """The text of one sample, held back by as little as must be."""

    stop: tuple[str, ...] = ()
    stopped: bool = False
    """Whether a stop text was found; nothing is said any more."""

    read: int = field(default=0, init=False)
    """Characters of what came, said or not."""

    _decoder: codecs.IncrementalDecoder = field(
        factory=lambda: codecs.getincrementaldecoder("utf-8")("replace"), init=False
    )
    _partial: bool = field(default=False, init=False)
    """Whether the decoder holds a part of a character."""

    _held: str = field(default="", init=False)
    """What may be the beginning of a stop text."""

    def __attrs_post_init__(self) -> None:
        self.stop = tuple(text for text in self.stop if text)

    def add(self, data: bytes) -> str:
        """Take what came and give what may be said now."""
        if self.stopped:
            return ""
        came = self._decoded(data)
        self.read += len(came)
        if not self.stop:
            return came
        text = self._held + came
        if found := [at for at in (text.find(stop) for stop in self.stop) if at >= 0]:
            self.stopped, self._held = True, ""
            return text[: min(found)]
        held = max((_overlap(text, stop) for stop in self.stop), default=0)
        self._held = text[len(text) - held :]
        return text[: len(text) - held]

    def _decoded(self, data: bytes) -> str:
        """Give the characters that are whole now; what most tokens are needs no decoder's memory."""
        if data.isascii() and not self._partial:
            return data.decode("ascii")
        came = self._decoder.decode(data)
        self._partial = bool(self._decoder.getstate()[0])
        return came

    def end(self) -> str:
        """Give what was held back; a character that never became whole is left out."""
        held, self._held = self._held, ""
        return held


def _overlap(text: str, stop: str) -> int:
    """Give how many of the text's last characters could be the first ones of the stop text."""
    longest = min(len(text), len(stop) - 1)
    return next((size for size in range(longest, 0, -1) if text.endswith(stop[:size])), 0)
