"""What a kind of task is: its menu entries, and how a request becomes a task with its oracle.

Adding a kind is adding one module that defines ``KIND``; `registry` finds it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cached_property
from pathlib import Path
from typing import Any, Protocol

from attrs import field, frozen

from lastmile.cascade.task import Task
from lastmile.config.tree import Settings
from lastmile.testing.lab import Lab, NoLab
from lastmile.testing.values import Bench, Grader, NoBench, Standing
from lastmile.text.diagnostic import Diagnostic
from lastmile.text.edits import Span
from lastmile.text.snapshot import Snapshot
from lastmile.text.symbols import Symbol
from lastmile.tools.offload import Offload
from lastmile.tools.ruff import Ruff
from lastmile.verify.types.values import NoTypes, TypeJudge


@frozen
class Page:
    """What is known of a document when its menu opens; gathered beforehand, so reading it is free."""

    snapshot: Snapshot
    diagnostics: tuple[Diagnostic, ...] = ()
    """Ruff's findings on this snapshot, and those of other servers that came with the request."""

    symbols: tuple[Symbol, ...] = ()
    """Functions and classes, outer before inner; empty where they are not known yet."""

    settings: Settings = field(factory=Settings)
    trouble: str = ""
    """Why ruff's findings are missing, in a line; empty where they are not."""

    others: Mapping[Path, str] = field(factory=dict)
    """The texts of other open documents that are not saved: tests are to see what the person sees."""

    untested: str = "No tests can be run here."
    """Why no test can be run, as the bench says; empty where tests can, so that what needs them is offered."""

    standing: Standing = field(factory=Standing)
    """What tests told last of this text."""

    @cached_property
    def is_broken(self) -> bool:
        """Whether the text does not parse: each kind asks, and there may be a thousand findings."""
        return any(item.is_syntax for item in self.diagnostics)


@frozen
class Offer:
    """One entry of the menu."""

    kind: str
    title: str
    """What it does, without the price: ``Fix F841: unused variable `x```."""

    menu: str
    """The code action kind of LSP: ``quickfix``, ``refactor.rewrite.lastmile.docstring`` …"""

    target: Span
    detail: Mapping[str, Any] = field(factory=dict)
    """What the kind needs to make the task again: JSON values only."""

    preferred: bool = False
    diagnostics: tuple[Diagnostic, ...] = ()
    may_use_model: bool = True
    """Whether a tier other than rules may be asked."""

    disabled: str = ""
    """Why it cannot run now; empty when it can."""


@frozen
class Workshop:
    """The tools that a kind's oracle is made with."""

    ruff: Ruff
    offload: Offload
    bench: Bench = field(factory=NoBench)
    lab: Lab = field(factory=NoLab)
    types: TypeJudge = field(factory=NoTypes)
    grader: Grader | None = None
    """Who says how far tests can be trusted with a target; None where nobody can."""


_ABOUT_FINDINGS = ("quickfix", "source.")


def about_findings(kind: Kind) -> bool:
    """Tell whether tasks of a kind clear findings, which can be counted before and after."""
    return all(menu.startswith(_ABOUT_FINDINGS) for menu in kind.menus)


class Kind(Protocol):
    """One kind of task."""

    @property
    def name(self) -> str:
        """As settings, the ledger and ``refactor.rewrite.lastmile.<name>`` spell it."""

    @property
    def menus(self) -> tuple[str, ...]:
        """The code action kinds that its offers can have."""

    @property
    def deadline(self) -> float:
        """Seconds for a task of the kind, unless settings say otherwise."""

    @property
    def difficulty(self) -> float:
        """How hard tasks of the kind are by nature, 0 to 1."""

    @property
    def free_only(self) -> bool:
        """Whether paid tiers are never used, so that it may run on save."""

    def offers(self, page: Page, span: Span) -> Iterable[Offer]:
        """List what can be done at the span; runs on the event loop, so it only looks."""

    def sketch(self, page: Page, offer: Offer) -> Task:
        """Give the task that an offer leads to as far as its price depends on it; asks no tool."""

    async def task(self, page: Page, target: Span, detail: Mapping[str, Any], workshop: Workshop) -> Task:
        """Make the task that an offer speaks of, for the page as it is now.

        Raises `StaleError` where there is nothing to do any more, and `RequestError` where the
        detail makes no sense.
        """
