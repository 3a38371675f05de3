"""The judge: applies a draft and runs the checks over it, cheapest first, to the first refusal.

Order: apply, scope, syntax, the kind's own checks, lint. It accepts nothing: the loop does.
"""

from __future__ import annotations

from collections.abc import Sequence

from attrs import frozen

from lastmile.cascade.protocols import Check, Clock
from lastmile.cascade.values import CheckRun, Draft, Finding, Task, Verdict
from lastmile.errors import ToolError
from lastmile.tools.offload import Offload
from lastmile.verify.apply import land
from lastmile.verify.lint import LintCheck
from lastmile.verify.normal import normal_form
from lastmile.verify.scope import ScopeCheck
from lastmile.verify.syntax import SyntaxCheck


@frozen
class Verifier:
    """The judge of the loop, made of the checks that every draft must pass."""

    scope: ScopeCheck
    syntax: SyntaxCheck
    lint: LintCheck
    offload: Offload
    clock: Clock

    async def verify(self, task: Task, draft: Draft) -> Verdict:
        """Judge one draft, stopping at the first check that refuses it."""
        began = self.clock.monotonic()
        landed = land(task, draft)
        applied = CheckRun("apply", self.clock.monotonic() - began)
        if isinstance(landed, Finding):
            return Verdict((landed,), (applied,))
        if strangers := self.scope.elsewhere(draft):
            return Verdict(strangers, (applied, CheckRun("scope", 0.0)))
        return await self._judged(task, landed, [applied])

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
            seconds = self.clock.monotonic() - began
            runs.append(CheckRun(check.name, seconds, _summary(check.name, findings)))
            if findings:
                return Verdict(tuple(findings), tuple(runs), text)
        return Verdict((), tuple(runs), text)

    def _checks(self, task: Task) -> tuple[Check, ...]:
        return (self.scope, self.syntax, *task.oracle.checks, self.lint)


def _summary(name: str, findings: Sequence[Finding]) -> str:
    if findings:
        return f"{name} refused"
    return "ruff clean" if name == "lint" else f"{name} ok"
