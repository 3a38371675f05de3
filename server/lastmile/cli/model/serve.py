"""``lastmile model serve``: the local model's host, run by hand. Editors start it themselves."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import click
from attrs import evolve

from lastmile.cli.model.settings import local_model
from lastmile.errors import ModelError


@click.command()
@click.option("--path", type=click.Path(path_type=Path), help="The model, a GGUF file, in place of the setting.")
@click.option("--context", type=click.IntRange(min=512), help="Tokens held for drafts.")
@click.option("--completion-context", type=click.IntRange(min=512), help="Tokens held for completions.")
@click.option("--threads", type=click.IntRange(min=0), help="Threads that compute.")
@click.option("--gpu-layers", type=click.IntRange(min=-1), help="Layers on the accelerator.")
@click.option("--idle", type=click.FloatRange(min=0.1), help="Seconds until the memory is given back.")
@click.option("--linger", type=click.FloatRange(min=0.1), help="Seconds that it stays with nobody connected.")
def serve(path: Path | None, **options: float | None) -> int:
    """Be the local model's host: the OpenAI API on a socket of your own, for all editors.

    Editors start it themselves. What is not given is as the settings say.
    """
    from lastmile.model.host.places import places  # noqa: PLC0415 - --help needs no host
    from lastmile.model.host.serve import serve as run  # noqa: PLC0415 - as above

    given: dict[str, Any] = {name: value for name, value in options.items() if value is not None}
    if path is not None:
        given["path"] = str(path.absolute())
    chosen = evolve(local_model(os.environ), **given)
    if not chosen.path:
        raise ModelError("No model is set: give --path, or set model.path.")
    return run(chosen, places(chosen, os.environ))
