"""Puts the server together. What it does is in `features`, how it is run is in `serve`."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from lastmile.lsp.features import (
    actions,
    commands,
    completion,
    lifecycle,
    receipts,
    resolve,
    settings,
    status,
    sync,
)
from lastmile.lsp.host import Server

if TYPE_CHECKING:
    from lastmile.service import Service

_FEATURES = (lifecycle, settings, sync, actions, resolve, commands, receipts, status, completion)


def build(service: Service | Callable[[], Service]) -> Server:
    """Make a server for one client over a service, or over what will open one when it is needed.

    Await the server's `close` at the end; it closes the service too.
    """
    server = Server(service if callable(service) else lambda: service)
    for feature in _FEATURES:
        feature.register(server)
    return server
