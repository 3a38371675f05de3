"""The words of the design as frozen values: task, draft, finding, verdict, attempt, outcome. Nothing decides."""

from __future__ import annotations

from collections.abc import Sequence
from enum import Enum
from typing import Protocol, overload

from attrs import evolve, field, frozen

from lastmile.cascade.alike import Alike
from lastmile.cascade.confidence import Confidence
from lastmile.cascade.context import Reference, Snippet
from lastmile.text.diagnostic import Diagnostic
from lastmile.text.edits import Replacement, Span
from lastmile.text.snapshot import Snapshot


@frozen
class Usage:
    """The four token buckets that a call is paid by. Counts never overlap."""

    input: int = 0
    """Tokens read and neither written to nor read from the provider's cache."""

    cache_write: int = 0
    cache_read: int = 0
    output: int = 0
    cache_write_1h: int = 0
    """Tokens written to the one-hour cache, not counted in ``cache_write``."""

    estimated: bool = False
    """Some count is our estimate: the call was cut off before the provider told."""

    def __add__(self, other: Usage) -> Usage:
        """Add bucket by bucket."""
        return self._each(other, 1, estimated=self.estimated or other.estimated)

    def __sub__(self, other: Usage) -> Usage:
        """Take away bucket by bucket; none falls below zero."""
        return self._each(other, -1, estimated=self.estimated)

    def _each(self, other: Usage, sign: int, *, estimated: bool) -> Usage:
        names = ("input", "cache_write", "cache_read", "output", "cache_write_1h")
        counts = (max(0, getattr(self, name) + sign * getattr(other, name)) for name in names)
        return evolve(Usage(*counts), estimated=estimated)

    @property
    def tokens(self) -> int:
        """Count the tokens of all buckets."""
        return self.input + self.cache_write + self.cache_read + self.output + self.cache_write_1h


@frozen
class Replace:
    """An edit that says where it goes by offsets of the task's snapshot."""

    replacement: Replacement
    path: str = ""
    """The file, relative to the workspace; empty for the task's own document."""


@frozen
class SearchReplace:
    """An edit that says where it goes by the text that stands there, which must occur once."""

    search: str
    text: str
    path: str = ""


Edit = Replace | SearchReplace


@frozen
class Draft:
    """What a tier proposed. Nothing in it is trusted before the verdict."""

    edits: tuple[Edit, ...]
    usage: Usage = Usage()
    label: str = ""
    """How the tier came to it, for the person: ``ruff's safe fix``, ``sample 2 of 3``."""

    confidence: Confidence | None = None
    """None where the tier cannot tell."""

    note: str = ""
    """What the receipt says of how it was found: ``5 repairs pass, in 2 groups by 60 inputs``."""

    defect: str = ""
    """Why the reply could not be read as edits; then ``edits`` is empty and `apply` refuses it."""


@frozen
class Finding:
    """One reason for a refusal."""

    check: str
    """The check's name: apply, scope, syntax, property, lint …"""

    message: str
    line: int | None = None
    """The line in the candidate text, from 0; None where the finding has no place."""

    evidence: str = ""
    """What a drafter needs beside the message: the code there, a tool's output."""

    code: str = ""
    """The rule, where the check has rules: ``F401``."""


@frozen
class Ruling(Sequence[Finding]):
    """The findings of a check that says more of what it saw than whether it refuses."""

    findings: tuple[Finding, ...] = ()
    summary: str = ""
    """A few words for the receipt: ``14 of 212 tests, 0.4 s``."""

    absent: str = ""
    """Why there is nothing here to judge with, whatever the draft; then it did not run, and did not pass."""

    @overload
    def __getitem__(self, at: int) -> Finding: ...
    @overload
    def __getitem__(self, at: slice) -> tuple[Finding, ...]: ...
    def __getitem__(self, at: int | slice) -> Finding | tuple[Finding, ...]:
        """Look up a finding."""
        return self.findings[at]

    def __len__(self) -> int:
        """Count the findings: none is a pass."""
        return len(self.findings)


@frozen
class CheckRun:
    """That a check ran, what it took, and how it names what it saw."""

    check: str
    seconds: float
    summary: str = ""
    """A few words for the receipt: ``0 new findings``."""


@frozen
class Verdict:
    """All findings of all checks on one draft."""

    findings: tuple[Finding, ...] = ()
    runs: tuple[CheckRun, ...] = ()
    """The checks that ran, in order; the last is the one that refused, if any did."""

    text: str | None = field(default=None, repr=False)
    """The document with the draft applied; None where it could not be applied."""

    @property
    def passed(self) -> bool:
        """Whether no check refused."""
        return not self.findings and self.text is not None

    @property
    def refused_by(self) -> str:
        """The name of the refusing check; empty when the draft passed."""
        return self.findings[0].check if self.findings else ""

    @property
    def checks_passed(self) -> int:
        """How many checks did not refuse; all of them where the samples disagreed."""
        return sum(run.check != self.refused_by for run in self.runs)


class Trigger(Enum):
    """Why an attempt was made by this tier: the four reasons to step up, and the first try."""

    START = "start"
    VERIFICATION = "verification"
    AGREEMENT = "agreement"
    DIFFICULTY = "difficulty"
    RETRY = "retry"


@frozen
class Attempt:
    """A draft, or the failure to make one, with its verdict, cost and time."""

    tier: str
    model: str
    trigger: Trigger
    draft: Draft | None
    verdict: Verdict
    usage: Usage
    cost: float
    """US dollars."""

    seconds: float
    """Drafting and judging, wall time."""

    failure: str = ""
    """Why there is no draft: a timeout, a refusal, a wrong key; empty when there is one."""

    @property
    def reason(self) -> str:
        """One line on why it was not accepted; empty when it passed."""
        return self.failure or (self.verdict.findings[0].message if self.verdict.findings else "")


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


class Status(Enum):
    """How a task ended."""

    ACCEPTED = "accepted"
    SURFACED = "surfaced"
    DECLINED = "declined"
    CANCELLED = "cancelled"


@frozen
class Outcome:
    """How a task ended, and everything that was tried."""

    task: Task
    status: Status
    attempts: tuple[Attempt, ...] = ()
    accepted: Attempt | None = None
    """The attempt whose draft passed; None unless the status is accepted."""

    reason: str = ""
    """Why nothing more was tried: the budget, the missing consent, the deadline."""

    skipped: tuple[str, ...] = ()
    """Tiers of the ladder that could not draft, each with why: ``sonnet: no API key``."""

    notes: tuple[str, ...] = ()
    """What the receipt says beside the checks: how samples were compared, how much the tests see of the change."""

    @property
    def text(self) -> str | None:
        """The document with the accepted edit; None unless the status is accepted."""
        return None if self.accepted is None else self.accepted.verdict.text

    @property
    def best(self) -> Attempt | None:
        """The refused attempt that came furthest through the checks and can still be applied."""
        usable = [a for a in self.attempts if a.verdict.text is not None and a.verdict.text != self.task.snapshot.text]
        return max(usable, key=lambda a: (a.verdict.checks_passed, -len(a.verdict.findings)), default=None)

    @property
    def told(self) -> tuple[str, ...]:
        """What the receipt says beside the checks: how the accepted draft was found and chosen, and the notes."""
        draft = None if self.accepted is None else self.accepted.draft
        return (*([draft.note] if draft is not None and draft.note else ()), *self.notes)

    @property
    def cost(self) -> float:
        """US dollars spent on the task, by all attempts."""
        return sum(attempt.cost for attempt in self.attempts)
