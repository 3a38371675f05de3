"""``lastmile model use``: makes a model the one that drafts and completes, by the person's own settings."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import click

from lastmile.cli.model.settings import name_model, resolved
from lastmile.model.shelf.choosing import Usable, file_of, usable
from lastmile.text.visible import visible

_KEY = "model.path"


@click.command()
@click.argument("model", metavar="NAME|FILE")
def use(model: str) -> int:
    """Draft and complete with a model: one that was pulled, another program's, or any GGUF file.

    It is looked at before, and written into your own settings as model.path; nothing else there changes.
    """
    chosen = usable(file_of(model, os.environ))
    place = name_model(chosen.file, os.environ)
    click.echo(visible(f"{_KEY} is now {chosen.file}, in {place}."))
    for sentence in _meaning(chosen, place):
        click.echo(visible(sentence))
    return 0


def _meaning(chosen: Usable, place: Path) -> Iterator[str]:
    """Say what it means, and what stands in the way."""
    now = resolved(os.environ)
    origin = now.origin(_KEY)
    if Path(now.settings.model.path).expanduser() != chosen.file:
        yield f"It does not count yet: {origin} sets {_KEY} too, and wins over {place}."
    if "local" not in now.settings.ladder:
        yield "It drafts nothing: the ladder does not name the tier local."
    elif not chosen.seen.template:
        yield "It may draft badly: its file has no form for conversations, so it is asked in a common one."
    else:
        yield "It drafts in the tier local, from the next request of any editor; it is loaded then."
    if not chosen.seen.fim:
        yield "It makes no completions: its vocabulary has no markers of a gap. A coder model has them."
    elif not now.settings.completion.enabled:
        yield "It makes no completions: completion.enabled is off."
    else:
        yield "It completes while you type."
