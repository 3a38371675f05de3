"""An editor with the real server in a process of its own: pytest-lsp's client over stdio.

The editor keeps documents, applies what it is given, answers what the server asks as the test says,
and remembers what it was told. Everything waits on what arrives, never on time.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from attrs import define, field
from lsprotocol import types
from pytest_lsp import ClientServerConfig
from tests.support.e2e_client import Action, Client, make_client
from tests.support.e2e_kinds import VSCODE, Kind
from tests.support.e2e_text import Doc, Edit, range_of
from tests.support.patience import PATIENCE
from tests.support.warm import PROGRAM, WARM

SERVE = (*PROGRAM, "serve")
COMMAND = (*WARM, "serve")
"""The server for most tests; those about its process start `SERVE`."""


@define(eq=False)
class Editor:
    """One editor in one folder."""

    client: Client
    folder: Path
    initialized: types.InitializeResult
    docs: dict[str, Doc] = field(factory=dict)
    ids: int = 0
    counts: str | None = None
    """What it counts in whatever the server says."""

    @property
    def encoding(self) -> str:
        return self.counts or str(self.initialized.capabilities.position_encoding or "utf-16")

    @property
    def told(self) -> list[str]:
        """What the person was told."""
        return [message.message for message in self.client.messages]

    @property
    def asked(self) -> list[str]:
        return [question.message for question in self.client.questions]

    @property
    def offers(self) -> list[str]:
        """The questions whether to pay."""
        return [item for item in self.asked if item.startswith("Ask ")]

    async def surfaced(self) -> str:
        """Wait for the one line that says why there is no edit."""
        lines = await self.client.until(
            lambda: self.told + [item for item in self.asked if not item.startswith("Ask ")]
        )
        assert len(lines) == 1, lines
        return lines[0]

    @property
    def logged(self) -> list[str]:
        return [message.message for message in self.client.log_messages]

    def forget(self) -> None:
        """Close everything and forget what was said, for the next test of a shared server."""
        for doc in list(self.docs.values()):
            self.close(doc)
        for kept in (self.client.messages, self.client.questions, self.client.answers, self.client.applied):
            kept.clear()
        for told in (self.client.pushed, self.client.log_messages, self.client.shown_documents, self.client.faults):
            told.clear()
        self.client.answering = self.client.answer
        self.client._last_log_index = 0
        self.client.progress_reports.clear()

    def open(self, name: str, text: str, *, language: str = "python") -> Doc:
        """Open a document with unsaved text; a name with a colon is a whole URI."""
        uri = name if ":" in name else (self.folder / name).as_uri()
        item = types.TextDocumentItem(uri, language, 1, text)
        self.client.text_document_did_open(types.DidOpenTextDocumentParams(item))
        return self.adopt(item)

    def adopt(self, item: types.TextDocumentItem) -> Doc:
        """Keep a document that the server was told of."""
        doc = self.docs[item.uri] = Doc(item.uri, item.text, self.encoding, item.version)
        return doc

    def change(self, doc: Doc, old: str, new: str) -> None:
        """Put another text in the place of the first occurrence of one."""
        start = doc.text.index(old)
        self._notify(doc, doc.take([types.TextEdit(range_of(doc.text, start, start + len(old), doc.encoding), new)]))

    def replace(self, doc: Doc, text: str) -> None:
        """Put another text in the place of the whole, as one change without a range."""
        doc.text, doc.version = text, doc.version + 1
        self._notify(doc, [types.TextDocumentContentChangeWholeDocument(text)])

    def save(self, doc: Doc) -> None:
        identifier = types.TextDocumentIdentifier(doc.uri)
        self.client.text_document_did_save(types.DidSaveTextDocumentParams(identifier))

    def close(self, doc: Doc) -> None:
        self.docs.pop(doc.uri, None)
        identifier = types.TextDocumentIdentifier(doc.uri)
        self.client.text_document_did_close(types.DidCloseTextDocumentParams(identifier))

    async def menu(
        self,
        doc: Doc,
        at: str | types.Range,
        *,
        only: Sequence[types.CodeActionKind | str] | None = None,
        trigger: types.CodeActionTriggerKind = types.CodeActionTriggerKind.Invoked,
        diagnostics: Sequence[types.Diagnostic] = (),
    ) -> list[Action]:
        """Ask what can be done at a text, or at a range."""
        context = types.CodeActionContext(list(diagnostics), only=only, trigger_kind=trigger)
        identifier = types.TextDocumentIdentifier(doc.uri)
        params = types.CodeActionParams(identifier, doc.place(at), context)
        return list(await self.client.text_document_code_action_async(params) or ())

    async def entry(self, doc: Doc, at: str, start: str, **more: Any) -> types.CodeAction:  # noqa: ANN401 - of the menu
        """Find the one entry whose title begins so."""
        menu = await self.menu(doc, at, **more)
        found = [item for item in menu if item.title.startswith(start)]
        assert len(found) == 1, f"{start!r} among {[item.title for item in menu]}"
        assert isinstance(found[0], types.CodeAction)
        return found[0]

    def resolving(self, action: types.CodeAction) -> tuple[int, asyncio.Future[types.CodeAction]]:
        """Begin to resolve; gives the request's id, to cancel it by, and the answer to come."""
        self.ids += 1
        future = self.client.protocol.send_request(types.CODE_ACTION_RESOLVE, action, msg_id=self.ids)
        return self.ids, asyncio.wrap_future(future)

    async def resolve(self, action: types.CodeAction) -> types.CodeAction:
        return await asyncio.wait_for(self.resolving(action)[1], PATIENCE)

    async def choose(self, doc: Doc, at: str, start: str, **more: Any) -> types.CodeAction:  # noqa: ANN401 - of the menu
        """Choose an entry of the menu, and take its edit if there is one."""
        action = await self.resolve(await self.entry(doc, at, start, **more))
        if action.edit is not None:
            assert self.take(action.edit) == ""
        return action

    async def command(self, name: str, *arguments: Any, token: int | None = None) -> Any:  # noqa: ANN401 - by command
        if token is not None:
            self.client.progress_reports[token] = []
        params = types.ExecuteCommandParams(name, list(arguments), work_done_token=token)
        return await self.client.workspace_execute_command_async(params)

    def take(self, edit: types.WorkspaceEdit) -> str:
        """Apply an edit as editors do; gives why it was refused, or nothing."""
        for uri, edits in edits_of(edit, versions={doc.uri: doc.version for doc in self.docs.values()}).items():
            if isinstance(edits, str):
                return edits
            doc = self.docs[uri]
            self._notify(doc, doc.take(edits))
        return ""

    async def pull(self, doc: Doc, *, before: str | None = None) -> Any:  # noqa: ANN401 - one of the reports
        identifier = types.TextDocumentIdentifier(doc.uri)
        params = types.DocumentDiagnosticParams(identifier, previous_result_id=before)
        return await self.client.text_document_diagnostic_async(params)

    async def codes(self, doc: Doc) -> list[str]:
        """Pull a document's diagnostics; gives their codes in order of place."""
        report = await self.pull(doc)
        return [str(item.code) for item in report.items]

    async def pushed(self, doc: Doc) -> list[types.Diagnostic]:
        """Wait for what is pushed for the document as it is now."""

        def look() -> list[types.PublishDiagnosticsParams]:
            pushed = self.client.pushed
            return [item for item in pushed if (item.uri, item.version) == (doc.uri, doc.version)]

        return list((await self.client.until(look))[-1].diagnostics)

    def progress(self) -> list[str]:
        """Give what progress was shown, in the order of each token's reports."""
        reports = [report for shown in self.client.progress_reports.values() for report in shown]
        return [str(getattr(report, "message", None) or getattr(report, "title", "")) for report in reports]

    async def configure(self, settings: object) -> None:
        """Set settings of the editor's and say that they changed; done when the server took them."""
        self.client.set_configuration(settings, section="lastmile")
        count = self.client.diagnostic_refresh_count
        self.client.workspace_did_change_configuration(types.DidChangeConfigurationParams(settings=None))
        await self.client.until(lambda: self.client.diagnostic_refresh_count > count)
        await self.command(
            "lastmile.status"
        )  # a refresh may come for what was before, and that waits for the newer ones

    def _notify(self, doc: Doc, changes: Sequence[types.TextDocumentContentChangeEvent]) -> None:
        identifier = types.VersionedTextDocumentIdentifier(doc.version, doc.uri)
        self.client.text_document_did_change(types.DidChangeTextDocumentParams(identifier, list(changes)))


