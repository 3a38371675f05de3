"""A judge as the service makes it, with the real ruff, over files that a test writes."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from attrs import define, evolve, field

from lastmile.cascade.draft import Draft, Replace
from lastmile.cascade.task import Oracle, Scope, Task
from lastmile.cascade.verdict import CheckRun, Finding
from lastmile.text.diagnostic import Diagnostic
from lastmile.text.edits import Replacement, Span, difference
from lastmile.text.snapshot import Snapshot
from lastmile.tools.offload import Offload
from lastmile.tools.ruff import Ruff, RuffOptions
from lastmile.verify.judge import Verifier
from lastmile.verify.lint import LintCheck
from lastmile.verify.scope import ScopeCheck
from lastmile.verify.syntax import SyntaxCheck


@define
class TickingClock:
    """A clock that goes on by a second whenever it is read."""

    now: float = 0.0

    def monotonic(self) -> float:
        self.now += 1.0
        return self.now


@define
class OwnCheck:
    """A kind's own check, which remembers what it was asked and answers what it was told."""

    findings: Sequence[Finding] = ()
    name: str = "property"
    asked: list[str] = field(factory=list)

    async def judge(self, task: Task, text: str) -> Sequence[Finding]:
        assert task.id
        self.asked.append(text)
        return self.findings


def ruff_in(folder: Path, *rules: str, settings: str = "") -> Ruff:
    """Give ruff over a folder whose settings select the rules."""
    named = ", ".join(f'"{rule}"' for rule in rules)
    folder.joinpath("ruff.toml").write_text(f"{settings}\n[lint]\nselect = [{named}]\n", encoding="utf-8")
    return Ruff(RuffOptions(timeout=60.0))


def judge_with(ruff: Ruff, offload: Offload) -> Verifier:
    """Put the judge together."""
    return Verifier(ScopeCheck(offload), SyntaxCheck(offload), LintCheck(ruff, offload), offload, TickingClock())


def task_on(
    text: str,
    folder: Path,
    *,
    problems: tuple[Diagnostic, ...] = (),
    oracle: Oracle | None = None,
    language: str = "python",
) -> Task:
    """Make a task that may change the whole of a file."""
    path = folder / "mod.py"
    whole = Span(0, len(text))
    return Task(
        id="task-1",
        kind="fix",
        snapshot=Snapshot(path.as_uri(), text, path, language),
        target=whole,
        goal="Do it.",
        scope=Scope((whole,)),
        oracle=oracle or Oracle(),
        diagnostics=problems,
    )


def draft_to(task: Task, text: str) -> Draft:
    """Make the draft that leads to a text."""
    return Draft(tuple(Replace(change) for change in difference(task.snapshot.text, text)))


def narrowed(task: Task, start: int, end: int) -> Task:
    """Let the task change one span alone."""
    return evolve(task, target=Span(start, end), scope=Scope((Span(start, end),)))


def replace(start: int, end: int, text: str) -> Replace:
    """Make an edit by offsets."""
    return Replace(Replacement(Span(start, end), text))


def names(runs: tuple[CheckRun, ...]) -> list[str]:
    """List the checks that ran."""
    return [run.check for run in runs]
