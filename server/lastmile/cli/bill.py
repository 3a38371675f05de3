"""The command ``lastmile bill``: shows what the ledger adds up to.

It only reads. What the figures mean is said in `ledger.figures`.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from lastmile.cascade.events import dollars
from lastmile.cli.bill_page import write_page
from lastmile.cli.books import asking, note
from lastmile.cli.console import output
from lastmile.cli.receipts import show_receipts
from lastmile.errors import RequestError
from lastmile.ledger.bill import Bill, Group, Grouping, parse_since
from lastmile.ledger.completions import Completed
from lastmile.ledger.figures import Figures
from lastmile.ledger.rows import hashed
from lastmile.ledger.store import default_path
from lastmile.ledger.words import many, percent, reason, seconds

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

_PIPED_WIDTH = 120
"""Columns where no terminal tells how many there are."""


@click.command()
@click.option("--since", metavar="WHEN", help="24h, 7d, 2w or a day such as 2026-11-01; everything without it.")
@click.option("--by", type=click.Choice([each.value for each in Grouping]), help="Split the bill.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON, with all figures.")
@click.option("--html", metavar="FILE", help="Write a page for a browser, complete in itself; - for standard output.")
@click.option(
    "--receipts", type=click.IntRange(1, 1000), metavar="N", help="Show the receipts of the last N edits instead."
)
def bill(since: str | None, by: str | None, html: str | None, receipts: int | None, *, as_json: bool) -> int:
    """Show what was spent, beside an estimate of the same work by the top tier alone."""
    if html is not None and (as_json or by or receipts):
        raise click.UsageError("--html has all splits in it and goes with --since alone.")
    if receipts is not None and (since or by):
        raise click.UsageError("--receipts goes with --json alone.")
    if receipts is not None:
        return show_receipts(default_path(os.environ), receipts, as_json=as_json)
    try:
        start = None if since is None else parse_since(since, now=time.time())
    except RequestError as error:
        raise click.BadParameter(str(error), param_hint="--since") from error
    if html is not None:
        review, problem = asking(default_path(os.environ), lambda ledger: ledger.review(since=start))
        write_page(review, html)
        return note(problem)
    drawn_up, problem = asking(
        default_path(os.environ), lambda ledger: ledger.bill(since=start, by=Grouping(by) if by else None)
    )
    if as_json:
        click.echo(json.dumps(drawn_up.as_json(), indent=2))
    else:
        _show(drawn_up)
    return note(problem)


def _show(bill: Bill) -> None:
    console = output()
    if not console.is_terminal:
        console.width = _PIPED_WIDTH
    since = (
        "everything"
        if bill.since is None
        else f"since {datetime.fromtimestamp(bill.since).astimezone():%Y-%m-%d %H:%M}"
    )
    console.print(f"[bold]The bill, {since}[/]")
    if not bill.total.attempts and not bill.total.tasks:
        if bill.completed.shown:
            _show_pairs(console, _completions(bill.completed))
        else:
            console.print("Nothing is written down for this time.")
        return
    _show_pairs(console, _summary(bill))
    console.print("", _table("tier", bill.tiers))
    if bill.by is not None and bill.by is not Grouping.TIER:
        console.print("", _table(bill.by.value, bill.groups))
    console.print(f"\n[dim]The top tier's figure: {bill.estimate}.[/]")


def _show_pairs(console: Console, pairs: Iterable[tuple[str, str]]) -> None:
    from rich.table import Table  # noqa: PLC0415 - as the console

    grid = Table.grid(padding=(0, 2))
    for name, value in pairs:
        grid.add_row(name, value)
    console.print(grid)


def _summary(bill: Bill) -> Iterable[tuple[str, str]]:
    """Give the lines above the tables; those with nothing to say are left out."""
    total = bill.total
    yield "Spent", dollars(total.spent)
    if bill.earlier:
        yield "", f"and {dollars(bill.earlier)} in months of which only totals are kept"
    if total.lost_calls:
        yield "Lost calls", f"{total.lost_calls}, counted at their worst case: {dollars(total.lost_cost)}"
    if total.open_calls:
        yield "Under way", f"{many(total.open_calls, 'call')}, up to {dollars(total.open_cost)} more"
    yield "Same work by the top tier", _compared(total, bill.top_tier)
    more = f"; {total.cancelled} more cancelled or not applied" if total.cancelled else ""
    cleared = f"{total.cleared} cleared ({percent(total.cleared_share)}), {total.cleared_free} free"
    yield "Tasks", f"{total.tasks} ended, {cleared}{more}"
    yield "Escalation rate", f"{percent(total.escalation_rate)} of the tasks were not cleared free"
    yield (
        "Wasted",
        f"{many(total.wasted_attempts, 'attempt')}, {dollars(total.wasted_cost)}, {seconds(total.wasted_seconds)}",
    )
    if bill.refusals:
        yield "Wasted most by", ", ".join(f"{reason(r.check, r.code)} ({r.attempts})" for r in bill.refusals[:3])
    yield "Median time", f"{seconds(total.median_task_seconds)} a task, without waiting for consent"
    if total.ahead or bill.unasked:
        yield "Ready before asked for", f"{many(total.ahead, 'edit')} taken, {bill.unasked} more ready and not taken"
    if total.undone:
        yield "Sent back as wrong", f"{total.undone} of {many(total.cleared, 'edit')}"
    if total.kept_share is not None:
        kept = f"{total.kept} of {total.kept + total.dropped} edits ({percent(total.kept_share)})"
        yield (
            "Kept at the next save",
            kept + ("" if total.cost_per_kept is None else f", {dollars(total.cost_per_kept)} each"),
        )
    if bill.completed.shown:
        yield from _completions(bill.completed)


def _completions(done: Completed) -> Iterable[tuple[str, str]]:
    """Say what became of completions, and of those that were taken."""
    fates = (
        (done.accepted, f"taken whole ({percent(done.accepted / done.shown)})"),
        (done.partial, "in part"),
        (done.typed, "typed out by hand"),
        (done.dismissed, "dismissed"),
    )
    yield "Completions", ", ".join((f"{done.shown} shown", *(f"{count} {words}" for count, words in fates)))
    survived = ((done.kept_early, done.watched_early, "30 s"), (done.kept_late, done.watched_late, "5 min"))
    kept = [f"{percent(share)} of {watched} after {span}" for share, watched, span in survived if share is not None]
    if kept:
        yield "Still there", ", ".join(kept)


def _compared(total: Figures, top_tier: str) -> str:
    if total.top_cost is None:
        return "not known"
    missing = f", without {many(total.unestimated, 'task')} that nobody estimated" if total.unestimated else ""
    return f"{dollars(total.top_cost)} by {top_tier}, estimated{missing}; spent is {percent(total.ratio)} of it"


def _table(by: str, groups: Iterable[Group]) -> Table:
    from rich.table import Table  # noqa: PLC0415 - as the console

    table = Table(by, box=None, padding=(0, 2, 0, 0), title_justify="left")
    found = [*groups]
    told = any(each is not None for group in found for each in _sure(group.figures))
    headings = ("tasks", "cleared", "of all", "attempts", "wasted", "spent", "top tier", "median attempt")
    for heading in (*headings, *(("sure if passed", "if refused") if told else ())):
        table.add_column(heading, justify="right")
    for group in found:
        of = group.figures
        table.add_row(
            _label(by, group.key),
            str(of.tasks),
            str(of.cleared),
            percent(group.share),
            str(of.attempts),
            str(of.wasted_attempts),
            dollars(of.spent),
            "" if of.top_cost is None else dollars(of.top_cost),
            seconds(of.median_attempt_seconds),
            *(map(percent, _sure(of)) if told else ()),
        )
    return table


def _sure(figures: Figures) -> tuple[float | None, float | None]:
    """Give how sure models were of each token: of drafts that passed, and of those that were refused."""
    return figures.sure_of_passed, figures.sure_of_refused


def _label(by: str, key: str) -> str:
    if by == "project" and key == hashed(str(Path.cwd())):
        return f"{key} (this folder)"
    return key or "(none)"
