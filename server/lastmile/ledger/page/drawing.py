"""Cost over time, for a template that knows SVG: what `course.py` draws, with the words beside it."""

from __future__ import annotations

from collections.abc import Iterable

from attrs import frozen

from lastmile.cascade.events import dollars
from lastmile.ledger.bill import Bill
from lastmile.ledger.page.course import Bar, Step, axis, bars, rising, steps
from lastmile.ledger.page.moments import local
from lastmile.ledger.page.table import Table, name
from lastmile.ledger.page.tables import step_table


@frozen
class Legend:
    """A line of the drawing with what it comes to in the end."""

    style: str
    """The class that draws it."""

    name: str
    amount: str


@frozen
class Drawing:
    """Cost over time, as it is drawn; each part has an axis of its own."""

    spent: str
    """The points of what was spent, added up."""

    top: str
    """The same of the top tier; empty where nothing of it is known."""

    marks: tuple[str, ...]
    """Of the axis of both, from above."""

    bars: tuple[Bar, ...]
    """What was spent in each step."""

    bar_marks: tuple[str, ...]
    dates: tuple[str, ...]
    """The first day, one between, and the last; fewer where there are fewer."""

    each: str
    """What a step is: ``day``, ``week``, ``8 days``."""

    said: str
    """The drawing in a sentence, for who does not see it."""

    legend: tuple[Legend, ...]
    table: Table


def drawing(bill: Bill) -> Drawing | None:
    """Draw the days of a bill that was split by day; None where no money is to be drawn."""
    found = steps(bill.groups, until=local(bill.until).date())
    spent, top = [step.spent for step in found], [step.top for step in found]
    if not any(spent) and not any(top):
        return None
    sums, each = axis((sum(spent), sum(top))), axis(spent)
    known = bill.total.top_cost is not None
    against = f"{name(bill.top_tier)} for everything"
    legend = [Legend("spent", "Spent", dollars(sum(spent)))]
    legend += [Legend("top", against, dollars(sum(top)))] if known else []
    return Drawing(
        spent=rising(spent, sums),
        top=rising(top, sums) if known else "",
        marks=_written(sums.marks),
        bars=bars(spent, each),
        bar_marks=_written(each.marks),
        dates=_dates(found),
        each=_each(found),
        said=_said(found, legend),
        legend=tuple(legend),
        table=step_table(found, known=known),
    )


def _dates(found: tuple[Step, ...]) -> tuple[str, ...]:
    between = [found[len(found) // 2].first.isoformat()] if len(found) > 4 else []  # noqa: PLR2004 - as many fit on a phone
    ends = (found[0].first.isoformat(), *between, found[-1].last.isoformat())
    return tuple(dict.fromkeys(ends))


def _each(found: tuple[Step, ...]) -> str:
    days = (found[0].last - found[0].first).days + 1
    return {1: "day", 7: "week"}.get(days, f"{days} days")


def _said(found: tuple[Step, ...], legend: list[Legend]) -> str:
    sums = "; ".join(f"{line.name}: {line.amount}" for line in legend)
    return f"From {found[0].first} to {found[-1].last}, added up. {sums}."


def _written(marks: Iterable[float]) -> tuple[str, ...]:
    """Write the marks of an axis, all as fine as the finest needs: in whole dollars, in cents, or finer."""
    amounts = list(marks)
    needed = (f"{amount:.6f}".rstrip("0").partition(".")[2] for amount in amounts)
    digits = max(map(len, needed))
    return tuple(f"${amount:.{digits and max(digits, 2)}f}" for amount in amounts)
