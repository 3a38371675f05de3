"""``lastmile model bench``: how fast a model is on this machine."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Iterator

import click
from attrs import evolve

from lastmile.cli.model.settings import local_model
from lastmile.errors import ModelError
from lastmile.model.bench import Measured, measure
from lastmile.model.host.starting import Host
from lastmile.model.shelf.choosing import file_of
from lastmile.text.visible import visible


@click.command()
@click.argument("name", metavar="[NAME|FILE]", required=False)
def bench(name: str | None) -> int:
    """Measure how fast the model in use is, or another one, through the host that editors ask.

    It says nothing of how good a model is, and other work on the machine makes it slower.
    """
    own = local_model(os.environ)
    if name is not None:
        own = evolve(own, path=str(file_of(name, os.environ)))
    if not own.path:
        raise ModelError("No model is set: name one, or choose one by lastmile model use NAME.")
    click.echo(visible(f"Measuring {own.file}; it takes a while."), err=True)
    found = asyncio.run(measure(Host(own, os.environ)))
    rows = list(_rows(found))
    width = max(len(what) for what, _ in rows)
    for what, how in rows:
        click.echo(f"{what:<{width}}  {how}")
    click.echo("\nMedians of up to three rounds, measured once, with whatever else this machine did meanwhile.")
    return 0


def _rows(found: Measured) -> Iterator[tuple[str, str]]:
    if not found.alone:
        yield "Busy", "something else asked it meanwhile, so these figures are too low"
    loaded = "with the start of its host and its load" if found.was_cold else "it was loaded already"
    yield "First answer", f"{found.load:.2f} s, {loaded}"
    yield "Reading", f"{found.prompt_rate:.0f} tokens/s, of a prompt of {found.prompt_tokens}"
    yield "Saying", f"{found.rate:.1f} tokens/s, one after the other, of {found.tokens}"
    if found.first is None or found.next is None:
        yield "Completions", "none: it has no markers of a gap"
    else:
        yield "A completion", f"{found.first * 1000:.0f} ms in a text that it did not see before"
        yield "A key later", f"{found.next * 1000:.0f} ms"
