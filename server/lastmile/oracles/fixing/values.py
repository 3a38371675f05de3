"""What the judge of fixes is told, and what it sees: the place that is to be mended, and both texts."""

from __future__ import annotations

import re
from contextlib import suppress

from attrs import frozen

from lastmile.cascade.verdict import Finding
from lastmile.errors import RequestError
from lastmile.oracles.fixing.shapes import Shape
from lastmile.oracles.fixing.steps import Step, meets
from lastmile.oracles.reading import Reading
from lastmile.text.diagnostic import UNDEFINED, Diagnostic
from lastmile.text.edits import Replacement, Span, apply

CHECK = "rest"
"""What its findings are filed under."""

_PINPOINT = re.compile(r"F(?!401|811)\d+|E[79]\d+|D\d+|ANN\d+")
"""Rules about one place: of statements beside it, none has to give way. An import and a second definition may."""


@frozen
class Place:
    """What is to be mended, and where."""

    code: str
    """The rule."""

    span: Span
    """Of the finding."""

    edits: tuple[Replacement, ...] = ()
    """Its tool's own fix."""

    undefined: str = ""
    """The name that nothing binds, where that is the finding."""

    @classmethod
    def of(cls, problem: Diagnostic) -> Place:
        """Say what a finding is about."""
        tool = () if problem.fix is None else problem.fix.edits
        undefined = UNDEFINED.fullmatch(problem.message)
        return cls(problem.code, problem.span, tool, "" if undefined is None else undefined[1])

    @property
    def is_pinpoint(self) -> bool:
        """Whether nothing but the place has to change."""
        return _PINPOINT.fullmatch(self.code) is not None

    def fixed(self, text: str) -> str | None:
        """Give the text with its tool's own fix; None where there is none, or it does not fit."""
        with suppress(RequestError):
            return apply(text, self.edits) if self.edits else None
        return None

    def touches(self, span: Span) -> bool:
        """Tell whether the finding or its tool's fix touches a place."""
        return any(meets(span, reach) for reach in (self.span, *(edit.span for edit in self.edits)))


@frozen(eq=False)
class Mended:
    """Both texts, and what of them differs."""

    place: Place
    before: Reading
    after: Reading
    windows: tuple[Span, Span]
    """The lines of both that differ."""

    standing: frozenset[int]
    """The statements of both, by `id`, that the other has too: `old` and `new` are without them."""

    old: tuple[Step, ...]
    new: tuple[Step, ...]
    by_tool: frozenset[int]
    """The statements, by `id`, that its tool's own fix would change."""

    tools: frozenset[Shape]
    """The forms of the statements that it would bring."""

    blank: frozenset[str]
    """Names of the old text that others took the place of."""

    fresh: frozenset[str]
    """Those others."""

    def finding(self, message: str, step: Step | None = None) -> Finding:
        """Make a finding, with the line of the old text that it is about."""
        if step is None:
            return Finding(CHECK, message)
        line = self.before.lines.line_at(step.span.start)
        return Finding(CHECK, f"{message}: line {line + 1}.", evidence=self.before.lines.line_text(line).strip())
