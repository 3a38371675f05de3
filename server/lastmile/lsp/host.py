"""The server with what it holds for its client. What it does is in `features`."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING

from lsprotocol import types
from pygls.lsp.server import LanguageServer

from lastmile import __version__
from lastmile.lsp.background import Background
from lastmile.lsp.client import Client
from lastmile.lsp.consent import Asker
from lastmile.lsp.documents import Documents
from lastmile.lsp.pages import Pages
from lastmile.lsp.person import Person
from lastmile.lsp.protocol import Protocol
from lastmile.lsp.reports import Reports
from lastmile.lsp.survival import Survival

if TYPE_CHECKING:
    from lastmile.service import Service

logger = logging.getLogger(__name__)

_CELLS = types.NotebookDocumentSyncOptions(
    [types.NotebookDocumentFilterWithCells([types.NotebookCellLanguage("python")])]
)


class Server(LanguageServer):
    """One server for one client."""

    protocol: Protocol

    def __init__(self, service: Service) -> None:
        super().__init__(
            "lastmile",
            __version__,
            types.TextDocumentSyncKind.Incremental,
            _CELLS,
            protocol_cls=Protocol,
            max_workers=1,
        )
        self.service = service
        self.client = Client()
        """What the client can do; known from `initialize` on."""

        self.initial: object = None
        """The settings that came with `initialize`; those that are asked for later lie over them."""

        self.documents = Documents()
        self.background = Background()
        self.person = Person(self.protocol)
        self.pages = Pages(service, self.person)
        self.consent = Asker(self.person)
        self.survival = Survival()
        self.reports = Reports()
        self.working: dict[int | str, asyncio.Task[object]] = {}
        """The tasks whose progress the client sees, by token."""

    def report_server_error(self, error: Exception, source: type[Exception]) -> None:
        """Log what went wrong outside of any request; the person could do nothing about it."""
        logger.error("%s: %s", source.__name__, error)
