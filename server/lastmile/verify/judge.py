"""The judge: applies a draft and runs the checks over it, cheapest first, to the first refusal.

Order: apply, scope, syntax, effects, the kind's own checks, lint, what the project judges with (imports, types), then
what runs code. An edit of another file is out of scope before anything is applied. A check that has nothing to
judge with is left out of the verdict. It accepts nothing: the loop does.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from attrs import frozen

from lastmile.cascade.draft import Draft
from lastmile.cascade.protocols import Clock
from lastmile.cascade.task import Check, Task
from lastmile.cascade.verdict import CheckRun, Finding, Ruling, Verdict
from lastmile.errors import ToolError
from lastmile.tools.offload import Offload
from lastmile.verify.apply import land
from lastmile.verify.effects import EffectsCheck
from lastmile.verify.lint import LintCheck
from lastmile.verify.normal import normal_form
from lastmile.verify.scope import ScopeCheck
from lastmile.verify.syntax import SyntaxCheck


class Readied(Protocol):
    """A check that has to get ready, for longer than a draft can wait."""

    async def trouble(self, task: Task) -> str:
        """Get ready; say why it is not, where no draft could be judged now."""


@frozen
class Verifier:
    """The judge of the loop, made of the checks that every draft must pass."""

    scope: ScopeCheck
    syntax: SyntaxCheck
    lint: LintCheck
    offload: Offload
    clock: Clock
    project: tuple[Check, ...] = ()
    """Checks by the project's own tools, for every kind of task, cheapest first."""

    readied: tuple[Readied, ...] = ()
    """Those of them that have to get ready."""

    async def trouble(self, task: Task) -> str:
        """Say why no draft of the task could pass.

        The linter cannot judge even the text as it is, or the type checker is not ready yet: a draft
        would be refused, and the next tier paid, for nothing that is wrong with it.
        """
        for check in (self.lint, *self.readied):
            if why := await check.trouble(task):
                return why
        return ""

    async def verify(self, task: Task, draft: Draft) -> Verdict:
        """Judge one draft, stopping at the first check that refuses it."""
        began = self.clock.monotonic()
        if strangers := self.scope.elsewhere(draft):
            return Verdict(strangers, (self._run("scope", began, strangers),))
        landed = land(task, draft)
        if isinstance(landed, Finding):
            return Verdict((landed,), (self._run("apply", began, (landed,)),))
        return await self._judged(task, landed, [self._run("apply", began, ())])

    async def normal_form(self, task: Task, text: str) -> str:
        """Give a key that is the same for texts that differ in layout alone."""
        try:
            return await self.offload.run(normal_form, text, language=task.snapshot.language)
        except ToolError:
            return text  # What cannot be parsed agrees with its exact copy alone.

    async def _judged(self, task: Task, text: str, runs: list[CheckRun]) -> Verdict:
        for check in self._checks(task):
            began = self.clock.monotonic()
            findings = await check.judge(task, text)
            if isinstance(findings, Ruling) and findings.absent and not findings:
                continue
            runs.append(self._run(check.name, began, findings))
            if findings:
                return Verdict(tuple(findings), tuple(runs), text)
        return Verdict(_missing(task, runs), tuple(runs), text)

    def _run(self, name: str, began: float, findings: Sequence[Finding]) -> CheckRun:
        return CheckRun(name, self.clock.monotonic() - began, _summary(name, findings))

    def _checks(self, task: Task) -> tuple[Check, ...]:
        return (
            self.scope,
            self.syntax,
            EffectsCheck(self.offload),
            *task.oracle.checks,
            self.lint,
            *self.project,
            *task.oracle.late,
        )


def _missing(task: Task, runs: Sequence[CheckRun]) -> tuple[Finding, ...]:
    """Refuse where a check did not run that the oracle is nothing without."""
    gone = [name for name in task.oracle.needs if name not in {run.check for run in runs}]
    return tuple(Finding(name, f"The check of {name} could not run, and nothing else decides here.") for name in gone)


def _summary(name: str, findings: Sequence[Finding]) -> str:
    if isinstance(findings, Ruling):
        return findings.summary
    if findings:
        return f"{name} refused"
    return "0 new findings" if name == "lint" else f"{name} ok"
