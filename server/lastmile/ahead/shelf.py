"""What is ready, by the content of the document that it is for; and what was tried and did not pass."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterator

from attrs import define, field, frozen

from lastmile.ahead.values import Left, Name, Ready, Refused

_MOST_TEXTS = 64
_MOST_CHARACTERS = 32_000_000
"""Of the texts that what is ready keeps: 32 to 128 MB at the most."""

_MOST_TRIED = 4096
_MOST_LEFT = 512

_TRIES = 5
"""How often something is tried that failed for a reason of the moment: a type checker that was cold, a deadline."""

Key = tuple[str, str]
"""A document's key and the digest of its text: an undone change finds again what was ready before it."""


@frozen
class _Tried:
    """What came of something that did not pass."""

    failures: int = 0
    refused: Refused | None = None


@define(eq=False)
class Shelf:
    """Keeps what is ready; of too much the texts that were used least lately go."""

    _texts: OrderedDict[Key, dict[Name, Ready]] = field(factory=OrderedDict, init=False)
    _weight: int = field(default=0, init=False)
    _tried: OrderedDict[tuple[str, str], _Tried] = field(factory=OrderedDict, init=False)
    _left: OrderedDict[tuple[str, str, str], Left] = field(factory=OrderedDict, init=False)

    def __len__(self) -> int:
        """Count what is ready."""
        return sum(map(len, self._texts.values()))

    def put(self, document: str, ready: Ready) -> None:
        """Keep an edit for the text that it is for."""
        key = document, ready.snapshot.digest
        kept = self._texts.setdefault(key, {})
        self._texts.move_to_end(key)
        self._weight += ready.weight - (kept[ready.name].weight if ready.name in kept else 0)
        kept[ready.name] = ready
        while len(self._texts) > _MOST_TEXTS or (self._weight > _MOST_CHARACTERS and len(self._texts) > 1):
            self._drop(next(iter(self._texts)))

    def find(self, document: str, digest: str, name: Name, *, around: str) -> Ready | None:
        """Look for the edit of an entry; ``around`` is the state of the other documents now."""
        ready = self._texts.get((document, digest), {}).get(name)
        return ready if ready is not None and ready.around in {"", around} else None

    def of(self, document: str, digest: str, *, around: str) -> list[Ready]:
        """List what is ready for a text."""
        found = self._texts.get((document, digest), {}).values()
        return [ready for ready in found if ready.around in {"", around}]

    def before(self, document: str, digest: str) -> list[Ready]:
        """List what was ready for the text that a document had last, before this one."""
        older = (kept for (name, known), kept in reversed(self._texts.items()) if name == document and known != digest)
        return list(next(older, {}).values())

    def forget(self, document: str | None = None) -> None:
        """Drop what is ready for a document, or for all, and what was tried."""
        for key in [key for key in self._texts if document in {None, key[0]}]:
            self._drop(key)
        for tried in [key for key in self._tried if document in {None, key[0]}]:
            del self._tried[tried]
        self._left.clear()

    def drop(self, document: str, digest: str, name: Name) -> None:
        """Drop one edit: it was made anew, and did not pass."""
        gone = self._texts.get((document, digest), {}).pop(name, None)
        self._weight -= 0 if gone is None else gone.weight

    def forget_wide(self, *, but: str = "") -> None:
        """Drop what was judged by more than its document's text: a file changed that nobody told of.

        What belongs to the document ``but`` stays: it is the one that changed.
        """
        for key, kept in list(self._texts.items()):
            narrow = {name: ready for name, ready in kept.items() if not ready.around or key[0] == but}
            self._weight -= sum(ready.weight for name, ready in kept.items() if name not in narrow)
            self._texts[key] = narrow
        for key in [key for key, tried in self._tried.items() if tried.refused is None or tried.refused.around]:
            del self._tried[key]
        self._left.clear()

    def distrust(self, task: str) -> None:
        """Drop the edit of a task that a person found to be wrong, from every text that it is ready for."""
        for (document, _digest), kept in self._texts.items():
            for name in [name for name, ready in kept.items() if ready.outcome.task.id == task]:
                wrong = kept.pop(name)
                self._weight -= wrong.weight
                self.give_up(document, wrong.what, Refused())

    def tried(self, document: str, what: str, *, around: str) -> bool:
        """Tell whether something was tried already, and would not pass now; ``around`` as in `find`."""
        found = self._tried.get((document, what), _Tried())
        return found.failures >= _TRIES or (found.refused is not None and found.refused.around in {"", around})

    def give_up(self, document: str, what: str, refused: Refused | None) -> None:
        """Note that something did not pass, so that it is not tried again until what decided that changes.

        None says that it failed for a reason of the moment, which is forgotten where a file changes.
        """
        failures = self._tried.get((document, what), _Tried()).failures
        self._tried[document, what] = _Tried(failures + 1) if refused is None else _Tried(refused=refused)
        while len(self._tried) > _MOST_TRIED:
            self._tried.popitem(last=False)

    def given_up(self, document: str) -> int:
        """Count what was tried in a document and did not pass."""
        return sum(key[0] == document for key in self._tried)

    def leave(self, what: str, digest: str, left: Left, *, around: str) -> None:
        """Note what rules left of a text, so that they are not asked again while it waits for a model."""
        self._left[what, digest, around] = left
        while len(self._left) > _MOST_LEFT:
            self._left.popitem(last=False)

    def left(self, what: str, digest: str, *, around: str) -> Left | None:
        """Look for what rules left of a text; ``around`` as in `find`."""
        return self._left.get((what, digest, around))

    def __iter__(self) -> Iterator[Ready]:
        """Go over all that is ready."""
        for kept in self._texts.values():
            yield from kept.values()

    def _drop(self, key: Key) -> None:
        self._weight -= sum(ready.weight for ready in self._texts.pop(key).values())
