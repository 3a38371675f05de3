"""The sets of `benchmarks.oracle_cases` put through a real service: its settings, its tasks, its sandbox.

`tests.support.cases` judges the same drafts of Python kinds in the plainest way there is, for fast tests.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from pathlib import Path

from attrs import define, evolve, field, frozen
from benchmarks.oracle_cases import Draft, Subject, documents, write_tests
from tests.support.cases import CASES
from tests.support.fixing import fill
from tests.support.judging import draft_to

from lastmile import files
from lastmile.cascade.task import Task
from lastmile.cascade.verdict import Verdict
from lastmile.project import Project
from lastmile.service import Service
from lastmile.text.snapshot import Snapshot

SETS: Mapping[str, tuple[Subject, ...]] = {
    **CASES,
    "write-tests": write_tests.SUBJECTS,
    "documents": documents.SUBJECTS,
}
"""Every set that is measured, by kind; ``documents`` holds those of JSON, TOML and YAML for fix and instruct."""

_RULES = "E4,E7,E9,F"
_MODERN = f"{_RULES},UP,PTH,FURB"


@frozen
class Judged:
    """What became of one draft."""

    what: str
    """As the set says: right, wrong, or unseen, which is wrong in what it does."""

    verdict: Verdict | None
    """None where no task could be made, which refuses every draft."""

    late: frozenset[str] = frozenset()
    """The names of the checks that run code."""

    hard: bool = True

    @property
    def passed(self) -> bool:
        """Whether every check let it through."""
        return self.verdict is not None and self.verdict.passed

    @property
    def passed_unrun(self) -> bool:
        """Whether every check that runs nothing let it through."""
        return self.passed or (self.verdict is not None and self.verdict.refused_by in self.late)

    @property
    def is_misjudged(self) -> bool:
        """Whether a right one was refused or a wrong one passed."""
        return self.passed != (self.what == "right")

    @property
    def refused_by(self) -> str:
        """The check that refused; empty where none did."""
        return "task" if self.verdict is None else self.verdict.refused_by


@define
class Figures:
    """What became of the drafts of a kind."""

    made: Counter[str] = field(factory=Counter)
    refused: Counter[str] = field(factory=Counter)
    """Right drafts that were refused, by ``runs`` and ``without``."""

    accepted: Counter[str] = field(factory=Counter)
    """Wrong drafts that passed, by ``runs``, ``soft`` where passing does not decide, and ``without``."""

    by: Counter[str] = field(factory=Counter)
    """Which checks refused the wrong ones."""

    def add(self, judged: Judged) -> None:
        """Count one."""
        right = judged.what == "right"
        self.made["right" if right else "wrong"] += 1
        for name, passed in (("runs", judged.passed), ("without", judged.passed_unrun)):
            (self.refused if right else self.accepted)[name] += passed != right
        if not right:
            self.accepted["soft"] += judged.passed and not judged.hard
            self.by[judged.refused_by or "passed"] += 1


@frozen
class RealRoom:
    """A project with a subject in it, and the task that a person would start there."""

    subject: Subject
    project: Project
    task: Task

    @classmethod
    async def of(cls, subject: Subject, folder: Path, service: Service) -> RealRoom:
        """Write the subject's files and make its task as the menu would.

        Raises `RequestError` and `StaleError` where the kind refuses.
        """
        written = {"lastmile.toml": "", **dict(subject.files)}
        if subject.plain:
            written[subject.name] = subject.plain
        if subject.tests:
            written["test_mod.py"] = subject.tests
        fill(folder, written, rules=_MODERN if subject.kind == "modernise" else _RULES)
        project = await service.project(folder / subject.name)
        return cls(subject, project, await _task(subject, folder, project))

    async def judged(self, what: str, draft: Draft) -> Judged:
        """Judge one draft."""
        verdict = await self.project.verify(self.task, draft_to(self.task, self.subject.after(draft)))
        oracle = self.task.oracle
        return Judged(what, verdict, frozenset(check.name for check in oracle.late), oracle.hard)


async def _task(subject: Subject, folder: Path, project: Project) -> Task:
    page = await project.page(_asked_of(subject, folder))
    detail: dict[str, object] = {"symbol": subject.symbol} if subject.symbol else {}
    span = next((item.span for item in page.symbols if item.qualname == subject.symbol), subject.selection)
    if subject.asked:
        detail = {"instruction": subject.asked}
    elif subject.kind == "fix":
        offer = next(iter(project.kinds["fix"].offers(page, span)))
        span, detail = offer.target, dict(offer.detail)
    return await project.make(page, kind=subject.kind, target=span, detail=detail)


def _asked_of(subject: Subject, folder: Path) -> Snapshot:
    """Give the document where the menu opens: for new tests the module, not the file that they go into."""
    path = folder / ("mod.py" if subject.kind == "write-tests" else subject.name)
    language = path.suffix.removeprefix(".")
    return evolve(files.read(path), language="python" if language == "py" else language)
