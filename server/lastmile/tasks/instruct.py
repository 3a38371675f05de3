"""Do what a person asks in words with the selection.

It stands in no menu, because a menu cannot ask for words: it comes by the command
``lastmile.instruct``. No hard oracle can judge words, so samples have to agree.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from attrs import frozen

from lastmile.cascade.alike import Alike
from lastmile.cascade.task import Oracle, Scope, Task
from lastmile.errors import RequestError
from lastmile.tasks.identity import new_id
from lastmile.tasks.kind import Offer, Page, Workshop
from lastmile.tasks.targets import whole_lines
from lastmile.text.edits import Span
from lastmile.text.suppressions import asked_for

_MOST_CHARACTERS = 4000
_TITLE_LENGTH = 60


@frozen
class InstructKind:
    """The kind ``instruct``."""

    name: str = "instruct"
    menus: tuple[str, ...] = ()
    deadline: float = 120.0
    difficulty: float = 0.35
    free_only: bool = False

    def offers(self, page: Page, span: Span) -> Iterable[Offer]:  # noqa: ARG002 - the protocol's
        """Offer nothing: the words are missing."""
        return ()

    def sketch(self, page: Page, offer: Offer) -> Task:
        """Give the task without its words; no menu offers one."""
        return _task(page, offer.target, offer.title)

    async def task(self, page: Page, target: Span, detail: Mapping[str, Any], workshop: Workshop) -> Task:  # noqa: ARG002 - the protocol's
        """Ask for what ``detail["instruction"]`` says, of the lines that the selection touches."""
        words = detail.get("instruction")
        if not isinstance(words, str) or not words.strip():
            message = "The instruction is empty. Say what is to be done with the selection."
            raise RequestError(message)
        if len(words) > _MOST_CHARACTERS:
            message = f"The instruction is longer than {_MOST_CHARACTERS} characters. Make it shorter."
            raise RequestError(message)
        return _task(page, target, words.strip())


def _task(page: Page, target: Span, words: str) -> Task:
    place = whole_lines(page.snapshot, target)
    first = words.splitlines()[0].rstrip(".")
    return Task(
        id=new_id(),
        kind="instruct",
        snapshot=page.snapshot,
        target=place,
        goal=words,
        title=f"Instruct: {first if len(first) <= _TITLE_LENGTH else first[:_TITLE_LENGTH] + '…'}",
        scope=Scope((place,), imports=page.snapshot.language == "python", suppressions=asked_for(words), effects=True),
        oracle=Oracle(hard=False, alike=Alike.CHANGE),
        spread=max(1, sum(place.contains(symbol.span) for symbol in page.symbols)),
    )


KIND = InstructKind()
