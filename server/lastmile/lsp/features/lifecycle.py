"""From `initialize` to `shutdown`: reads what the client can do, and ends what still runs."""

from __future__ import annotations

from pathlib import Path

from lsprotocol import types

from lastmile.errors import RequestError
from lastmile.lsp.features import diagnostics, items, lens
from lastmile.lsp.host import Server
from lastmile.lsp.wire import client, uris


def register(server: Server) -> None:
    """Register the handlers."""
    server.feature(types.INITIALIZE)(initialize)
    server.feature(types.SHUTDOWN)(shutdown)
    server.feature(types.WORKSPACE_DID_CHANGE_WORKSPACE_FOLDERS)(folders_changed)
    server.feature(types.WINDOW_WORK_DONE_PROGRESS_CANCEL)(progress_cancelled)


def initialize(ls: Server, params: types.InitializeParams) -> None:
    """Learn about the client, its folders and its settings. Nothing is read from the disk here."""
    ls.client = client.read(params)
    ls.documents.encoding = ls.client.encoding
    folders = [folder.uri for folder in params.workspace_folders or ()]
    if not folders and (root := params.root_uri or _as_uri(params.root_path)):
        folders = [root]
    ls.folders = tuple(path for uri in folders if (path := _path(uri)) is not None)
    ls.initial = params.initialization_options
    diagnostics.offer_from_the_start(ls)
    items.offer_from_the_start(ls)
    lens.lens_from_the_start(ls)


async def shutdown(ls: Server, *_: object) -> None:
    """End background work; what was opened is closed when the process ends."""
    await ls.background.close()


async def folders_changed(ls: Server, params: types.DidChangeWorkspaceFoldersParams) -> None:
    """Take the new set of workspace folders; other settings may hold in them."""
    gone = {_path(folder.uri) for folder in params.event.removed}
    come = [path for folder in params.event.added if (path := _path(folder.uri)) is not None]
    kept = [path for path in ls.folders if path not in gone and path not in come]
    ls.folders = (*kept, *come)
    (await ls.service()).folders = ls.folders
    diagnostics.all_anew(ls)


def progress_cancelled(ls: Server, params: types.WorkDoneProgressCancelParams) -> None:
    """End the work whose progress the person closed."""
    task = ls.working.get(params.token)
    if task is not None:
        task.cancel()


def _path(uri: str) -> Path | None:
    try:
        return uris.to_path(uri)
    except RequestError:
        return None  # a folder that is no file's is served without settings of its own


def _as_uri(path: str | None) -> str | None:
    return uris.from_path(Path(path)) if path else None
