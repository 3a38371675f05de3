"""What earlier drafts taught, in as few lines as say it: each refused draft as a diff, with its findings.

Compression is deterministic: the same attempts give the same bytes. Attempts that brought no draft
(a timeout, a wrong key) teach a model nothing and are left out.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from difflib import unified_diff

from lastmile.cascade.outcome import Attempt
from lastmile.cascade.protocols import Evidence
from lastmile.cascade.task import Task
from lastmile.cascade.verdict import Finding
from lastmile.jobs.shortening import shorten
from lastmile.tiers.fence import fenced, plain_newlines

_MOST_DRAFTS = 4
"""The latest are shown: a fifth refused draft adds nothing that four do not say."""

_DIFF_LINES = 60
_FINDING_LINES = 12
EVIDENCE_LINES = 12
"""Of one finding; more where the assertion, the exception and its frames are more."""

_LONGEST_LINE = 300
_HUNK = re.compile(r"^@@ -(\d+)(,\d+|) \+(\d+)(,\d+|) @@$")
_DIFFED_LINES = 600
"""Changed regions longer than this are cut before they are compared, to bound the time."""


def evidence_part(task: Task, evidence: Evidence) -> str:
    """Show the refused drafts, oldest first; empty where there are none."""
    drafts = list(_distinct(task, evidence))
    if not drafts:
        return ""
    left_out = len(drafts) - len(drafts[-_MOST_DRAFTS:])
    first = left_out + 1
    shown = [f"Draft {number}:\n\n{text}" for number, text in enumerate(drafts[left_out:], start=first)]
    intro = "# Earlier drafts, and why each was refused\n\nRepair what the findings say; do not repeat a refused draft."
    if left_out:
        intro += f" The first {left_out} are left out."
    return "\n\n".join([intro, *shown])


def _distinct(task: Task, evidence: Evidence) -> Iterator[str]:
    seen: set[str] = set()
    for attempt in evidence.attempts:
        text = _refused(task, attempt, evidence.told)
        if text and text not in seen:
            seen.add(text)
            yield text


def _refused(task: Task, attempt: Attempt, told: Mapping[str, str]) -> str:
    if attempt.draft is None or not attempt.verdict.findings:
        return ""
    text = attempt.verdict.text
    changed = (
        fenced("\n".join(_diff(task.snapshot.text, text)), "diff") if text is not None else "It could not be applied."
    )
    if text == task.snapshot.text:
        changed = "It changed nothing."
    return f"{changed}\n\nFindings:\n\n{fenced(_findings(attempt.verdict.findings, told))}"


def _diff(old: str, new: str) -> list[str]:
    """Compare the changed regions alone: a long file costs no more than its change."""
    before, after, start = _changed(plain_newlines(old), plain_newlines(new))
    lines = list(unified_diff(before, after, n=2, lineterm=""))[2:]
    shown = [_HUNK.sub(lambda match: _moved(match, start), line)[:_LONGEST_LINE] for line in lines[:_DIFF_LINES]]
    return shown if len(lines) <= _DIFF_LINES else [*shown, f"({len(lines) - _DIFF_LINES} more lines)"]


def _moved(hunk: re.Match[str], start: int) -> str:
    """Give the hunk the line numbers of the file."""
    return f"@@ -{int(hunk[1]) + start}{hunk[2]} +{int(hunk[3]) + start}{hunk[4]} @@"


def _changed(old: str, new: str) -> tuple[list[str], list[str], int]:
    """Cut both texts to the lines between the first and the last change, two more on each side."""
    before, after = old.split("\n"), new.split("\n")
    shorter = min(len(before), len(after))
    head = next((at for at in range(shorter) if before[at] != after[at]), shorter)
    tail = next((at for at in range(shorter - head) if before[-1 - at] != after[-1 - at]), shorter - head)
    start, keep = max(0, head - 2), max(0, tail - 2)
    return before[start : len(before) - keep][:_DIFFED_LINES], after[start : len(after) - keep][:_DIFFED_LINES], start


def _findings(findings: Iterable[Finding], told: Mapping[str, str]) -> str:
    said = list(dict.fromkeys(_finding(finding, told) for finding in findings))
    rest = [f"and {len(said) - _FINDING_LINES} more"] if len(said) > _FINDING_LINES else []
    return "\n".join([*said[:_FINDING_LINES], *rest])


def _finding(finding: Finding, told: Mapping[str, str]) -> str:
    where = "" if finding.line is None else f"line {finding.line + 1}: "
    head = f"{where}{f'{finding.check} {finding.code}'.rstrip()}: {' '.join(finding.message.split())}"[:_LONGEST_LINE]
    chosen = told.get(finding.evidence)
    said = shorten(plain_newlines(finding.evidence), lines=EVIDENCE_LINES) if chosen is None else chosen
    return "\n".join([head, *(f"    {line}" for line in said.splitlines())])
