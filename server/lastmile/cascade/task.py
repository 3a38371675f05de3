"""What is asked, of which text, and how it is judged. What a kind asks and by which oracle is the kind's own."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from attrs import frozen

from lastmile.cascade.alike import Alike
from lastmile.cascade.context import Reference, Snippet
from lastmile.cascade.verdict import Finding
from lastmile.text.diagnostic import Diagnostic
from lastmile.text.edits import Span
from lastmile.text.snapshot import Snapshot


class Check(Protocol):
    """One deterministic judge."""

    @property
    def name(self) -> str:
        """As findings and the ledger name it."""

    async def judge(self, task: Task, text: str) -> Sequence[Finding]:
        """Judge the document with the draft applied; a `Ruling` says what was seen as well.

        Never raises for what the text contains. One that could not run returns a finding that says so.
        """


@frozen
class Oracle:
    """What judges a task of this kind, beside the checks that every draft must pass."""

    checks: tuple[Check, ...] = ()
    """The kind's own checks, cheapest first; they run between syntax and lint."""

    late: tuple[Check, ...] = ()
    """Checks that run code or start a type checker: dear, so they come after lint, cheapest first."""

    hard: bool = True
    """Whether passing decides. Where it does not, samples have to agree as well."""

    doubt: str = ""
    """Why passing does not decide, for the person: ``no test decided (Tests are switched off)``; empty for kinds
    where nothing could."""

    needs: tuple[str, ...] = ()
    """Names of checks that passing is nothing without: a draft is refused where one of them did not run."""

    alike: Alike = Alike.TEXT
    """When such samples count as one answer."""


@frozen
class Scope:
    """Where a draft of the task may change the document."""

    spans: tuple[Span, ...]
    """Offsets of the snapshot. An insertion at the edge of a span is inside."""

    imports: bool = False
    """Whether import statements may come, go or move anywhere at the top level, as the target needs them."""

    suppressions: bool = False
    """Whether comments that silence a tool may come: only where the task is about one."""

    effects: bool = False
    """Whether the code may act on the world outside in ways that it did not: then the receipt says so."""


@frozen
class Task:
    """What is asked, of which text, and how it is judged."""

    id: str
    """Unique over all processes: the ledger's key."""

    kind: str
    snapshot: Snapshot
    target: Span
    """What it is about. Prompts show it, and tiers that rewrite whole symbols rewrite this."""

    goal: str
    """What is asked, in words that a model and a person read."""

    scope: Scope
    oracle: Oracle
    title: str = ""
    """What the menu says, without the price."""

    diagnostics: tuple[Diagnostic, ...] = ()
    """The problems that the task is to clear; empty for kinds that clear none."""

    spread: int = 1
    """In how many separate places the change is expected: lines that a tool's fix touches, symbols of a selection."""

    free_only: bool = False
    """Whether rules alone draft it: the menu said it is free, and it may run on every save."""

    hints: tuple[str, ...] = ()
    """Further lines for the prompt: the project's docstring convention, its line length …"""

    references: tuple[Reference, ...] = ()
    """Parts of other files that the prompt shows; what may leave the machine is asked for each of them."""

    context: tuple[Snippet, ...] = ()
    """Parts that may help, for prompts with room for them; what may not leave the machine is left out."""

    ahead: bool = False
    """Whether nobody has asked for it yet: it is drafted when nothing else is to be done, by free tiers alone."""

    @property
    def place(self) -> int:
        """Where a person looks for it in the text: at the first of its problems, else where its target begins."""
        return self.diagnostics[0].span.start if self.diagnostics else self.target.start
