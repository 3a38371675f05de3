"""Puts the server together. What it does is in `features`, how it is run is in `serve`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lastmile.lsp.features import actions, commands, diagnostics, lifecycle, resolve, settings, sync
from lastmile.lsp.host import Server

if TYPE_CHECKING:
    from lastmile.service import Service

_FEATURES = (lifecycle, settings, sync, diagnostics, actions, resolve, commands)


def build(service: Service) -> Server:
    """Make a server for one client over a service, which the caller closes."""
    server = Server(service)
    for feature in _FEATURES:
        feature.register(server)
    return server
