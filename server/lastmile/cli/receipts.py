"""The receipts of the edits that were accepted last, for ``lastmile bill --receipts``."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import click
from attrs import asdict

from lastmile.cascade.events import dollars
from lastmile.cli.books import asking, note
from lastmile.ledger.money import NANOS
from lastmile.ledger.receipts import Receipt
from lastmile.text.visible import visible


def show_receipts(path: Path, most: int, *, as_json: bool) -> int:
    """Print the last receipts of a ledger, the newest first; gives the exit code.

    Raises `LedgerError` where it cannot be read.
    """
    found, problem = asking(path, lambda ledger: ledger.receipts(most))
    if as_json:
        click.echo(json.dumps([asdict(item) | {"top_cost": _top(item)} for item in found], indent=2))
        return note(problem)
    for line in (line for item in found for line in _lines(item)):
        click.echo(visible(line))
    if not found:
        click.echo("No edit was accepted yet.")
    return note(problem)


def _lines(item: Receipt) -> Iterator[str]:
    at = datetime.fromtimestamp(item.at).astimezone()
    cost = _top(item)
    alone = "" if cost is None else f" ({item.top_tier} alone: about {dollars(cost)})"
    yield f"{at:%Y-%m-%d %H:%M}  {item.kind}: {item.receipt}{alone}{', ready before asked for' if item.ahead else ''}"
    if item.undone:
        yield f"    sent back as wrong{': ' + item.words if item.words else ''}"


def _top(item: Receipt) -> float | None:
    return None if item.top_cost is None else item.top_cost / NANOS
