"""Brings an accepted edit to another file than the one whose menu was used: a test to a module's function.

The file may be open, closed, or not there yet. Nothing is carried over here: where the file changed
since it was read, the edit is dropped.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from lastmile import files
from lastmile.errors import RequestError, StaleError
from lastmile.lsp.landing.landing import Landed
from lastmile.text.snapshot import Snapshot
from lastmile.tools.compare import differ

if TYPE_CHECKING:
    from lastmile.lsp.documents import Documents
    from lastmile.project import Project


async def land_elsewhere(documents: Documents, project: Project, *, old: Snapshot, text: str) -> Landed:
    """Fit the edit that leads from ``old`` to ``text`` to the file as it is at this moment.

    Raises `StaleError`, with a message for the person, where the file is another than it was.
    """
    replacements = await differ(project.offload, old.text, text)
    document = documents.find(old.uri)
    now = await asyncio.to_thread(_on_disk, old) if document is None else document.snapshot
    if (now.text if now else "") != old.text or (now is None) is not old.is_new:
        message = f"{old.name} changed meanwhile; the edit was dropped. Ask again."
        raise StaleError(message)
    return Landed(now or old, text, replacements)


def _on_disk(old: Snapshot) -> Snapshot | None:
    if old.path is None or not old.path.exists():
        return None
    try:
        return files.read(old.path)
    except RequestError as error:
        raise StaleError(str(error)) from error
