"""The editor's documents, as completing hears of them.

The completer is made when a completion is first wanted and may be made. Until then nothing of it is
imported, nothing runs and nothing is remembered.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

from attrs import define, field

from lastmile.lsp.documents import Document, Documents
from lastmile.lsp.person.modelling import Modelling
from lastmile.text.snapshot import Snapshot

if TYPE_CHECKING:
    from lastmile.complete.completer import Completer
    from lastmile.complete.definitions import Other
    from lastmile.service import Service

_MODULE = "lastmile.complete.completer"
_MOST_FILES = 16
_LONGEST_FILE = 200_000
"""Files that are read for the definitions in them, and bytes of one."""


@define(eq=False)
class Completions:
    """The completer of a server, and what it is told."""

    service: Callable[[], Awaitable[Service]]
    documents: Documents
    modelling: Modelling
    completer: Completer | None = field(default=None, init=False)
    """None until a completion was wanted, and where there is no model for it."""

    paused: bool = field(default=False, init=False)
    """Whether the person wants none for now; nothing is asked of the model then."""

    async def wake(self) -> Completer | None:
        """Give the completer, made where there is a model for it; None while completions are paused."""
        if self.paused:
            return None
        service = await self.service()
        if self.completer is None and service.filler is not None:
            await asyncio.to_thread(import_module, _MODULE)
        if self.completer is None and service.filler is not None:
            from lastmile.complete.completer import make  # noqa: PLC0415 - imported in a thread just now

            shared = service.shared
            self.completer = make(
                *(service.filler, shared.offload, shared.clock),
                books=service.ledger,
                text_of=self._text_of,
                listener=self.modelling,
            )
        return self.completer

    async def loading(self) -> None:
        """Show that a model is being loaded, where a completion waits for that; for a task of its own."""
        if self.completer is not None:
            generating = self.completer.generating
            await self.modelling.loading(generating.filler.state, generating.is_busy)

    def changed(self, document: Document) -> None:
        """Hear of a key."""
        if self.completer is not None:
            self.completer.key(document.key, lambda: document.snapshot)

    def seen(self, document: Document, *, line: int | None = None) -> None:
        """Hear of a document that was opened or saved."""
        if self.completer is not None:
            self.completer.context.seen(document.snapshot, line)

    def closed(self, document: Document) -> None:
        """Hear of a document that is gone."""
        if self.completer is not None:
            self.completer.closed(document.key, document.snapshot)

    async def rest(self, document: Document) -> None:
        """Have the model read ahead once typing rests."""
        if self.completer is not None and not self.paused:
            await self.completer.rest(document.key, lambda: self._snapshot(document), self._others)

    async def close(self) -> None:
        """End what runs."""
        if self.completer is not None:
            await self.completer.close()

    def _snapshot(self, document: Document) -> Snapshot | None:
        return document.snapshot if any(item is document for item in self.documents) else None

    def _text_of(self, key: str) -> str | None:
        return next((item.snapshot.text for item in self.documents if item.key == key), None)

    async def _others(self, snapshot: Snapshot) -> list[Other]:
        """Give the open documents, and the files of the workspace that a document imports."""
        from lastmile.complete.definitions import Other  # noqa: PLC0415 - loaded with the completer

        python = (item for item in self.documents if item.language == "python" and item.path is not None)
        texts = {str(item.path): item.snapshot.text for item in python}
        folders = (await self.service()).folders
        if self.completer is not None and folders:
            roots = [str(root) for folder in folders for root in (folder, folder / "src")]
            places = await self.completer.judging.imported(snapshot, roots)
            texts = await asyncio.to_thread(_read, places, folders) | texts
        return [Other(path, text) for path, text in texts.items()]


def _read(places: Sequence[Sequence[str]], folders: Sequence[Path]) -> dict[str, str]:
    """Read of each module the first of its files that is there and in the workspace; nothing else is opened.

    What a link leads to outside is not in it.
    """
    found: dict[str, str] = {}
    roots = [folder.resolve() for folder in folders]
    for files in places:
        inside = (path for path in map(Path, files) if _is_inside(path, roots))
        with suppress(OSError):
            path = next((path for path in inside if path.is_file()), None)
            if path is not None and len(found) < _MOST_FILES and path.stat().st_size < _LONGEST_FILE:
                found[str(path)] = path.read_text("utf-8", "replace")
    return found


def _is_inside(path: Path, roots: Sequence[Path]) -> bool:
    try:
        real = path.resolve()
    except (OSError, RuntimeError):  # links that go in a circle
        return False
    return any(real.is_relative_to(root) for root in roots)
