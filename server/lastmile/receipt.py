"""What a person is told of an outcome: a receipt in one line, and a report in Markdown.

Plain text out of plain values; who shows it, and where, is not known here.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from difflib import unified_diff

from attrs import frozen

from lastmile.cascade.draft import Draft
from lastmile.cascade.events import dollars
from lastmile.cascade.outcome import Attempt, Outcome, Status, Trigger
from lastmile.cascade.policy import RULES
from lastmile.text.lines import split_lines
from lastmile.text.markdown import plain

_SHOWN_FINDINGS = 5
_LONGEST_FAILURE = 300
_SHORT = 1.0
"""Seconds below which milliseconds are told."""


_STEPS = {
    Trigger.START: "",
    Trigger.VERIFICATION: "; asked because nothing before passed",
    Trigger.AGREEMENT: "; asked because the drafts before did not agree",
    Trigger.DIFFICULTY: "; asked because such a task is hard",
    Trigger.RETRY: "; asked once more, with what was refused",
}
"""Why an attempt was made, behind its cost and time."""


@frozen
class Alone:
    """What one call to the top tier would have cost for the same work."""

    tier: str
    cost: float
    """US dollars, estimated."""


def receipt(outcome: Outcome, alone: Alone | None = None) -> str:
    """Say in one line who drafted after whom, what was checked, how long it took and what it cost.

    ``alone`` is what it is compared with; None where that is not known.
    """
    if outcome.accepted is None:
        return refusal(outcome)
    checks = [run.summary for run in outcome.accepted.verdict.runs if run.check not in {"apply", "scope"}]
    parts = [*_made(outcome, outcome.accepted), _before(outcome, outcome.accepted), *checks, *outcome.told]
    compared = "" if alone is None else f" ({alone.tier} alone: about {dollars(alone.cost)})"
    cost = f"{dollars(outcome.cost)}{compared}"
    return ", ".join(part for part in [*parts, _took(outcome), cost] if part)


def _name(name: str) -> str:
    """Write a file's name as code where it can be."""
    line = " ".join(name.split())  # a name may hold line breaks, and a paragraph's end is the end of what is code
    return plain(line) if "`" in line else f"`{line}`"


def _made(outcome: Outcome, accepted: Attempt) -> tuple[str, str]:
    """Say who drafted, and how often."""
    drafts = sum(attempt.tier == accepted.tier for attempt in outcome.attempts)
    return accepted.tier, f"{drafts} draft{'s' if drafts > 1 else ''}"


def _before(outcome: Outcome, accepted: Attempt) -> str:
    """Say who was tried before; nothing where nobody was."""
    before = tuple(attempt for attempt in outcome.attempts if attempt.tier != accepted.tier)
    return f"after {_tried(before)}" if before else ""


def _took(outcome: Outcome) -> str:
    """Say how long drafting and judging took, without waiting for anybody."""
    seconds = sum(attempt.seconds for attempt in outcome.attempts)
    return f"{seconds:.1f} s" if seconds >= _SHORT else f"{seconds * 1000:.0f} ms"


def _tried(attempts: Iterable[Attempt]) -> str:
    return ", ".join(dict.fromkeys(f"{attempt.tier} ({_in_a_line(attempt)})" for attempt in attempts))


def refusal(outcome: Outcome) -> str:
    """Say in one line what was tried and why it was refused."""
    tried = _tried(outcome.attempts)
    match outcome.status:
        case Status.CANCELLED:
            lead = "Cancelled"
        case Status.DECLINED:
            lead = f"Stopped: {_bare(outcome.reason)}"
        case _:
            lead = f"Nothing passed{': ' + _bare(outcome.reason) if outcome.reason else ''}"
    nobody = not outcome.reason and not any(line.startswith(f"{RULES}: ") for line in outcome.skipped)
    rest = f" Tried {tried}." if tried else " No tier drafted anything." if nobody else ""
    skipped = f" Not asked: {'; '.join(map(_bare, outcome.skipped))}." if outcome.skipped else ""
    return f"{lead}{'' if lead.endswith('?') else '.'}{rest}{skipped}"


def _bare(reason: str) -> str:
    """Take the full stop off a reason, which goes into a sentence of ours."""
    return reason.removesuffix(".")


def report(outcome: Outcome, alone: Alone | None = None, *, links: Sequence[str] = ()) -> str:
    """Write the whole story of a task in Markdown: every attempt, its findings and its diff.

    ``links`` lead to the places in files that it is about.
    """
    return "\n".join([*_report(outcome, alone), *_links(links)]) + "\n"


