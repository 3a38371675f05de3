"""Has many fixes of one text judged as one draft, so that a long file is not judged anew for each of them.

Each is still a task of its own, with its own change, its own line in the ledger and its own receipt, which says
that it was judged together with others. What is refused together is judged by halves; what is left over after
that goes the ordinary way, alone. Only a tool's own fixes are tried here, and nothing is asked of anybody.
"""

from __future__ import annotations

from collections.abc import Sequence

from attrs import evolve, frozen

from lastmile.cascade.draft import Draft, Replace, Usage
from lastmile.cascade.outcome import Attempt, Outcome, Status, Trigger
from lastmile.cascade.policy import RULES, route
from lastmile.cascade.task import Scope, Task
from lastmile.cascade.verdict import CheckRun, Verdict
from lastmile.errors import RequestError, StaleError, ToolError
from lastmile.oracles.checks import RestCheck
from lastmile.project import Project
from lastmile.tasks.identity import new_id
from lastmile.tasks.kind import Offer, Page
from lastmile.text.edits import Replacement, Span, apply
from lastmile.tiers.rules.gathering import Repair, gathered

LEAST = 40
"""Fixes of one file from which on they are judged together: fewer are soon judged one by one."""

_MOST = 200
"""Fixes that are judged together: a refusal costs as many again."""

_FEWEST = 2
_GATHERING = 4.0
"""Seconds of the worker process for one round of drafts."""

_MOST_REFUSALS = 3
"""Of the fixes for one rule, before the others are left to be judged alone."""


@frozen
class Together:
    """Fixes of one page."""

    project: Project
    page: Page

    async def passed(self, offers: Sequence[Offer]) -> tuple[Outcome, ...]:
        """Give the outcomes of those that pass, written down, each on the text that the one before left."""
        offered = {offer.diagnostics[0]: offer for offer in offers}
        text = self.page.snapshot.text
        repairs = await self.project.offload.run(gathered, text, tuple(offered), _GATHERING)
        tasks = [(await self._task(offered[repair.problem]), repair) for repair in repairs if _is_in_a_piece(repair)]
        own = [(task, repair) for task, repair in tasks if task is not None and _is_the_tools(repair)]
        able = [(task, repair) for task, repair in own if self._is_rules_turn(task)]
        able.sort(key=lambda item: item[1].edits[0].span)
        rules = dict.fromkeys(task.diagnostics[0].code for task, _ in able)
        for rule in rules:
            same = [item for item in able if item[1].problem.code == rule][:_MOST]
            outcomes = await self._judged(same)
            if outcomes:
                return outcomes
        return ()

    async def _judged(self, drafts: Sequence[tuple[Task, Repair]]) -> tuple[Outcome, ...]:
        """Judge drafts, and where they are refused one half or the other; none where that fails too."""
        waiting, refusals = [drafts], 0
        while waiting and refusals < _MOST_REFUSALS:
            part = waiting.pop(0)
            if len(part) < _FEWEST:
                continue
            outcomes = await self._as_one(part)
            if outcomes:
                return outcomes
            refusals += 1
            half = len(part) // 2
            waiting += [part[:half], part[half:]]
        return ()

    async def _as_one(self, drafts: Sequence[tuple[Task, Repair]]) -> tuple[Outcome, ...]:
        began = self.project.parts.clock.monotonic()
        first, edits = drafts[0][0], [edit for _, repair in drafts for edit in repair.edits]
        spans = tuple(span for task, _ in drafts for span in task.scope.spans)
        problems = tuple(repair.problem for _, repair in drafts)
        whole = Span(0, len(self.page.snapshot.text))
        suppressions = all(task.scope.suppressions for task, _ in drafts)
        scope = Scope(spans, imports=first.scope.imports, suppressions=suppressions)
        checks = tuple(check for check in first.oracle.checks if not isinstance(check, RestCheck))
        oracle = evolve(first.oracle, checks=checks)
        task = evolve(first, id=new_id(), target=whole, scope=scope, diagnostics=problems, oracle=oracle)
        if await self.project.parts.judge.trouble(task):
            return ()
        verdict = await self.project.verify(task, Draft(tuple(map(Replace, edits))))
        seconds = (self.project.parts.clock.monotonic() - began) / len(drafts)
        return await self._written(drafts, verdict, seconds) if verdict.passed else ()

    async def _written(
        self, drafts: Sequence[tuple[Task, Repair]], verdict: Verdict, seconds: float
    ) -> tuple[Outcome, ...]:
        """Write each task down with its share of the time."""
        text, shift, outcomes = self.page.snapshot.text, 0, []
        for task, repair in drafts:
            here = _moved(task, text, shift)
            draft = Draft(tuple(Replace(_shifted(edit, shift)) for edit in repair.edits), label=repair.label)
            text = apply(text, [edit.replacement for edit in draft.edits if isinstance(edit, Replace)])
            runs = tuple(CheckRun(run.check, run.seconds / len(drafts), run.summary) for run in verdict.runs)
            own = evolve(verdict, runs=runs, text=text)
            attempt = Attempt(RULES, "", Trigger.START, draft, own, Usage(), 0.0, seconds)
            note = f"judged together with {len(drafts) - 1} more"
            outcome = Outcome(here, Status.ACCEPTED, (attempt,), attempt, notes=(note,))
            await self.project.parts.bank.record(here, attempt)
            await self.project.leave(outcome)
            outcomes.append(outcome)
            shift += sum(edit.shift for edit in repair.edits)
        return tuple(outcomes)

    async def _task(self, offer: Offer) -> Task | None:
        try:
            return await self.project.make(self.page, kind=offer.kind, target=offer.target, detail=offer.detail)
        except (RequestError, StaleError, ToolError):
            return None

    def _is_rules_turn(self, task: Task) -> bool:
        steps = route(task, self.project.policy(task.kind), self.project.parts.tiers, difficulty=0.0).steps
        return bool(steps) and steps[0].tier.name == RULES


def _is_in_a_piece(repair: Repair) -> bool:
    """Tell whether a repair is one edit: what comes before it and after it is then in one order."""
    return len(repair.edits) == 1


def _is_the_tools(repair: Repair) -> bool:
    """Tell whether a repair is the tool's own fix, which leaves the rest alone: of several, that cannot be judged."""
    return repair.problem.fix is not None and repair.edits == repair.problem.fix.edits


def _moved(task: Task, text: str, shift: int) -> Task:
    """Give the task on the text that is there once the fixes before its place are made."""
    problem = task.diagnostics[0]
    fix = problem.fix and evolve(problem.fix, edits=tuple(_shifted(edit, shift) for edit in problem.fix.edits))
    return evolve(
        task,
        snapshot=evolve(task.snapshot, text=text),
        target=_at(task.target, shift),
        scope=evolve(task.scope, spans=tuple(_at(span, shift) for span in task.scope.spans)),
        diagnostics=(evolve(problem, span=_at(problem.span, shift), fix=fix),),
    )


def _shifted(edit: Replacement, shift: int) -> Replacement:
    return evolve(edit, span=_at(edit.span, shift))


def _at(span: Span, shift: int) -> Span:
    return Span(max(0, span.start + shift), max(0, span.end + shift))
