"""The part of a question that shows what other files have to do with the target, within a budget.

Which candidates there are was found before, and what may not be sent was taken out by then.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from lastmile.cascade.context import Bond, Snippet
from lastmile.cascade.protocols import Evidence
from lastmile.cascade.task import Task
from lastmile.jobs.picking import BUDGET, Candidate, Need, pick
from lastmile.tiers.document import quoted
from lastmile.tiers.fence import fenced, plain_newlines

_LEAD = {
    Bond.DEFINITION: "defined in",
    Bond.IMPORT: "set in",
    Bond.TEST: "a test in",
    Bond.CALLER: "a caller in",
}


def context_part(task: Task, evidence: Evidence, *, count: Callable[[str], int]) -> str:
    """Show the snippets that are worth their tokens, as ``count`` counts them; empty where there are none."""
    candidates = candidates_among(task.context)
    chosen = pick(need_of(task, evidence), candidates, budget=BUDGET, count=count)
    lead = "# From other files\n\nThey show what the target uses and who uses it. They are not to be changed."
    return "\n\n".join([lead, *(candidates[at].text for at in chosen)]) if chosen else ""


def candidates_among(snippets: Sequence[Snippet]) -> tuple[Candidate, ...]:
    """Give the snippets as they would be shown."""
    return tuple(Candidate(_block(each), each.bond, each.name) for each in snippets)


def need_of(task: Task, evidence: Evidence) -> Need:
    """Say what snippets are needed for."""
    return Need(task.target.of(task.snapshot.text), _said(task, evidence))


def _block(snippet: Snippet) -> str:
    where = f"`{quoted(snippet.name)}`, {_LEAD[snippet.bond]} {quoted(snippet.snapshot.name)}:"
    return f"{where}\n\n{fenced(plain_newlines(snippet.text), snippet.snapshot.language)}"


def _said(task: Task, evidence: Evidence) -> str:
    findings = (finding.message for attempt in evidence.attempts for finding in attempt.verdict.findings)
    return "\n".join([task.goal, *(item.message for item in task.diagnostics), *findings])
