"""The drafts of `benchmarks.oracle_cases` put through the judge, as the loop would: a page, a task, a verdict."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

from attrs import define, evolve, field, frozen
from benchmarks.oracle_cases import (
    Draft,
    Subject,
    annotate,
    extract_function,
    extract_variable,
    fix,
    fix_test,
    implement,
    modernise,
    simplify,
)
from tests.support.judging import draft_to, judge_with, ruff_in
from tests.support.plain_bench import PlainBench
from tests.support.plain_lab import PlainLab

from lastmile.cascade.task import Task
from lastmile.cascade.verdict import Finding, Verdict
from lastmile.oracles import fixing
from lastmile.oracles.checks import RestCheck, TextCheck
from lastmile.tasks.kind import Page, Workshop
from lastmile.tasks.registry import kinds
from lastmile.text.edits import Span
from lastmile.text.snapshot import Snapshot
from lastmile.text.symbols import outline
from lastmile.tools.offload import Offload
from lastmile.tools.ruff import Ruff, RuffOptions
from lastmile.verify.judge import Verifier
from lastmile.verify.scope import judge_change
from lastmile.verify.syntax import judge_syntax

CASES: Mapping[str, tuple[Subject, ...]] = {
    "fix": fix.SUBJECTS,
    "implement": implement.SUBJECTS,
    "annotate": annotate.SUBJECTS,
    "simplify": simplify.SUBJECTS,
    "extract-variable": extract_variable.SUBJECTS,
    "extract-function": extract_function.SUBJECTS,
    "modernise": modernise.SUBJECTS,
    "fix-test": fix_test.SUBJECTS,
}
_RULES = ("E4", "E7", "E9", "F")
_MODERN = ("UP", "PTH", "FURB")
_MANY = ("B", "C4", "E7", "N", "PERF", "RET", "SIM", "TRY", "UP")
_MORE: Mapping[str, tuple[str, ...]] = {"modernise": _MODERN, "fix": _MANY}


@define
class Counts:
    """How many drafts of a sort there are, and how many passed."""

    made: dict[str, int] = field(factory=lambda: {"right": 0, "wrong": 0, "unseen": 0})
    passed: dict[str, int] = field(factory=lambda: {"right": 0, "wrong": 0, "unseen": 0})
    soft: int = 0
    """Wrong drafts that passed where passing does not decide: samples have to agree."""

    def add(self, what: str, *, passed: bool, hard: bool) -> None:
        """Count one."""
        self.made[what] += 1
        self.passed[what] += passed
        self.soft += passed and not hard and what != "right"

    @property
    def drafts(self) -> str:
        """How many there are."""
        return f"{self.made['right']} right, {self.made['wrong'] + self.made['unseen']} wrong"

    @property
    def told(self) -> str:
        """What became of them."""
        refused = self.made["right"] - self.passed["right"]
        accepted = self.passed["wrong"] + self.passed["unseen"]
        soft = f" ({self.soft} left to agreement)" if self.soft else ""
        return f"{refused} right refused, {accepted} wrong pass{soft}"


@frozen
class Room:
    """One subject with its task and its judge."""

    subject: Subject
    task: Task
    verifier: Verifier

    @classmethod
    async def of(cls, subject: Subject, folder: Path, offload: Offload, *, runs: bool) -> Room:
        """Write the subject's files, and make its task as the menu would."""
        page, bench = await page_of(subject, folder), PlainBench(folder)
        ruff = Ruff(RuffOptions(timeout=60.0))
        workshop = Workshop(ruff, offload)
        needs_tests = subject.kind == "fix-test"
        if subject.tests and (runs or needs_tests):
            workshop = evolve(workshop, bench=bench)
        if runs:
            workshop = evolve(workshop, lab=PlainLab(folder))
        span, detail = asked(subject, page)
        task = await kinds()[subject.kind].task(page, span, detail, workshop)
        if needs_tests and not runs:
            task = evolve(task, oracle=evolve(task.oracle, late=(), hard=False))
        return cls(subject, task, judge_with(ruff, offload))

    async def verdict(self, draft: Draft) -> Verdict:
        """Judge one draft."""
        return await self.verifier.verify(self.task, draft_to(self.task, self.subject.after(draft)))

    def seen(self, new: str) -> list[Finding]:
        """Judge a text without ruff and without running anything, in this process."""
        old = self.task.snapshot.text
        found: list[Finding] = []
        for check in self.task.oracle.checks:
            if isinstance(check, TextCheck):
                found += check.judge_texts(old, new, *check.arguments)
            if isinstance(check, RestCheck):
                found += fixing.judge(old, new, check.place)
        return [*judge_change(old, new, self.task.scope, language="python"), *judge_syntax(old, new), *found]


def asked(subject: Subject, page: Page) -> tuple[Span, Mapping[str, object]]:
    """Give what the menu's entry carries: of a fix the finding, of others the symbol or the selection."""
    if subject.kind == "fix":
        offer = next(iter(kinds()["fix"].offers(page, subject.selection)))
        return offer.target, offer.detail
    detail = {"symbol": subject.symbol} if subject.symbol else {}
    return next((item.span for item in page.symbols if item.qualname == subject.symbol), subject.selection), detail


async def page_of(subject: Subject, folder: Path) -> Page:
    """Write the subject's files and make the page that the server would have."""
    ruff = ruff_in(folder, *_RULES, *_MORE.get(subject.kind, ()))
    path = folder / "mod.py"
    path.write_text(subject.plain, encoding="utf-8", newline="")
    if subject.tests:
        folder.joinpath("test_mod.py").write_text(subject.tests)
    snapshot = Snapshot(path.as_uri(), subject.plain, path)
    found = await ruff.check(snapshot)
    return Page(snapshot, found, outline(subject.plain))


def judged(subject: Subject) -> Iterator[tuple[str, Draft]]:
    """Give each draft with what it is."""
    for what in ("right", "wrong", "unseen"):
        for draft in getattr(subject, what):
            yield what, draft
