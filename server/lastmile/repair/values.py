"""The words of this room as frozen values: the case, a proposal, what became of it.

Nothing here decides anything.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from attrs import field, frozen

from lastmile.text.edits import Replacement, Span, apply


@frozen
class Case:
    """A file with a bug, and the tests that show it."""

    path: Path
    """Absolute: where the tests import the file from."""

    text: str
    tests: tuple[str, ...]
    """Node ids of all tests that judge, in the order in which the project runs them."""

    failing: tuple[str, ...]
    """Those of them that are to pass and do not now; the quickest first is the cheapest to search with."""

    target: Span | None = None
    """Where changes may be made; None for the whole file."""

    others: Mapping[Path, str] = field(factory=dict, repr=False)
    """Unsaved texts of other documents, which the tests see too."""

    takes: Mapping[str, float] = field(factory=dict, repr=False)
    """Seconds by the clock that tests take on the text as it is, of those that came to their own end."""

    @property
    def soonest(self) -> float:
        """Seconds until the first of the failing tests has failed; zero where that is not known."""
        return min((self.takes[name] for name in self.failing if name in self.takes), default=0.0)

    @property
    def passing(self) -> tuple[str, ...]:
        """The tests that pass now and must go on passing."""
        return tuple(name for name in self.tests if name not in self.failing)


@frozen
class Evidence:
    """What a run of the tests told about the file, test by test."""

    failing: tuple[frozenset[int], ...] = ()
    """The lines that each failing test ran, from 1; empty sets where that is not known."""

    passing: tuple[frozenset[int], ...] = ()
    raised: frozenset[int] = frozenset()
    """The lines in which a failing test raised, by its traceback."""

    together: float = 0.0
    """Seconds that the passing tests took together, traced, so that it is more than they need."""


@frozen
class Proposal:
    """One small change that may repair the text; nothing says yet that it parses."""

    kind: str
    """The template's kind, as `priors` lists it."""

    label: str
    """What it does, for a person: ``turns `<` into `<=```."""

    line: int
    """Where, from 1."""

    score: float
    """How likely it is before any test ran: suspicion of the place times prior of the kind."""

    plain: tuple[Replacement, ...]
    """The change as a person would write it."""

    safe: tuple[Replacement, ...]
    """The same with every bracket that might be needed: what it must mean."""

    def on(self, text: str) -> str:
        """Give the text with the change made as a person would write it."""
        return apply(text, self.plain)


@frozen
class Candidate:
    """A text that may be the repair, whoever wrote it."""

    text: str = field(repr=False)
    label: str = ""
    weight: float = 1.0
    """How likely it is beside the others before they ran; only the proportions count."""

    lines: frozenset[int] = frozenset()
    """The lines of the case's text that it changes, from 1."""

    doubt: str = ""
    """What a person is asked before it is taken where few tests speak for it; see `doubts`."""


@frozen
class Observed:
    """What texts did on the same inputs, in words that can be compared."""

    inputs: tuple[str, ...] = ()
    """The calls, as a person reads them."""

    near: tuple[bool, ...] = ()
    """Whether each input is like those of the tests, rather than at an edge of what the types allow."""

    tested: tuple[bool, ...] = ()
    """Whether each input comes from a passing test, on which the original is right."""

    original: tuple[str, ...] = ()
    """By input, what came of it with the original text."""

    behaviour: tuple[tuple[str, ...], ...] = ()
    """By text, in the order of asking: by input, what came of it."""

    examples: tuple[tuple[bool, ...], ...] = ()
    """By text: whether each example of the documentation holds."""

    facts: tuple[Mapping[str, bool], ...] = ()
    """By text: whether what the documentation states holds on every input, by statement."""

    trouble: str = ""
    """Why nothing, or not all, was observed; empty where all was."""