def _links(links: Sequence[str]) -> Iterator[str]:
    if links:
        yield from ("", "## Where to look", "")
        yield from (f"- {link}" for link in links)


def diff(old: str, new: str, name: str) -> str:
    """Give the change as a unified diff; empty where there is none."""
    lines = unified_diff(split_lines(old), split_lines(new), f"a/{name}", f"b/{name}")
    return "".join(line if line.endswith(("\n", "\r")) else f"{line}\n\\ No newline at end of file\n" for line in lines)


def _report(outcome: Outcome, alone: Alone | None) -> Iterator[str]:
    task = outcome.task
    line = task.snapshot.lines.line_at(task.place) + 1
    yield f"# {plain(task.title or task.kind)}"
    yield ""
    yield f"{_name(task.snapshot.name)} line {line}. {plain(_in_short(outcome))}"
    yield ""
    compared = f" With {alone.tier} alone: about {dollars(alone.cost)}, estimated." if alone is not None else ""
    yield f"Cost: {dollars(outcome.cost)}.{compared}"
    yield from _checks(outcome)
    for number, attempt in enumerate(outcome.attempts, 1):
        yield ""
        yield from _attempt(outcome, attempt, number)


def _in_short(outcome: Outcome) -> str:
    """Say how it ended; of an accepted draft, its checks have a line each below."""
    if outcome.accepted is None:
        return refusal(outcome)
    tier, made = _made(outcome, outcome.accepted)
    return f"Drafted by {tier}: {made}, {_took(outcome)}."


def _checks(outcome: Outcome) -> Iterator[str]:
    """List who was tried before the accepted draft, what it passed and what that took, and what else is to be told."""
    if outcome.accepted is not None:
        yield ""
        if before := _before(outcome, outcome.accepted):
            yield f"- {plain(before)}"
        yield from (
            f"- {plain(run.summary)}, {run.seconds:.2f} s" for run in outcome.accepted.verdict.runs if run.summary
        )
        yield from (f"- {plain(line)}" for line in outcome.told)


def _attempt(outcome: Outcome, attempt: Attempt, number: int) -> Iterator[str]:
    name = f"{attempt.tier} ({attempt.model})" if attempt.model else attempt.tier
    yield f"## Attempt {number}: {plain(f'{name}, {_why(attempt)}')}"
    yield ""
    yield f"{dollars(attempt.cost)}, {attempt.seconds:.2f} s{_STEPS[attempt.trigger]}."
    if attempt.draft is not None and attempt.draft.label:
        yield f"Draft: {plain(attempt.draft.label)}{_sure(attempt.draft)}."
    if attempt.failure:
        yield f"No draft: {plain(attempt.failure)}"
    for finding in attempt.verdict.findings[:_SHOWN_FINDINGS]:
        yield f"- **{finding.check}**: {plain(finding.message)}"
    if attempt.verdict.text is not None:
        change = diff(outcome.task.snapshot.text, attempt.verdict.text, outcome.task.snapshot.name)
        fence = "`" * max(3, _longest_ticks(change) + 1)
        yield from ("", f"{fence}diff", change.rstrip("\n"), fence)


def _sure(draft: Draft) -> str:
    """Say how sure the model was, where it says."""
    return "" if draft.confidence is None else f", the model sure to {draft.confidence.probability:.0%} of each token"


def _longest_ticks(text: str) -> int:
    longest = run = 0
    for char in text:
        run = run + 1 if char == "`" else 0
        longest = max(longest, run)
    return longest


def _in_a_line(attempt: Attempt) -> str:
    """Say why an attempt is not the accepted one; a failure may be something that the person has to mend.

    What stands in the way of a draft is said where no model is to blame for it: then a person can tell better.
    """
    if attempt.hindrance:
        return attempt.hindrance
    if not attempt.failure:
        return _why(attempt)
    said = " ".join(attempt.failure.removeprefix(f"{attempt.tier}: ").split()).rstrip(".")
    return f"failed: {said if len(said) <= _LONGEST_FAILURE else f'{said[:_LONGEST_FAILURE]}…'}"


def _why(attempt: Attempt) -> str:
    if attempt.failure:
        return "failed"
    if not attempt.verdict.findings:
        return "passed"
    finding = attempt.verdict.findings[0]
    return f"refused by {finding.check}{' ' + finding.code if finding.code else ''}"
