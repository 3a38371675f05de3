"""Tasks and attempts for tests of what drafts: made from a text in which the target is marked."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from lastmile.cascade.draft import Draft, Edit, Replace, SearchReplace, Usage
from lastmile.cascade.outcome import Attempt, Trigger
from lastmile.cascade.protocols import DraftRequest, Evidence, Meter
from lastmile.cascade.task import Oracle, Scope, Task
from lastmile.cascade.verdict import Finding, Verdict
from lastmile.text.diagnostic import Diagnostic
from lastmile.text.edits import Span, apply
from lastmile.text.snapshot import Snapshot

BEGIN, END = "«", "»"


def make_task(  # noqa: PLR0913 - a test names only what it is about
    marked: str,
    *,
    goal: str = "Do it.",
    path: Path | None = Path("/project/pkg/mod.py"),
    language: str = "python",
    hard: bool = True,
    imports: bool = False,
    hints: tuple[str, ...] = (),
    problems: Iterable[tuple[str, str, str]] = (),
) -> Task:
    """Make a task whose target stands between « and » in the text; without marks it is the whole text.

    Each problem is a code, a message and the text that it is about.
    """
    text = marked.replace(BEGIN, "").replace(END, "")
    start = max(marked.find(BEGIN), 0)
    end = marked.find(END) - 1 if END in marked else len(text)
    uri = "untitled:one" if path is None else path.as_uri()
    target = Span(start, end)
    return Task(
        id="task-1",
        kind="fix",
        snapshot=Snapshot(uri, text, path, language),
        target=target,
        goal=goal,
        scope=Scope((target,), imports=imports),
        oracle=Oracle(hard=hard),
        diagnostics=tuple(_diagnostic(text, *problem) for problem in problems),
        hints=hints,
    )


def make_request(task: Task, *attempts: Attempt, samples: int = 1) -> DraftRequest:
    """Ask for drafts, given the attempts so far."""
    return DraftRequest(task, Evidence(attempts), Meter(), samples)


def refused(text: str | None, *findings: Finding) -> Attempt:
    """Make an attempt that was refused; ``text`` is the document with the draft applied."""
    return Attempt("local", "tiny", Trigger.START, Draft(()), Verdict(findings, text=text), Usage(), 0.0, 0.1)


def failed(why: str) -> Attempt:
    """Make an attempt that brought no draft."""
    return Attempt("local", "tiny", Trigger.START, None, Verdict(), Usage(), 0.0, 0.1, failure=why)


def applied(task: Task, edits: Iterable[Edit]) -> str:
    """Apply edits of the task's own document, as a person would by hand."""
    text = task.snapshot.text
    for edit in edits:
        assert not edit.path
        if isinstance(edit, SearchReplace):
            assert text.count(edit.search) == 1
            text = text.replace(edit.search, edit.text)
    return apply(text, [edit.replacement for edit in edits if isinstance(edit, Replace)])


def _diagnostic(text: str, code: str, message: str, about: str) -> Diagnostic:
    start = text.index(about)
    return Diagnostic("ruff", code, message, Span(start, start + len(about)))
