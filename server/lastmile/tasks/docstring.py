"""Write or rewrite the docstring of the symbol at the cursor.

What a docstring has to say, and whether one does, is for the room `docstrings` to tell; this module
joins it to the menu and to the loop.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from attrs import frozen

from lastmile.cascade.task import Oracle, Scope, Task
from lastmile.cascade.verdict import Finding
from lastmile.config.tree import Convention
from lastmile.docstrings.choice import convention_for
from lastmile.docstrings.fragment import Place, Unreadable
from lastmile.docstrings.hints import Layout, hints
from lastmile.docstrings.judging import CHECK, judge, study
from lastmile.docstrings.placing import at_cursor, indent_of, place_of, room_for
from lastmile.errors import RequestError, ToolError
from lastmile.tasks.functions import find_symbol
from lastmile.tasks.identity import new_id
from lastmile.tasks.kind import Offer, Page, Workshop
from lastmile.text.edits import Span
from lastmile.text.snapshot import Snapshot
from lastmile.text.symbols import Symbol
from lastmile.tools.offload import Offload
from lastmile.tools.ruff import Ruff

_USUAL_LENGTH = 88
_ROOM_FOR_HINTS = "x" * 2000
"""Stands for what a symbol's signature adds to the question, which is known only once it was read."""

_MENU = "refactor.rewrite.lastmile.docstring"


@frozen
class DocstringCheck:
    """Judges that nothing but the docstring changed, and that it says what it has to."""

    offload: Offload
    place: Place
    convention: Convention
    name: str = CHECK

    async def judge(self, task: Task, text: str) -> tuple[Finding, ...]:
        """Cut the symbol out of both texts, and compare."""
        old, target = task.snapshot.text, task.target
        head, tail = old[: target.start], old[target.end :]
        if len(text) < len(head) + len(tail) or not (text.startswith(head) and text.endswith(tail)):
            return (Finding(self.name, f"The draft changes more than `{self.place.name}`."),)
        new = text[len(head) : len(text) - len(tail)]
        try:
            return await self.offload.run(judge, target.of(old), new, self.place, self.convention)
        except ToolError as error:
            return (Finding(self.name, f"The docstring could not be judged: {error}"),)


@frozen
class DocstringKind:
    """The kind ``docstring``."""

    name: str = "docstring"
    menus: tuple[str, ...] = (_MENU,)
    deadline: float = 60.0
    difficulty: float = 0.2
    free_only: bool = False

    def offers(self, page: Page, span: Span) -> Iterable[Offer]:
        """Offer a docstring for the innermost symbol whose decorators, header or docstring hold the span."""
        if page.snapshot.language != "python":
            return
        symbol = at_cursor(page.snapshot, page.symbols, span)
        if symbol is None:
            return
        broken = any(item.is_syntax and symbol.span.touches(item.span) for item in page.diagnostics)
        yield Offer(
            kind=self.name,
            title=_title(symbol),
            menu=_MENU,
            target=symbol.span,
            detail={"symbol": symbol.qualname},
            disabled=f"`{symbol.name}` has a syntax error" if broken else "",
        )

    def sketch(self, page: Page, offer: Offer) -> Task:
        """Give the task without what reading the symbol would add; as much room is left for it."""
        goal = f"{offer.title}, in the {Convention.GOOGLE.value} convention."
        place = Scope((Span(offer.target.start, offer.target.start),))
        return Task("", self.name, page.snapshot, offer.target, goal, place, Oracle(), hints=(_ROOM_FOR_HINTS,))

    async def task(self, page: Page, target: Span, detail: Mapping[str, Any], workshop: Workshop) -> Task:
        """Find the symbol again and ask for its docstring."""
        snapshot = page.snapshot
        symbol = find_symbol(page, target, detail)
        place = place_of(snapshot, page.symbols, symbol)
        convention = await convention_for(
            snapshot,
            page.symbols,
            setting=page.settings.docstring.convention,
            ruff=workshop.ruff,
            offload=workshop.offload,
        )
        known = await workshop.offload.run(study, symbol.span.of(snapshot.text), place, convention)
        if isinstance(known, Unreadable):
            message = f"`{symbol.name}` cannot be read, so a docstring for it cannot be judged: {known.reason}."
            raise RequestError(message)
        room = room_for(snapshot.text, symbol, documented=known.documented, filler=known.filler)
        return Task(
            id=new_id(),
            kind=self.name,
            snapshot=snapshot,
            target=symbol.span,
            goal=f"{_title(symbol)}, a {symbol.kind}, in the {convention.value} convention.",
            title=_title(symbol),
            scope=Scope((room,)),
            oracle=Oracle((DocstringCheck(workshop.offload, place, convention),)),
            hints=hints(known, convention, await _layout(snapshot, symbol, workshop.ruff)),
        )


def _title(symbol: Symbol) -> str:
    return f"{'Add a docstring to' if symbol.docstring is None else 'Rewrite the docstring of'} `{symbol.name}`"


async def _layout(snapshot: Snapshot, symbol: Symbol, ruff: Ruff) -> Layout:
    """Look up how the project sets its docstrings."""
    length = await ruff.setting(snapshot, "linter.pycodestyle.max_doc_length")
    if not length.isdecimal():
        length = await ruff.setting(snapshot, "linter.line_length")
    single = await ruff.setting(snapshot, "linter.flake8_quotes.docstring_quotes") == "single"
    return Layout(
        indent_of(snapshot, symbol),
        int(length) if length.isdecimal() else _USUAL_LENGTH,
        "'''" if single else '"""',
    )


KIND = DocstringKind()
