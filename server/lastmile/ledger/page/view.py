"""What stands on the page, in words: the headline, the notes, the figures at a glance.

Names come from settings and from the disk, so characters that would change how a line reads are made
visible here; that they are no markup is the template's to say.
"""

from __future__ import annotations

from collections.abc import Iterator

from attrs import frozen

from lastmile.cascade.events import dollars
from lastmile.ledger.bill import Bill
from lastmile.ledger.page.drawing import Drawing, drawing
from lastmile.ledger.page.moments import moment
from lastmile.ledger.page.table import Table, name
from lastmile.ledger.page.tables import tables
from lastmile.ledger.review import Review
from lastmile.ledger.words import many, percent, reason, seconds
from lastmile.text.visible import visible


@frozen
class Glance:
    """One figure with its name, and a few words beneath it."""

    name: str
    figure: str
    words: str


@frozen
class View:
    """The page."""

    span: str
    """Which time it is for."""

    drawn_up: str
    spent: str
    """Empty where nothing is written down."""

    top_tier: str
    """Empty where there is nothing to compare with."""

    top: str
    lede: str
    notes: tuple[str, ...]
    glances: tuple[Glance, ...]
    drawing: Drawing | None
    """None where no money is to be drawn."""

    tables: tuple[Table, ...]
    estimate: str


def view(review: Review) -> View:
    """Put a review into words."""
    bill = review.bill
    total = bill.total
    something = bool(total.attempts or total.tasks or total.lost_calls or total.open_calls)
    compared = total.top_cost is not None
    return View(
        span="everything" if bill.since is None else f"since {moment(bill.since)}",
        drawn_up=moment(bill.until),
        spent=dollars(total.spent) if something else "",
        top_tier=name(bill.top_tier) if compared else "",
        top=dollars(total.top_cost or 0.0),
        lede=_lede(bill),
        notes=tuple(_notes(bill)),
        glances=tuple(_glances(review)) if something else (),
        drawing=drawing(bill),
        tables=tuple(tables(review)),
        estimate=visible(bill.estimate),
    )


def _lede(bill: Bill) -> str:
    total = bill.total
    tasks = f"{total.cleared} of {many(total.tasks, 'task')} {'was' if total.cleared == 1 else 'were'} cleared"
    free = f"{tasks}, {total.cleared_free} of them free." if total.cleared else f"{tasks}."
    if not total.tasks:
        free = "No task has ended yet."
    return free if total.ratio is None else f"That is {percent(total.ratio)} of it. {free}"


def _notes(bill: Bill) -> Iterator[str]:
    """Say what the headline leaves out."""
    total = bill.total
    if total.top_cost is not None:
        yield "What the top tier would have cost is an estimate; how it is made stands at the end."
    elif total.attempts or total.tasks:
        yield "There is nothing to compare with: no top tier with a known price."
    if total.top_cost is not None and total.unestimated:
        yield f"It leaves out {many(total.unestimated, 'cleared task')} that nobody estimated."
    if total.lost_calls:
        yield f"{many(total.lost_calls, 'call')} got lost and counts at its worst case: {dollars(total.lost_cost)}."
    if total.open_calls:
        yield f"{many(total.open_calls, 'call')} under way, up to {dollars(total.open_cost)} more."
    if bill.earlier:
        yield f"{dollars(bill.earlier)} more were spent in months of which only totals are kept."


def _glances(review: Review) -> Iterator[Glance]:
    total = review.bill.total
    yield Glance("Cleared", percent(total.cleared_share), f"{total.cleared} of {many(total.tasks, 'task')}")
    free = total.cleared_free / total.tasks if total.tasks else None
    yield Glance(
        "Cleared free", percent(free), f"{many(total.cleared_free, 'task')}, {percent(total.escalation_rate)} not"
    )
    yield Glance(
        "Wasted",
        dollars(total.wasted_cost),
        f"{many(total.wasted_attempts, 'attempt')}, {_whole(seconds(total.wasted_seconds))}",
    )
    yield Glance(
        "Time a task", seconds(review.median_task), f"median; nine of ten within {_whole(seconds(review.p90_task))}"
    )
    judged = total.kept + total.dropped
    each = "" if total.cost_per_kept is None else ", " + _whole(f"{dollars(total.cost_per_kept)} each")
    yield Glance("Edits kept", percent(total.kept_share), f"{total.kept} of {judged} at the next save{each}")
    if total.ahead or review.bill.unasked:
        share = percent(total.ahead / total.cleared if total.cleared else None)
        others = f"{share} of what was cleared; {review.bill.unasked} more were ready and not taken"
        yield Glance("Ready before asked for", str(total.ahead), others)
    if total.cleared:
        sent = f"{total.undone} of {many(total.cleared, 'edit')}, as false accepts"
        yield Glance("Sent back as wrong", percent(total.undone / total.cleared), sent)
    worst = next((refusal for refusal in review.bill.refusals if refusal.check), None)
    if worst is not None:
        yield Glance("Refused most by", name(reason(worst.check, worst.code)), many(worst.attempts, "draft"))


def _whole(text: str) -> str:
    """Keep a figure and its unit on one line."""
    return text.replace(" ", "\u00a0")
