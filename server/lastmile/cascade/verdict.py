"""What the checks found of a draft, as frozen values. How they are run, and in what order, is the judge's."""

from __future__ import annotations

from collections.abc import Sequence
from typing import overload

from attrs import field, frozen


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