def edits_of(edit: types.WorkspaceEdit, *, versions: Mapping[str, int]) -> dict[str, list[Edit] | str]:
    """Give the edits by document; a text says why they cannot be applied to it."""
    found: dict[str, list[Edit] | str] = {uri: list(edits) for uri, edits in (edit.changes or {}).items()}
    for change in edit.document_changes or ():
        assert isinstance(change, types.TextDocumentEdit)
        uri, version = change.text_document.uri, change.text_document.version
        current = version is None or version == versions.get(uri)
        edits = [item for item in change.edits if not isinstance(item, types.SnippetTextEdit)]
        found[uri] = edits if current else f"{uri} is not at version {version} any more"
    return found


@asynccontextmanager
async def started(
    env: Mapping[str, str],
    *folders: Path,
    kind: Kind = VSCODE,
    options: object = None,
    settings: Mapping[str, Any] | None = None,
    command: Sequence[str] = COMMAND,
) -> AsyncIterator[Editor]:
    """Start the server with an editor on folders; what is still there of it at the end is killed.

    Where settings are given, they hold when the block begins.
    """
    client = await ClientServerConfig(list(command), make_client, dict(env)).start()
    assert isinstance(client, Client)
    if settings is not None:
        client.set_configuration(dict(settings), section="lastmile")
    try:
        result = await client.initialize_session(
            types.InitializeParams(
                capabilities=kind.capabilities(),
                process_id=os.getpid(),
                client_info=types.ClientInfo(kind.name, kind.version),
                root_uri=folders[0].as_uri() if folders else None,
                initialization_options=options,
                workspace_folders=[types.WorkspaceFolder(folder.as_uri(), folder.name) for folder in folders] or None,
            )
        )
        editor = Editor(client, folders[0] if folders else Path("/nowhere"), result, counts=kind.counts)
        client.take = editor.take
        if settings is not None and kind.refreshes:
            await client.until(lambda: client.diagnostic_refresh_count)
        yield editor
        assert client.faults == []
    finally:
        if client.process.returncode is None:
            client.process.kill()
        await client.stop()  # type: ignore[no-untyped-call]  # pytest-lsp's own


@asynccontextmanager
async def editing(env: Mapping[str, str], *folders: Path, **more: Any) -> AsyncIterator[Editor]:  # noqa: ANN401 - of `started`
    """Start the server with an editor, and leave as editors do: the server must end well."""
    async with started(env, *folders, **more) as editor:
        yield editor
        assert await leave(editor) == 0


async def leave(editor: Editor) -> int:
    """Shut the server down and wait for its end; gives its exit status."""
    await editor.client.shutdown_async(None)
    editor.client.exit(None)
    return await asyncio.wait_for(editor.client.process.wait(), PATIENCE)
