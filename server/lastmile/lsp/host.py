"""The server with what it holds for its client. What it does is in `features`."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from lsprotocol import types
from pygls.exceptions import FeatureRequestError
from pygls.lsp.server import LanguageServer

from lastmile import __version__
from lastmile.errors import LastmileError, RequestError
from lastmile.lsp.background import Background
from lastmile.lsp.completing.completions import Completions
from lastmile.lsp.configured import Configured
from lastmile.lsp.documents import Document, Documents
from lastmile.lsp.landing.survival import Survival
from lastmile.lsp.pages import Pages
from lastmile.lsp.person.modelling import Modelling
from lastmile.lsp.person.person import Person
from lastmile.lsp.person.reports import Reports
from lastmile.lsp.wire import uris
from lastmile.lsp.wire.client import Client
from lastmile.lsp.wire.failures import invalid
from lastmile.lsp.wire.flights import Flights
from lastmile.lsp.wire.made import Done
from lastmile.lsp.wire.protocol import Protocol
from lastmile.text.lines import has_lone_return

if TYPE_CHECKING:
    from lastmile.lsp.landing.receipts import Receipts
    from lastmile.lsp.person.consent import Asker
    from lastmile.lsp.readying.stock import Stock
    from lastmile.service import Service

logger = logging.getLogger(__name__)

_CELLS = types.NotebookDocumentSyncOptions(
    [types.NotebookDocumentFilterWithCells([types.NotebookCellLanguage("python")])]
)


class Server(LanguageServer):
    """One server for one client."""

    protocol: Protocol

    def __init__(self, open_service: Callable[[], Service]) -> None:
        super().__init__(
            "lastmile",
            __version__,
            types.TextDocumentSyncKind.Incremental,
            _CELLS,
            protocol_cls=Protocol,
            max_workers=1,
        )
        self._open_service = open_service
        self._opening: asyncio.Task[Service] | None = None
        self.client = Client()
        """What the client can do; known from `initialize` on."""

        self.folders: tuple[Path, ...] = ()
        """The workspace folders."""

        self.initial: object = None
        """The settings that came with `initialize`; those that are asked for later lie over them."""

        self.configured = Configured()
        self.documents = Documents()
        self.background = Background()
        self.person = Person(self.protocol)
        self.pages = Pages(self.service, self.person, lambda: self.is_configured)
        self.survival = Survival()
        self.modelling = Modelling(self.person, lambda: self.client)
        self.completions = Completions(self.service, self.documents, self.modelling)
        self.reports = Reports()
        self.flights: Flights[Done | None] = Flights()
        """The actions that are being resolved."""

        self.asking: int = 0
        """How many tasks a person waits for: nothing is made ahead meanwhile."""

        self.stock: Stock | None = None
        """What was made ahead; None until typing rested for the first time."""

        self.failing: set[str] = set()
        """The documents, by key, in which tests are shown as failing."""

        self.working: dict[int | str, asyncio.Task[object]] = {}
        """The tasks whose progress the client sees, by token."""

    @cached_property
    def receipts(self) -> Receipts:
        """What was applied and refused last."""
        from lastmile.lsp.landing.receipts import Receipts  # noqa: PLC0415 - the start does without it

        return Receipts()

    @cached_property
    def consent(self) -> Asker:
        """The way to ask the person for money."""
        from lastmile.lsp.person.consent import Asker  # noqa: PLC0415 - the start does without it

        return Asker(self.person)

    def document(self, uri: str) -> Document:
        """Find the open document that a request names.

        Raises `RequestError` where it was closed or the client counts its lines otherwise, and an "invalid params"
        error where it is not open and lies outside of the workspace: nobody was shown anything to do there.
        """
        try:
            document = self.documents.find(uri)
            path = uris.to_path(uri)
        except RequestError as error:
            raise invalid(str(error)) from error
        if document is not None:
            self._refuse_torn(document)
            return document
        if path is None or any(path.is_relative_to(folder) for folder in self.folders):
            message = f"{uri} is not open in the editor. Open it and ask again."
            raise RequestError(message)
        message = f"{uri} is not open and lies outside of the workspace folders. It was left alone."
        raise invalid(message)

    def _refuse_torn(self, document: Document) -> None:
        """Refuse a text whose lines the client counts otherwise: an edit would land in another place, and delete it."""
        if self.client.keeps_returns and has_lone_return(document.snapshot.text):
            message = (
                f"{document.uri} holds a carriage return that ends no line in {self.client.name}, and one for the"
                " protocol, so no edit would land where it should. Remove it; or where it ends all lines, give the file"
                " others: `:e ++ff=mac`, `:set ff=unix`, `:w`, `:e`."
            )
            self.person.tell_once(message)  # of a menu that was refused Neovim says that it is empty
            raise RequestError(message)

    async def service(self) -> Service:
        """Give the service, which is opened in a thread when it is first asked for.

        That takes as long as half of the start: `initialize` is answered before.
        """
        if self._opening is None:
            self._opening = asyncio.get_running_loop().create_task(self._open())
        return await asyncio.shield(self._opening)

    @property
    def opened(self) -> Service | None:
        """The service, once it is open."""
        opening = self._opening
        if opening is None or not opening.done() or opening.cancelled() or opening.exception() is not None:
            return None
        return opening.result()

    @property
    def is_configured(self) -> bool:
        """Whether the editor's settings have come, or none are to be waited for."""
        return self.configured.is_set or not self.client.configuration

    async def settled(self) -> None:
        """Wait for the editor's settings where it was asked for them: they may forbid what is wanted."""
        if self.client.configuration:
            await self.configured.wait()

    async def close(self) -> None:
        """End pending and background work and close what was opened."""
        await self.protocol.end_all()
        await self.background.close()
        await self.pages.close()
        await self.completions.close()
        await asyncio.to_thread(self.reports.close)
        if self._opening is not None:
            await asyncio.wait({self._opening})
            if not self._opening.cancelled() and self._opening.exception() is None:
                await self._opening.result().close()

    async def _open(self) -> Service:
        try:
            service = await asyncio.to_thread(self._open_service)
        except LastmileError as error:
            self.person.tell(f"Lastmile cannot work: {error}", kind=types.MessageType.Error)
            raise
        service.folders = self.folders
        service.others = lambda: self.documents.others(None)
        service.edition = lambda: self.documents.edition
        if self.initial is not None:
            service.configure(self.initial)
        return service

    def report_server_error(self, error: Exception, source: type[Exception]) -> None:
        """Log what went wrong outside of any request; a request's failure is its answer."""
        if source is not FeatureRequestError:
            logger.error("%s: %s", source.__name__, error)
