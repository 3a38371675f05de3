"""How ``lastmile fix`` shows its work: for a person on a terminal or in a pipe, or as JSON.

It gets outcomes and totals and writes text; it decides nothing.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import IO, Any

import click
from attrs import define, field

from lastmile.batch.swept import Swept
from lastmile.cascade.events import dollars
from lastmile.cascade.outcome import Attempt, Outcome, Status
from lastmile.receipt import diff, refusal
from lastmile.tasks.kind import Kind, about_findings
from lastmile.text.visible import visible

_SHOWN_RULES = 12
_LINE_END = re.compile(r"\r\n|\r|\n")


@define
class Tally:
    """What a run did, added up."""

    files: int = 0
    changed: list[str] = field(factory=list)
    before: Counter[str] = field(factory=Counter)
    after: Counter[str] = field(factory=Counter)
    outcomes: list[Outcome] = field(factory=list)
    lines: list[int] = field(factory=list)
    """The line of each outcome's task, from 1, in its file as it was on the disk then."""

    top_tier: float | None = 0.0
    """What one call to the top tier for each task would have cost, estimated; None where it has no price."""

    written: list[str] = field(factory=list)
    notes: list[str] = field(factory=list)
    """What a person should know: problems of the settings or the ledger."""

    errors: list[str] = field(factory=list)
    """Files and tasks that were left alone, and why."""

    failure: str = ""
    """Why nothing more could be done; empty where everything was."""

    interrupted: bool = False

    def add(self, swept: Swept, changed: Sequence[str]) -> None:
        """Count a file; ``changed`` names those with accepted edits, which another file may have led to as well."""
        self.files += 1
        self.before.update(swept.before)
        self.after.update(swept.after)
        self.errors.extend(swept.notes)
        self.changed.extend(name for name in changed if name not in self.changed)

    @property
    def cost(self) -> float:
        """US dollars spent."""
        return sum(outcome.cost for outcome in self.outcomes)

    @property
    def by_tier(self) -> Counter[str]:
        """Tasks cleared, by the tier that cleared them."""
        return Counter(outcome.accepted.tier for outcome in self.outcomes if outcome.accepted is not None)


@define
class Shown:
    """Writes for a person, with colour where the output is a terminal."""

    base: Path
    out: IO[str]
    _said: set[str] = field(factory=set, init=False)
    """Why nobody drafted anything, which may be so of hundreds of findings of one rule."""

    def outcome(self, outcome: Outcome, line: int) -> None:
        """Show one task: where, what, each attempt with its checks, and the diff."""
        task = outcome.task
        place = f"{relative(task.snapshot.path, self.base)}:{line}"
        if outcome.status is Status.SURFACED and all(attempt.hindrance for attempt in outcome.attempts):
            if (why := refusal(outcome)) in self._said:
                self._line(visible(f"{place}  {task.title}: nothing passed, as above"))
                return
            self._said.add(why)
        self._line(click.style(visible(f"{place}  {task.title}"), bold=True))
        for attempt in outcome.attempts:
            self._line(visible(f"  {_attempt(attempt)}"))
        if outcome.accepted is None:
            self._line(click.style(visible(f"  {refusal(outcome)}"), fg="yellow"))
        elif outcome.text is not None:
            if outcome.told:
                self._line(visible(f"  {', '.join(outcome.told)}"))
            for row in _LINE_END.split(diff(task.snapshot.text, outcome.text, task.snapshot.name).rstrip("\r\n"))[2:]:
                self._line(_coloured(visible(f"    {row}"), row))
        self._line("")

    def total(self, tally: Tally, kind: Kind, *, wrote: bool) -> None:
        """Show what the run came to."""
        for note in (*tally.notes, *tally.errors):
            self._line(click.style(visible(note), fg="yellow"))
        for line in summary(tally, kind, wrote=wrote):
            self._line(visible(line))

    def _line(self, text: str) -> None:
        click.echo(text, file=self.out)


