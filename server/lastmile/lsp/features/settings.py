"""The editor's settings: pulled where the client answers that, taken as they are pushed otherwise.

What they say is checked by the service; its messages reach the person when a project is used.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from lsprotocol import types
from pygls.exceptions import JsonRpcException

from lastmile.errors import RequestError
from lastmile.lsp.configured import SECONDS
from lastmile.lsp.features import diagnostics
from lastmile.lsp.features.items import offer_items
from lastmile.lsp.features.lens import offer_lens
from lastmile.lsp.host import Server
from lastmile.lsp.readying.settling import doubt
from lastmile.lsp.wire import uris

logger = logging.getLogger(__name__)

_SECTION = "lastmile"
_SETTINGS = "lastmile.toml,pyproject.toml,ruff.toml,.ruff.toml"
_OF_TOOLS = "mypy.ini,.mypy.ini,pytest.ini,setup.cfg,tox.ini"
_WATCHED = (f"**/{{{_SETTINGS},{_OF_TOOLS}}}", "**/*.{py,pyi}")
_CODE = (".py", ".pyi")


def register(server: Server) -> None:
    """Register the handlers."""
    server.feature(types.INITIALIZED)(initialized)
    server.feature(types.WORKSPACE_DID_CHANGE_CONFIGURATION)(configured)
    server.feature(types.WORKSPACE_DID_CHANGE_WATCHED_FILES)(files_changed)


async def initialized(ls: Server, _params: types.InitializedParams) -> None:
    """Open the service, ask for the settings, and ask to hear of their changes."""
    with ls.configured.asking():
        await ls.service()
        await _pull(ls)
    await ls.pages.tell_problems(list(ls.documents))  # who asked for findings before was not told
    registrations = _registrations(ls)
    if registrations:
        await _ask(ls, types.CLIENT_REGISTER_CAPABILITY, types.RegistrationParams(registrations))
    await offer_items(ls)
    await offer_lens(ls)


async def configured(ls: Server, params: types.DidChangeConfigurationParams) -> None:
    """Take new settings: from the client's answer, or out of the notification where it carries them."""
    if ls.client.configuration:
        with ls.configured.asking():
            await _pull(ls)
        await ls.pages.tell_problems(list(ls.documents))
    elif params.settings is not None:
        (await ls.service()).configure(params.settings)
        diagnostics.all_anew(ls)
    await offer_items(ls)
    await offer_lens(ls)


def files_changed(ls: Server, params: types.DidChangeWatchedFilesParams) -> None:
    """Lint anew where a settings file changed on the disk; any other may have judged what is ready."""
    changed = [item.uri for item in params.changes]
    if not all(uri.endswith(_CODE) for uri in changed) or not changed:
        diagnostics.all_anew(ls)
    elif any(_elsewhere(ls, uri) for uri in changed):
        doubt(ls)


def _elsewhere(ls: Server, uri: str) -> bool:
    """Tell whether a file is not open: an open one is what the editor says, whatever is written to the disk."""
    with suppress(RequestError):
        return ls.documents.find(uri) is None
    return True


async def _pull(ls: Server) -> None:
    """Ask for the settings of each workspace folder, and for those of no folder."""
    if not ls.client.configuration:
        return
    places: list[Path | None] = [None, *ls.folders]
    items = [types.ConfigurationItem(None if at is None else uris.from_path(at), _SECTION) for at in places]
    answers = await _ask(ls, types.WORKSPACE_CONFIGURATION, types.ConfigurationParams(items))
    if not isinstance(answers, list | tuple) or len(answers) != len(places):
        return
    service = await ls.service()
    for place, values in zip(places, answers, strict=True):
        if values is not None:
            service.configure(_over(ls.initial, values) if place is None else values, folder=place)
    diagnostics.all_anew(ls)


def _over(initial: object, values: object) -> object:
    if isinstance(initial, Mapping) and isinstance(values, Mapping):
        return {**initial, **values}
    return values


def _registrations(ls: Server) -> list[types.Registration]:
    wanted = []
    if ls.client.registers_configuration:
        options = types.DidChangeConfigurationRegistrationOptions(_SECTION)
        wanted.append(types.Registration("settings", types.WORKSPACE_DID_CHANGE_CONFIGURATION, options))
    if ls.client.registers_watchers:
        watched = types.DidChangeWatchedFilesRegistrationOptions([types.FileSystemWatcher(glob) for glob in _WATCHED])
        wanted.append(types.Registration("files", types.WORKSPACE_DID_CHANGE_WATCHED_FILES, watched))
    return wanted


async def _ask(ls: Server, method: str, params: object) -> object:
    try:
        return await ls.protocol.ask(method, params, seconds=SECONDS)
    except (TimeoutError, JsonRpcException) as error:
        logger.info("%s was not answered: %s", method, error)
        return None
