"""A table of the page as a value, and how what comes from the ledger is written into one."""

from __future__ import annotations

from collections.abc import Sequence

from attrs import evolve, frozen

from lastmile.ledger.review import Reason
from lastmile.ledger.words import reason, short
from lastmile.text.visible import visible

MOST_ROWS = 24
"""Of more tiers and kinds than these only the first are shown, so that no ledger makes an endless page."""

_MOST_REASONS = 3


@frozen
class Row:
    """A line of a table."""

    name: str
    cells: tuple[str, ...]
    detail: str = ""
    """What stands beneath the name, small."""

    share: float | None = None
    """How much of its bar is filled, 0 to 1; None for no bar."""

    far: float | None = None
    """How far a paler part of the bar reaches."""


@frozen
class Table:
    """A section of the page."""

    heading: str
    words: str
    """What the figures are, in a sentence."""

    columns: tuple[str, ...]
    """The first is that of the names."""

    rows: tuple[Row, ...]
    nothing: str = ""
    """What stands there where there are no rows."""

    left_out: int = 0
    """Rows that were not shown."""

    wide: bool = False
    """Whether it needs the whole width of the page."""


def bounded(table: Table) -> Table:
    """Leave out the rows that are too many."""
    return evolve(table, rows=table.rows[:MOST_ROWS], left_out=max(0, len(table.rows) - MOST_ROWS))


def name(text: str) -> str:
    """Write a name that comes from settings or from the disk: short, and with nothing in it that is not seen."""
    return visible(short(text)) or "(none)"


def reasons(found: Sequence[tuple[Reason, int]]) -> str:
    """Say which checks refused, and how often there was no draft that they could have looked at."""
    checks = [(why, count) for why, count in found if why[0]]
    named = [name(reason(*why)) + (f" ({count})" if count > 1 else "") for why, count in checks[:_MOST_REASONS]]
    if others := sum(count for _, count in checks[_MOST_REASONS:]):
        named.append(f"{others} more")
    without = sum(count for why, count in found if not why[0])
    said = (f"refused by {', '.join(named)}" if named else "", f"no draft came ({without})" if without else "")
    return "; ".join(part for part in said if part)
