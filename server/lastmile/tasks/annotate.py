"""Annotate every parameter and the return of a function.

`oracles.annotating` sees that nothing else changed and that nothing contradicts the function's own
text. Whether the types are right is the project's type checker's to say: where it has seen the document
and minds wrong annotations there, its silence decides, and a draft that it could not judge is refused.
Where there is none, samples have to agree. Annotations are evaluated when the module is loaded, and
some libraries act on them, so the tests that see the function run too.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Mapping
from typing import Any

from attrs import frozen

from lastmile.cascade.task import Oracle, Scope, Task
from lastmile.errors import RequestError, StaleError
from lastmile.oracles.annotating import judge, unannotated
from lastmile.oracles.checks import NamesCheck, TextCheck
from lastmile.oracles.reading import Function, Reading, Target
from lastmile.tasks.functions import doubted, find_function, function_at, offer_on, target_of
from lastmile.tasks.identity import new_id
from lastmile.tasks.kind import Offer, Page, Workshop
from lastmile.tasks.sketching import sketched
from lastmile.text.edits import Span
from lastmile.text.parsing import tree
from lastmile.text.symbols import Symbol
from lastmile.verify.tests import oracle_for
from lastmile.verify.types.values import CHECK as TYPES

_MENU = "refactor.rewrite.lastmile.annotate"
_LONGEST = 2000


@frozen
class AnnotateKind:
    """The kind ``annotate``."""

    name: str = "annotate"
    menus: tuple[str, ...] = (_MENU,)
    deadline: float = 60.0
    difficulty: float = 0.25
    free_only: bool = False

    def offers(self, page: Page, span: Span) -> Iterable[Offer]:
        """Offer annotations on the head of a function that lacks some."""
        symbol = function_at(page, span)
        if symbol is not None and _lacks(page, symbol):
            yield offer_on(page, symbol, self.name, _MENU, _title(symbol))

    def sketch(self, page: Page, offer: Offer) -> Task:
        """Give the task as it is priced."""
        return sketched(page, offer, hard=False)

    async def task(self, page: Page, target: Span, detail: Mapping[str, Any], workshop: Workshop) -> Task:
        """Find the function again and what it lacks."""
        symbol = find_function(page, target, detail)
        about = target_of(page, symbol)
        known = await workshop.offload.run(study, page.snapshot.text, about)
        if known is None:
            message = "The document has a syntax error, so annotations cannot be judged."
            raise RequestError(message)
        lacking, imports = known
        if not lacking:
            message = f"`{symbol.name}` is annotated."
            raise StaleError(message)
        undecided = await workshop.types.undecided(page.snapshot)
        tests = await oracle_for(workshop.bench, page.snapshot, symbol.span, others=page.others)
        own = (TextCheck(workshop.offload, judge, (about,)), NamesCheck.of(workshop.ruff, workshop.offload))
        return Task(
            id=new_id(),
            kind=self.name,
            snapshot=page.snapshot,
            target=symbol.span,
            goal=f"{_title(symbol)}: {', '.join(f'`{name}`' for name in lacking)}.",
            title=_title(symbol),
            scope=Scope((symbol.span, imports), imports=True),
            oracle=Oracle(
                own,
                tests.checks,
                hard=not undecided,
                doubt=doubted(undecided, "type checker"),
                needs=() if undecided else (TYPES,),
            ),
            hints=_HINTS,
        )


_HINTS = (
    "Only annotations come; code, defaults, decorators, docstring and annotations that are there stay.",
    "Every parameter but `self` or `cls` gets one, `*args` and `**kwargs` too.",
    "The return gets one: `-> None` where nothing is returned.",
    (
        "Every name in an annotation is defined or imported; imports may come at the top. Those under TYPE_CHECKING "
        "need quotes around the annotation, or `from __future__ import annotations`."
    ),
    "Say what the function takes and gives as closely as its body shows; `Any` and `object` everywhere say nothing.",
    "A default of None needs a type that allows None.",
)


def study(text: str, target: Target) -> tuple[tuple[str, ...], Span] | None:
    """List what of a function lacks an annotation, and where imports for a type checker may come.

    None where the function cannot be read.
    """
    reading = Reading.of(text)
    node = None if reading is None else reading.find(target)
    if reading is None or node is None:
        return None
    rows = [item.end_lineno or 0 for item in reading.module.body if isinstance(item, ast.Import | ast.ImportFrom)]
    after = reading.lines.start(max(rows, default=0))
    # A symbol that begins there takes what is inserted before it.
    return unannotated(node, reading.around(node)), Span(after, after)


def _lacks(page: Page, symbol: Symbol) -> bool:
    """Parse the header alone: this runs while a menu opens."""
    if len(symbol.header) > _LONGEST:
        return False
    parsed = tree(f"{symbol.header.of(page.snapshot.text)} pass")
    node = parsed.body[0] if parsed is not None and parsed.body else None
    if not isinstance(node, Function):
        return False
    around = [item for item in page.symbols if item.span.contains(symbol.span) and item.span != symbol.span]
    in_class = bool(around) and max(around, key=lambda item: item.span.start).kind == "class"
    owner = (ast.ClassDef("", [], [], [], []),) if in_class else ()
    marks = page.snapshot.text[symbol.span.start : symbol.header.start]
    if "staticmethod" in marks:
        owner = ()
    return bool(unannotated(node, owner))


def _title(symbol: Symbol) -> str:
    return f"Annotate `{symbol.name}`"


KIND = AnnotateKind()
