"""``lastmile model remove``: deletes a model that was pulled, and nobody else's file."""

from __future__ import annotations

import os
import sys

import click

from lastmile.cli.model.settings import local_model
from lastmile.errors import RequestError
from lastmile.model.shelf.choosing import entry_of
from lastmile.model.shelf.machine import size
from lastmile.model.shelf.removing import ours, removed


@click.command()
@click.argument("name")
@click.option("--yes", is_flag=True, help="Do not ask.")
def remove(name: str, *, yes: bool) -> int:
    """Delete the file of NAME, or the part of it that came, if pull brought it."""
    entry = entry_of(name)
    files = ours(entry, os.environ)
    if not files:
        message = f"{name} was not pulled, so there is nothing to remove; other programs' files are theirs."
        raise RequestError(message)
    held = sum(file.stat().st_size for file in files)
    own = local_model(os.environ)
    used = bool(own.path) and any(os.path.realpath(own.file) == os.path.realpath(file) for file in files)
    warning = " It is the model in use." if used else ""
    if not yes:
        if not sys.stdin.isatty():
            raise click.UsageError("Nobody is there to be asked: say --yes.")
        click.confirm(f"Delete {name}, {size(held)}?{warning}", abort=True)
    removed(entry, os.environ)
    click.echo(f"{name} is deleted; {size(held)} are free.")
    if used:
        click.echo("model.path still names it: lastmile model use NAME chooses another.")
    return 0
