"""``lastmile model pull``: downloads a model of the catalogue."""

from __future__ import annotations

import os

import click

from lastmile.model.shelf.choosing import entry_of
from lastmile.model.shelf.machine import gigabytes
from lastmile.model.shelf.pulling import Pull


@click.command()
@click.argument("name")
def pull(name: str) -> int:
    """Download NAME from the Hugging Face hub, go on where a download broke off, and check its SHA-256.

    HF_ENDPOINT names another hub, LASTMILE_MODELS another folder. No account and no token is used.
    """
    entry = entry_of(name)
    click.echo(f"{entry.title}: {gigabytes(entry.bytes)}, licence {entry.licence}, {entry.url}", err=True)
    try:
        file = Pull(entry, os.environ, _say, endpoint=os.environ.get("HF_ENDPOINT") or None).run()
    except KeyboardInterrupt:
        _say(f"What came is kept: lastmile model pull {name} goes on from there.")
        raise
    click.echo(f"{name} is here: {file}\nTo draft and complete with it: lastmile model use {name}")
    return 0


def _say(sentence: str) -> None:
    click.echo(sentence, err=True)
