"""Completions that were made, found again when the person types through them or goes back.

A completion answers for every place on its way: where the text before the cursor is that of its
beginning and some of its own, the rest of it is the answer.
"""

from __future__ import annotations

from collections import OrderedDict

from attrs import define, field, frozen

from lastmile.complete.window import Window

_MOST = 250
_LOOK_BACK = 128
"""Characters of a completion that may have been typed by then. Both are llama.vim's."""


@frozen
class Made:
    """A completion at the place that it was made for."""

    window: Window
    text: str
    """Empty where it was found that nothing can be shown."""

    replaced: int = 0
    """Characters after the cursor whose place it takes."""

    whole: int = 0
    """A hash of the document with it, where that is known to parse; 0 otherwise."""

    def typed(self, window: Window) -> str | None:
        """Give what of it was typed by the time the cursor stands in another window; None where that differs."""
        if window.after != self.window.after or not window.before.startswith(self.window.before):
            return None
        return window.before[len(self.window.before) :]


@define(eq=False)
class Cache:
    """The last 250 completions by document."""

    _made: OrderedDict[tuple[str, str, str], Made] = field(factory=OrderedDict)

    def __len__(self) -> int:
        """Count them."""
        return len(self._made)

    def put(self, document: str, made: Made) -> None:
        """Keep a completion; the one that was used least lately goes."""
        key = (document, made.window.before, made.window.after)
        self._made[key] = made
        self._made.move_to_end(key)
        while len(self._made) > _MOST:
            self._made.popitem(last=False)

    def find(self, document: str, window: Window) -> tuple[Made, str] | None:
        """Find a completion on whose way the window lies, and what of it was typed; the last made comes first."""
        for key in reversed(self._made):
            if key[0] != document:
                continue
            made = self._made[key]
            typed = made.typed(window)
            if typed is not None and len(typed) <= _LOOK_BACK and _goes_on(made.text, typed):
                self._made.move_to_end(key)
                return made, typed
        return None

    def forget(self, document: str) -> None:
        """Drop what was made for a document that is gone."""
        for key in [key for key in self._made if key[0] == document]:
            del self._made[key]


def _goes_on(text: str, typed: str) -> bool:
    return not typed or (len(text) > len(typed) and text.startswith(typed))
