"""The tables of the page: a row a tier, a kind, a fate, a task; each with the share that its bar shows.

They are values. How a table and a bar look is the template's to say.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from lastmile.cascade.events import dollars
from lastmile.cascade.outcome import Status
from lastmile.ledger.bill import Bill
from lastmile.ledger.completions import Completed
from lastmile.ledger.money import NANOS
from lastmile.ledger.page.course import Step
from lastmile.ledger.page.table import MOST_ROWS, Row, Table, bounded, name, reasons
from lastmile.ledger.records import MonthRecord
from lastmile.ledger.retention import DAYS
from lastmile.ledger.review import DearTask, Escalation, Latency, Review
from lastmile.ledger.words import many, percent, seconds

_MOST_NAMES = 6


def tables(review: Review) -> Iterator[Table]:
    """Give the tables, in the order of the page."""
    yield bounded(_tiers(review.bill))
    yield bounded(_kinds(review.escalations))
    yield bounded(_latencies(review.latencies))
    yield _completions(review.bill.completed)
    yield _dearest(review.dearest)
    if review.months:
        yield _months(review.months)


def step_table(found: Sequence[Step], *, known: bool) -> Table:
    """Write the drawing of cost over time as a table; without the top tier where nothing of it is ``known``."""
    columns = ("From", "Tasks", "Cleared", "Free", "Spent", *(["Top tier"] if known else []))
    rows = (
        Row(
            step.first.isoformat(),
            (
                str(step.tasks),
                str(step.cleared),
                str(step.cleared_free),
                dollars(step.spent),
                *([dollars(step.top)] if known else []),
            ),
        )
        for step in found
    )
    return Table("", "", columns, tuple(rows))


def _tiers(bill: Bill) -> Table:
    total = bill.total
    rows = [
        Row(
            name(group.key),
            (str(group.figures.cleared), percent(group.share), dollars(group.figures.spent)),
            f"tried {many(group.figures.tasks, 'task')}, {group.figures.wasted_attempts} of "
            f"{many(group.figures.attempts, 'attempt')} wasted",
            group.share,
        )
        for group in bill.tiers
    ]
    if missing := total.tasks - total.cleared:
        rows.append(Row("not cleared", (str(missing), percent(missing / total.tasks), ""), "surfaced or declined", 0.0))
    return Table(
        "Who cleared the tasks",
        "The share of all tasks that each tier cleared itself.",
        ("Tier", "Cleared", "Share", "Spent"),
        tuple(rows),
        "No tier was asked.",
    )


def _kinds(escalations: Iterable[Escalation]) -> Table:
    rows = (
        Row(
            name(each.kind),
            (str(each.tasks), str(each.escalated), percent(each.escalated / each.tasks)),
            _why(each),
            each.escalated / each.tasks,
        )
        for each in escalations
    )
    return Table(
        "What was escalated",
        "The tasks of each kind that no free tier cleared, and the check that refused its last free draft.",
        ("Kind", "Tasks", "Escalated", "Rate"),
        tuple(rows),
        "No task has ended.",
    )


def _why(each: Escalation) -> str:
    untried = f"no free tier tried {each.untried}" if each.untried else ""
    return "; ".join(part for part in (reasons(each.reasons), untried) if part)


def _latencies(latencies: Sequence[Latency]) -> Table:
    most = max((each.p90 for each in latencies), default=0.0) or 1.0
    rows = (
        Row(
            name(each.tier),
            (str(each.attempts), seconds(each.median), seconds(each.p90)),
            share=each.median / most,
            far=each.p90 / most,
        )
        for each in latencies
    )
    return Table(
        "How long an attempt takes",
        "Drafting and judging: the median, and the time that nine of ten keep within (paler).",
        ("Tier", "Attempts", "Median", "9 of 10"),
        tuple(rows),
        "Nothing was attempted.",
    )


def _completions(done: Completed) -> Table:
    fates = (
        ("Taken whole", done.accepted),
        ("Taken in part", done.partial),
        ("Typed over by hand", done.typed),
        ("Dismissed", done.dismissed),
        ("Not known", done.shown - done.accepted - done.partial - done.typed - done.dismissed),
    )
    rows = [
        Row(fate, (str(count), percent(count / done.shown)), share=count / done.shown)
        for fate, count in fates
        if done.shown
    ]
    survived = (("30 seconds", done.kept_early, done.watched_early), ("5 minutes", done.kept_late, done.watched_late))
    rows += [
        Row(f"Still there after {span}", (f"of {watched}", percent(share)), share=share)
        for span, share, watched in survived
        if share is not None
    ]
    return Table(
        "Completions",
        f"{many(done.shown, 'completion')} shown, {done.characters} characters taken; "
        f"an answer came after {seconds(done.seconds)} on average."
        if done.shown
        else "",
        ("What became of them", "Count", "Share"),
        tuple(rows),
        "No completion was shown.",
    )


def _dearest(tasks: Sequence[DearTask]) -> Table:
    most = tasks[0].cost if tasks else 1.0
    rows = (Row(name(each.kind), (each.day, dollars(each.cost)), _story(each), each.cost / most) for each in tasks)
    return Table(
        "The ten dearest tasks" if len(tasks) >= 10 else "The dearest tasks",  # noqa: PLR2004 - as the heading says
        "Whom they were asked of, and what refused the drafts.",
        ("Kind", "Day", "Cost"),
        tuple(rows),
        "No task has cost anything.",
        wide=True,
    )


def _story(task: DearTask) -> str:
    shown = " → ".join(name(tier) for tier in task.tiers[:_MOST_NAMES])
    tiers = shown if len(task.tiers) <= _MOST_NAMES else f"{shown} → …"
    return "; ".join(part for part in (tiers, reasons(task.refused), _end(task)) if part)


def _end(task: DearTask) -> str:
    match task.status:
        case Status.ACCEPTED.value:
            return f"cleared by {name(task.cleared_by)}"
        case "":
            return "its end is not known"
        case _:
            return name(task.status)


def _months(months: Sequence[MonthRecord]) -> Table:
    rows = tuple(Row(each.month, (str(each.attempts), dollars(each.cost / NANOS))) for each in months)
    return Table(
        "Earlier months",
        f"Only totals are kept of what is older than {DAYS} days. They are not in the figures above.",
        ("Month", "Attempts", "Spent"),
        rows[-MOST_ROWS:],
        left_out=max(0, len(rows) - MOST_ROWS),
    )
