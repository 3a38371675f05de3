"""``lastmile model``: the models of this machine, and the host that runs one. A module a command."""

from __future__ import annotations

import click

from lastmile.cli.commands import Commands

_COMMANDS = {
    "list": "Show the catalogue, what is here, and what fits.",
    "pull": "Download a model of the catalogue.",
    "use": "Make a model the one that drafts and completes.",
    "remove": "Delete a model that was pulled.",
    "bench": "Measure how fast a model is here.",
    "serve": "Run the host by hand; editors start it themselves.",
    "status": "Show the hosts that run now.",
}


@click.group(cls=Commands, package=__name__, summaries=_COMMANDS)
def model() -> None:
    """Choose, download, measure and run the model on this machine."""