def summary(tally: Tally, kind: Kind, *, wrote: bool) -> Iterator[str]:
    """Say in a few lines what a run did, what is left, and what it cost."""
    total, left = tally.before.total(), tally.after.total()
    cleared = sum(outcome.accepted is not None for outcome in tally.outcomes)
    tiers = ", ".join(f"{count} by {tier}" for tier, count in tally.by_tier.most_common())
    done = f"{cleared} of {_count(len(tally.outcomes), 'task')} passed{' (' + tiers + ')' if tiers else ''}"
    found = f" {_count(total, 'finding')}, {left} left." if about_findings(kind) else ""
    yield f"{_count(tally.files, 'file')}:{found} {done}."
    if left and found:
        shown = tally.after.most_common(_SHOWN_RULES)
        more = left - sum(count for _code, count in shown)
        rest = f", {more} of other rules" if more else ""
        yield f"Left: {', '.join(f'{code} {count}' for code, count in shown)}{rest}."
    yield (
        f"Wrote {_files(tally.written)}." if wrote else f"Nothing was written; --write changes {_files(tally.changed)}."
    )
    if tally.interrupted:
        yield "Interrupted: every file is as it was or whole with the edits that were accepted by then."
    yield f"Spent {dollars(tally.cost)}. {_top_tier(tally)}"


def _count(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"


def _files(names: Sequence[str]) -> str:
    return _count(len(names), "file")


def _top_tier(tally: Tally) -> str:
    if not tally.outcomes:
        return "There was no task to compare with the top tier."
    if tally.top_tier is None:
        return "The top tier has no known price to compare with."
    calls = _count(len(tally.outcomes), "task")
    return f"The top tier for {calls}: about {dollars(tally.top_tier)} (estimated, one call each)."


def as_json(tally: Tally, base: Path) -> str:
    """Give a run as JSON; the keys are documented in docs/command-line.md."""
    return json.dumps(
        {
            "files": tally.files,
            "changed": tally.changed,
            "written": tally.written,
            "interrupted": tally.interrupted,
            "findings": {"before": dict(tally.before), "after": dict(tally.after)},
            "tasks": [_task(*each, base) for each in zip(tally.outcomes, tally.lines, strict=True)],
            "cost_usd": tally.cost,
            "top_tier_cost_usd_estimate": tally.top_tier,
            "notes": tally.notes,
            "errors": tally.errors,
            "failure": tally.failure,
        },
        indent=2,
    )


def relative(path: Path | None, base: Path) -> str:
    """Name a file as seen from a folder."""
    if path is None:
        return "untitled"
    return str(path.relative_to(base)) if path.is_relative_to(base) else str(path)


def _task(outcome: Outcome, line: int, base: Path) -> dict[str, Any]:
    task = outcome.task
    return {
        "file": relative(task.snapshot.path, base),
        "line": line,
        "kind": task.kind,
        "title": task.title,
        "codes": [item.code for item in task.diagnostics],
        "status": outcome.status.value,
        "tier": outcome.accepted.tier if outcome.accepted else None,
        "reason": outcome.reason or (refusal(outcome) if outcome.status is not Status.ACCEPTED else ""),
        "notes": list(outcome.told),
        "attempts": [_attempt_json(attempt) for attempt in outcome.attempts],
        "diff": "" if outcome.text is None else diff(task.snapshot.text, outcome.text, task.snapshot.name),
        "cost_usd": outcome.cost,
    }


def _attempt_json(attempt: Attempt) -> dict[str, Any]:
    return {
        "tier": attempt.tier,
        "model": attempt.model,
        "trigger": attempt.trigger.value,
        "draft": attempt.draft.label if attempt.draft else None,
        "failure": attempt.failure,
        "checks": [run.check for run in attempt.verdict.runs],
        "findings": [{"check": item.check, "message": item.message} for item in attempt.verdict.findings],
        "seconds": round(attempt.seconds, 4),
        "cost_usd": attempt.cost,
    }


def _attempt(attempt: Attempt) -> str:
    name = f"{attempt.tier} ({attempt.draft.label})" if attempt.draft and attempt.draft.label else attempt.tier
    took = f"{attempt.seconds * 1000:.0f} ms, {dollars(attempt.cost)}"
    if attempt.failure:
        return f"{name}: failed: {attempt.failure.removeprefix(f'{attempt.tier}: ')} [{took}]"
    refused = attempt.verdict.refused_by
    checks = ", ".join(f"{run.check} {'refused' if run.check == refused else 'ok'}" for run in attempt.verdict.runs)
    why = f": {attempt.verdict.findings[0].message}" if attempt.verdict.findings else ""
    return f"{name}: {checks}{why} [{took}]"


def _coloured(shown: str, row: str) -> str:
    colours = {"+": "green", "-": "red", "@": "cyan"}
    return click.style(shown, fg=colours[row[0]]) if row[:1] in colours else shown
