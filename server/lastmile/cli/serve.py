"""``lastmile serve``: the language server, over stdio unless told otherwise."""

from __future__ import annotations

import gc
import os
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from lastmile.service import Service

_LAST_PORT = 0xFFFF

_GARBAGE = 20_000
"""How many new values start a search for garbage."""


@click.command()
@click.option("--stdio", is_flag=True, help="Speak over standard input and output; the default.")
@click.option("--tcp", metavar="HOST:PORT", help="Listen there for one client; port 0 takes any that is free.")
def serve(stdio: bool, tcp: str | None) -> int:  # noqa: ARG001, FBT001 - editors pass --stdio by habit
    """Speak LSP with an editor. It ends with the editor; 0 after a clean shutdown, 1 otherwise."""
    host, port = _address(tcp) if tcp else ("", 0)
    from lastmile.lsp import serve as runner  # noqa: PLC0415 - --help needs no server
    from lastmile.lsp.server import build  # noqa: PLC0415 - as above

    server = build(_open)
    if tcp:
        return runner.tcp(server, host=host, port=port, close=server.close)
    return runner.stdio(server, close=server.close)


def _open() -> Service:
    from lastmile.service import Service  # noqa: PLC0415 - opened after `initialize` is answered

    service = Service.open(os.environ)
    # What is loaded by now stays for good. Looking through it for garbage holds up the loop for some
    # 30 ms each time.
    gc.freeze()
    # A page of a long file is thousands of values, none of them garbage, and 700 start a search.
    gc.set_threshold(_GARBAGE)
    return service


def _address(text: str) -> tuple[str, int]:
    host, mark, port = text.rpartition(":")
    if not mark or not port.isdigit() or int(port) > _LAST_PORT:
        message = f"{text!r} is not HOST:PORT, such as 127.0.0.1:7777."
        raise click.BadParameter(message, param_hint="--tcp")
    return host.strip("[]") or "127.0.0.1", int(port)
