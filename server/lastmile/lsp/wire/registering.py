"""Declares a feature to a client that can be told later, after `initialize`; it knows of no feature itself."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from lsprotocol import types
from pygls.exceptions import JsonRpcException

from lastmile.lsp.configured import SECONDS
from lastmile.lsp.host import Server

if TYPE_CHECKING:
    from lastmile.config.tree import Settings


async def first_settings(ls: Server) -> Settings:
    """Give the settings of the first folder, or those that hold without one."""
    path = ls.folders[0] if ls.folders else None
    return (await (await ls.service()).resolved(path)).settings


async def declare(ls: Server, name: str, method: str, options: object) -> None:
    """Tell the client; one that does not answer, or refuses, goes without."""
    params = types.RegistrationParams([types.Registration(name, method, options)])
    with suppress(TimeoutError, JsonRpcException):
        await ls.protocol.ask(types.CLIENT_REGISTER_CAPABILITY, params, seconds=SECONDS)
