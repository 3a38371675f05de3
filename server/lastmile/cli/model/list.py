"""``lastmile model list``: the catalogue beside what is here."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import TYPE_CHECKING

import click

from lastmile.cli.console import output
from lastmile.cli.model.settings import local_model
from lastmile.config.local import LocalModel
from lastmile.errors import LastmileError
from lastmile.model.shelf.advice import Room, room
from lastmile.model.shelf.here import Offered, Other, cells_of, offered, others
from lastmile.model.shelf.installed import build
from lastmile.model.shelf.machine import gigabytes, machine, size
from lastmile.text.visible import visible

if TYPE_CHECKING:
    from rich.table import Table

_PIPED_WIDTH = 160
"""Columns where no terminal tells how many there are."""

_WORDS = (
    "aider: per cent of its leaderboard's 133 Python editing tasks solved, by the model as its makers serve it.\n"
    "EDIT-Bench: per cent of 540 edits from real editors solved (its published outcomes). Empty: not measured."
)


@click.command("list")
def list_() -> None:
    """Show the catalogue, what was pulled, and what Ollama and LM Studio have; what fits, and what is in use.

    Needs and fits are estimates, for the tokens that model.context and model.completion_context hold.
    """
    own = local_model(os.environ)
    there, space = _room()
    # What files are called is shown as it is.
    console = output(markup=False)
    if not console.is_terminal:
        console.width = _PIPED_WIDTH
    console.print(f"{there} Up to {gigabytes(space.bytes)} are reckoned for a model with {cells_of(own)} tokens held.")
    console.print("", _catalogue(own, space))
    if found := list(others(own, space, os.environ)):
        console.print("", _others(found))
    console.print(f"\n{_WORDS}")


def _room() -> tuple[str, Room]:
    there = machine(os.environ)
    try:
        offload = build().offload
    except LastmileError:
        offload = False
    return f"{there}.", room(there, offload=offload)


def _table(title: str, *columns: str) -> Table:
    from rich.table import Table  # noqa: PLC0415 - as the console

    table = Table(title=title, box=None, padding=(0, 2, 0, 0), title_justify="left")
    for column in columns:
        table.add_column(column, justify="right" if column in {"size", "needs", "aider", "EDIT-Bench"} else "left")
    return table


def _catalogue(own: LocalModel, space: Room) -> Table:
    columns = ("", "name", "size", "needs", "fits", "here", "completes", "aider", "EDIT-Bench", "licence")
    table = _table("The catalogue", *columns)
    found = list(offered(own, space, os.environ))
    for each in found:
        table.add_row(*_offered(each))
    # `model pull` takes a name as it is: where a terminal is narrow, all else is shortened.
    table.columns[columns.index("name")].min_width = max(len(each.entry.name) for each in found)
    return table


def _offered(each: Offered) -> Iterator[str]:
    entry = each.entry
    yield "*" if each.used else ""
    yield entry.name
    yield gigabytes(entry.bytes)
    yield gigabytes(each.needs)
    yield _yes(each.fits)
    yield "yes" if each.file else "in part" if each.began else "no"
    yield _yes(entry.fim)
    yield "" if entry.aider is None else f"{entry.aider:g}"
    yield "" if entry.edit_bench is None else f"{entry.edit_bench:g}"
    yield entry.licence


def _others(found: list[Other]) -> Table:
    table = _table("Others that are here, used where they are", "", "name", "kind", "size", "needs", "fits")
    for each in found:
        if each.trouble:
            table.add_row("*" if each.used else "", visible(each.name), visible(each.trouble))
        else:
            figures = (size(each.size), size(each.needs), _yes(each.fits))
            table.add_row("*" if each.used else "", visible(each.name), visible(each.architecture), *figures)
    return table


def _yes(value: bool) -> str:  # noqa: FBT001 - it is what is written
    return "yes" if value else "no"
