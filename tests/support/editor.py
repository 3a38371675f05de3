"""An editor on our server in this process: documents, menus, edits applied as an editor would.

The server is the real one, over the real service in a folder of the test's own; both ends talk
JSON-RPC bytes.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import cast

from pygls.io_ import run_async
from tests.support.stage import Stage
from tests.support.wire import Json, Wire

from lastmile.lsp.host import Server
from lastmile.lsp.serve import Stepwise
from lastmile.lsp.server import build
from lastmile.service import Service
from lastmile.text.edits import Replacement, Span, apply
from lastmile.text.lines import LineIndex
from lastmile.text.positions import Encoding, Position, to_offset, to_position

VSCODE: dict[str, Json] = {
    "general": {"positionEncodings": ["utf-16"]},
    "window": {"workDoneProgress": True, "showDocument": {"support": True}},
    "workspace": {
        "applyEdit": True,
        "configuration": True,
        "workspaceEdit": {"documentChanges": True, "changeAnnotationSupport": {"groupsOnLabel": True}},
        "didChangeConfiguration": {"dynamicRegistration": True},
        "didChangeWatchedFiles": {"dynamicRegistration": True},
        "diagnostics": {"refreshSupport": True},
    },
    "textDocument": {
        "codeAction": {
            "codeActionLiteralSupport": {"codeActionKind": {"valueSet": ["quickfix", "refactor", "source"]}},
            "resolveSupport": {"properties": ["edit"]},
            "dataSupport": True,
            "disabledSupport": True,
            "isPreferredSupport": True,
            "tagSupport": {"valueSet": [1]},
        },
        "publishDiagnostics": {"codeDescriptionSupport": True, "tagSupport": {"valueSet": [1, 2]}},
    },
    "notebookDocument": {"synchronization": {}},
}
"""A client that can do all that this server asks of one, and has its diagnostics pushed."""

UNVERSIONED: dict[str, Json] = {**VSCODE, "workspace": {"applyEdit": True, "configuration": True}}
"""A client that applies an edit whatever text it was made for."""

PLAIN: dict[str, Json] = {}
"""A client that says nothing of itself."""


class Editor:
    """One client with its open documents."""

    def __init__(self, server: Server, wire: Wire, folder: Path) -> None:
        self.server = server
        self.wire = wire
        self.folder = folder
        self.capabilities: dict[str, Json] = {}
        """What the server answered to `initialize`."""

        self.texts: dict[str, str] = {}
        self.versions: dict[str, int] = {}
        self.settings: Json = None
        """What the client answers when it is asked for its settings, for every folder."""

        wire.answers["workspace/configuration"] = lambda params: [self.settings for _ in params["items"]]
        wire.answers["workspace/applyEdit"] = lambda params: {"applied": self.take(params["edit"])}

    @property
    def encoding(self) -> Encoding:
        return self.server.client.encoding

    def uri(self, name: str) -> str:
        return (self.folder / name).as_uri()

    def open(self, name: str, text: str, *, language: str = "python", uri: str = "") -> str:
        """Open a document with unsaved text; gives its URI."""
        uri = uri or self.uri(name)
        self.texts[uri], self.versions[uri] = text, 1
        item = {"uri": uri, "languageId": language, "version": 1, "text": text}
        self.wire.notify("textDocument/didOpen", {"textDocument": item})
        return uri

    def edit(self, uri: str, *replacements: Replacement) -> None:
        """Change a document as typing does: one notification, the changes from the end to the start."""
        text = self.texts[uri]
        ordered = sorted(replacements, reverse=True)
        changes = [{"range": self.place(text, item.span), "text": item.text} for item in ordered]
        self.texts[uri] = apply(text, replacements)
        self.versions[uri] += 1
        document = {"uri": uri, "version": self.versions[uri]}
        self.wire.notify("textDocument/didChange", {"textDocument": document, "contentChanges": changes})

    def type(self, uri: str, at: int, text: str) -> None:
        self.edit(uri, Replacement(Span(at, at), text))

    def save(self, uri: str) -> None:
        self.wire.notify("textDocument/didSave", {"textDocument": {"uri": uri}})

    def close(self, uri: str) -> None:
        self.wire.notify("textDocument/didClose", {"textDocument": {"uri": uri}})

    def place(self, text: str, span: Span) -> dict[str, Json]:
        index = LineIndex(text)
        edges = (to_position(index, at, self.encoding) for at in (span.start, span.end))
        start, end = ({"line": edge.line, "character": edge.character} for edge in edges)
        return {"start": start, "end": end}

    async def menu(self, uri: str, at: Span | str, **context: Json) -> list[Json]:
        """Ask for the menu at a span, or at the first occurrence of a text."""
        found = await self.wire.request("textDocument/codeAction", self.menu_params(uri, at, **context))
        assert isinstance(found, list)
        return found

    def menu_params(self, uri: str, at: Span | str, **context: Json) -> dict[str, Json]:
        text = self.texts[uri]
        span = Span(text.index(at), text.index(at) + len(at)) if isinstance(at, str) else at
        return {
            "textDocument": {"uri": uri},
            "range": self.place(text, span),
            "context": {"diagnostics": [], **context},
        }

    async def resolve(self, action: Json) -> Json:
        return await self.wire.request("codeAction/resolve", action)

    async def command(self, name: str, *arguments: Json, **more: Json) -> Json:
        params = {"command": name, "arguments": list(arguments), **more}
        return await self.wire.request("workspace/executeCommand", params)

    def take(self, edit: Json) -> bool:
        """Apply a workspace edit, refusing what is for another version, as editors do."""
        for item in edit.get("documentChanges", []):
            uri, version = item["textDocument"]["uri"], item["textDocument"]["version"]
            if version not in {None, self.versions[uri]}:
                return False
            self._apply(uri, item["edits"])
        for uri, edits in edit.get("changes", {}).items():
            self._apply(uri, edits)
        return True

    async def diagnostics(self, uri: str) -> list[Json]:
        """Wait for what is pushed for the document as it is."""
        version = self.versions[uri]
        params = await self.wire.heard(
            "textDocument/publishDiagnostics",
            lambda params: params["uri"] == uri and params.get("version") == version,
        )
        assert isinstance(params["diagnostics"], list)
        return params["diagnostics"]

    def _apply(self, uri: str, edits: list[Json]) -> None:
        index = LineIndex(self.texts[uri])

        def offset(place: Json) -> int:
            return to_offset(index, Position(place["line"], place["character"]), self.encoding)

        self.edit(
            uri,
            *(
                Replacement(Span(offset(edit["range"]["start"]), offset(edit["range"]["end"])), edit["newText"])
                for edit in edits
            ),
        )


@asynccontextmanager
async def editing(
    service: Service | Stage | Callable[[], Service],
    folder: Path,
    *,
    client: Mapping[str, Json] = VSCODE,
    name: str = "Test",
    settings: Json = None,
) -> AsyncIterator[Editor]:
    """Run a server over the service in this loop, with an editor that has opened the folder."""
    server = build(cast("Service", service))
    to_server, to_client = asyncio.StreamReader(limit=1 << 26), asyncio.StreamReader(limit=1 << 26)
    server.protocol.set_writer(_Pipe(to_client))
    reading = asyncio.create_task(
        run_async(threading.Event(), Stepwise(to_server), server.protocol, error_handler=server.report_server_error)
    )
    wire = Wire(to_client, to_server.feed_data)
    editor = Editor(server, wire, folder)
    answer = await wire.request(
        "initialize",
        {
            "processId": None,
            "rootUri": folder.as_uri(),
            "clientInfo": {"name": name},
            "capabilities": client,
            "initializationOptions": settings,
            "workspaceFolders": [{"uri": folder.as_uri(), "name": folder.name}],
        },
    )
    editor.capabilities = answer["capabilities"]
    wire.notify("initialized", {})
    try:
        yield editor
        await wire.request("shutdown")
    finally:
        await wire.stop()
        to_server.feed_eof()
        await reading
        await server.close()


class _Pipe:
    """Hands what one end writes to the other."""

    def __init__(self, reader: asyncio.StreamReader) -> None:
        self.write = reader.feed_data
        self.close = reader.feed_eof
