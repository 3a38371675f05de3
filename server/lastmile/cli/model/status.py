"""``lastmile model status``: the hosts that live, and how they are."""

from __future__ import annotations

import asyncio
import json
import os
from collections.abc import Iterator, Mapping
from typing import Any

import click

from lastmile.ledger.words import many, seconds
from lastmile.model.host.living import living
from lastmile.model.shelf.machine import size
from lastmile.text.visible import visible

_STATES = {"cold": "not loaded", "ready": "loaded"}


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print JSON, with all counts.")
def status(*, as_json: bool) -> int:
    """Show the processes that run models now: what is loaded, the memory that it takes, and who is connected.

    It starts none.
    """
    found = asyncio.run(living(os.environ))
    if as_json:
        click.echo(json.dumps(found, indent=2))
        return 0
    if not found:
        click.echo("No process runs a model now; the first that needs one starts it.")
    for each in found:
        for line in _lines(each):
            click.echo(visible(line))
    return 0


def _lines(host: Mapping[str, Any]) -> Iterator[str]:
    """Write what a host says; one of another version may say less."""
    held = f", {size(host['resident'])} of memory" if host.get("resident") else ""
    servers = many(host["servers"], "server") if host.get("servers") else "no server"
    state = _STATES.get(host.get("state", ""), host.get("state"))
    life = f"up for {seconds(host.get('uptime'))}, process {host.get('pid')}"
    yield f"{host.get('model')}: {state}{held}, {servers} connected, {life}"
    for place in dict.fromkeys((host.get("path"), host["address"], host.get("url"))):
        if place:
            yield f"  {place}"
