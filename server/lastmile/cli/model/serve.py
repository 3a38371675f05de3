"""``lastmile model serve``: the local model's host, run by hand. Editors start it themselves."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import click
from attrs import evolve

from lastmile.cli.model.settings import local_model
from lastmile.errors import ModelError
from lastmile.model.host.address import HERE, Address
from lastmile.model.shelf.choosing import usable

_HERE = (HERE, "localhost")
_LAST_PORT = 65_535


def _port(_context: click.Context, _parameter: click.Parameter, value: str | None) -> int | None:
    """Read where to listen; only on this machine."""
    if value is None:
        return None
    host, _, port = value.rpartition(":")
    if host not in _HERE or not port.isdecimal() or int(port) > _LAST_PORT:
        message = f"{value} is not 127.0.0.1:PORT; only programs of this machine are served."
        raise click.BadParameter(message)
    return int(port)


@click.command()
@click.option("--path", type=click.Path(path_type=Path), help="The model, a GGUF file, in place of the setting.")
@click.option("--context", type=click.IntRange(min=512), help="Tokens held for drafts.")
@click.option("--completion-context", type=click.IntRange(min=512), help="Tokens held for completions.")
@click.option("--threads", type=click.IntRange(min=0), help="Threads that compute.")
@click.option("--gpu-layers", type=click.IntRange(min=-1), help="Layers on the accelerator.")
@click.option("--idle", type=click.FloatRange(min=0.1), help="Seconds until the memory is given back.")
@click.option("--linger", type=click.FloatRange(min=0.1), help="Seconds that it stays with nobody connected.")
@click.option("--listen", metavar="127.0.0.1:PORT", callback=_port, help="Listen there too, for any OpenAI client.")
@click.option("--for-editors", is_flag=True, hidden=True)
def serve(path: Path | None, listen: int | None, *, for_editors: bool, **options: float | None) -> int:
    """Be the local model's host: the OpenAI API on a socket of your own, for all editors.

    Editors start it themselves. What is not given is as the settings say. With --listen it stays until it is told to
    end, and prints the token that a client there has to know; PORT may be 0, for any that is free.
    """
    from lastmile.model.host.places import places  # noqa: PLC0415 - --help needs no host
    from lastmile.model.host.serve import serve as run  # noqa: PLC0415 - as above

    given: dict[str, Any] = {name: value for name, value in options.items() if value is not None}
    if path is not None:
        given["path"] = str(path.absolute())
    chosen = evolve(local_model(os.environ), **given)
    if not chosen.path:
        raise ModelError("No model is set: give --path, or set model.path.")
    if not for_editors:  # An editor's host says it to who asks, and lives until the file is mended.
        usable(chosen.file)
    return run(chosen, places(chosen, os.environ), port=listen, ready=None if listen is None else _tell)


def _tell(address: Address) -> None:
    """Print what a client needs, in the names that the ``openai`` package reads."""
    click.echo(f"OPENAI_BASE_URL={address.url}\nOPENAI_API_KEY={address.token}")
