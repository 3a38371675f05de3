"""An editor with the real server in a process of its own: pytest-lsp's client over stdio.

The editor keeps documents, applies what it is given, answers what the server asks as the test says,
and remembers what it was told. Everything waits on what arrives, never on time.
"""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, TypeVar, Union

from attrs import define, field
from cattrs import Converter
from lsprotocol import types
from pygls.protocol import default_converter
from pytest_lsp import ClientServerConfig, LanguageClient
from pytest_lsp.client import DEFAULT_CLIENT_FEATURES, register_lsp_features
from pytest_lsp.protocol import LanguageClientProtocol
from tests.support.e2e_clients import VSCODE, Kind
from tests.support.e2e_text import Doc, Edit, range_of

T = TypeVar("T")
PATIENCE = 30.0
COMMAND = (sys.executable, "-m", "lastmile", "serve")
HOLD = "never answered"
"""An answer that the person does not give, however long the server waits."""

Action = types.CodeAction | types.Command


def _converter() -> Converter:
    """Make the client's converter.

    lsprotocol's own cannot read back a notebook filter that has no notebook, and takes an action
    that carries a command for a command.
    """
    converter = default_converter()

    def cells(value: Mapping[str, Any], _: object) -> types.NotebookDocumentFilterWithCells:
        languages = [types.NotebookCellLanguage(cell["language"]) for cell in value["cells"]]
        return types.NotebookDocumentFilterWithCells(languages, value.get("notebook"))

    def action(value: Mapping[str, Any], _: object) -> Action:
        bare = isinstance(value.get("command"), str)
        return converter.structure(value, types.Command if bare else types.CodeAction)

    converter.register_structure_hook(types.NotebookDocumentFilterWithCells, cells)
    converter.register_structure_hook(types.Command | types.CodeAction, action)
    converter.register_structure_hook(Union[types.Command, types.CodeAction], action)  # noqa: UP007 - lsprotocol's spelling
    return converter


class _Protocol(LanguageClientProtocol):
    """Wakes those who wait for something whenever a message came."""

    _server: Client

    def handle_message(self, message: Any) -> None:  # noqa: ANN401 - any message
        super().handle_message(message)
        self._server.ticked()

    async def send_request_async(self, method: str, params: object = None, msg_id: int | None = None) -> Any:  # noqa: ANN401 - by method
        return await asyncio.wait_for(super().send_request_async(method, params, msg_id), PATIENCE)


class Client(LanguageClient):
    """pytest-lsp's client, which also answers questions, takes edits and forgives nothing."""

    def __init__(self) -> None:
        super().__init__(protocol_cls=_Protocol, converter_factory=_converter)
        self.faults: list[str] = []
        """What was wrong with what the server sent."""

        self.questions: list[types.ShowMessageRequestParams] = []
        self.answers: list[str | None] = []
        """What the person says, in order; after that every question is closed unanswered."""

        self.applied: list[types.ApplyWorkspaceEditParams] = []
        self.pushed: list[types.PublishDiagnosticsParams] = []
        self.registrations: list[types.Registration] = []
        self.take: Callable[[types.WorkspaceEdit], str] = lambda _edit: "nobody takes edits"
        self._tick = asyncio.Event()

    @property
    def process(self) -> asyncio.subprocess.Process:
        assert self._server is not None
        return self._server

    def ticked(self) -> None:
        self._tick.set()
        self._tick = asyncio.Event()

    async def until(self, look: Callable[[], T]) -> T:
        """Wait until something is seen; gives it."""
        try:
            async with asyncio.timeout(PATIENCE):
                while not (found := look()):
                    await self._tick.wait()
        except TimeoutError as error:
            told = [message.message for message in self.messages]
            message = f"It did not come. Told: {told}; asked: {[q.message for q in self.questions]}"
            raise AssertionError(message) from error
        return found

    def report_server_error(self, error: Exception, source: Any) -> None:  # noqa: ANN401 - a class of pygls
        self.faults.append(f"{source.__name__}: {error!r}")
        super().report_server_error(error, source)

    async def answer(self, params: types.ShowMessageRequestParams) -> types.MessageActionItem | None:
        self.questions.append(params)
        self.ticked()
        said = self.answers.pop(0) if self.answers else None
        if said == HOLD:
            await asyncio.Event().wait()
        titles = [item.title for item in params.actions or ()]
        assert said is None or said in titles, f"{said!r} is none of {titles}"
        return None if said is None else types.MessageActionItem(said)

    def apply(self, params: types.ApplyWorkspaceEditParams) -> types.ApplyWorkspaceEditResult:
        self.applied.append(params)
        why = self.take(params.edit)
        return types.ApplyWorkspaceEditResult(not why, why or None)


def _make_client() -> Client:
    client = Client()
    taken = (types.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS,)
    register_lsp_features(client, {name: own for name, own in DEFAULT_CLIENT_FEATURES.items() if name not in taken})

    @client.feature(types.WINDOW_SHOW_MESSAGE_REQUEST)
    async def ask(params: types.ShowMessageRequestParams) -> types.MessageActionItem | None:
        return await client.answer(params)

    @client.feature(types.WORKSPACE_APPLY_EDIT)
    def apply(params: types.ApplyWorkspaceEditParams) -> types.ApplyWorkspaceEditResult:
        return client.apply(params)

    @client.feature(types.CLIENT_REGISTER_CAPABILITY)
    def register(params: types.RegistrationParams) -> None:
        client.registrations.extend(params.registrations)

    @client.feature(types.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS)
    def publish(params: types.PublishDiagnosticsParams) -> None:
        client.pushed.append(params)

    return client


@define(eq=False)
class Editor:
    """One editor in one folder."""

    client: Client
    folder: Path
    initialized: types.InitializeResult
    docs: dict[str, Doc] = field(factory=dict)
    ids: int = 0

    @property
    def encoding(self) -> str:
        return str(self.initialized.capabilities.position_encoding or "utf-16")

    @property
    def told(self) -> list[str]:
        """What the person was told."""
        return [message.message for message in self.client.messages]

    @property
    def asked(self) -> list[str]:
        return [question.message for question in self.client.questions]

    @property
    def logged(self) -> list[str]:
        return [message.message for message in self.client.log_messages]

    def forget(self) -> None:
        """Close everything and forget what was said, for the next test of a shared server."""
        for doc in list(self.docs.values()):
            self.close(doc)
        for kept in (self.client.messages, self.client.questions, self.client.answers, self.client.applied):
            kept.clear()
        for kept in (self.client.pushed, self.client.log_messages, self.client.shown_documents, self.client.faults):
            kept.clear()
        self.client._last_log_index = 0
        self.client.progress_reports.clear()

    def open(self, name: str, text: str, *, language: str = "python") -> Doc:
        """Open a document with unsaved text; a name with a colon is a whole URI."""
        uri = name if ":" in name else (self.folder / name).as_uri()
        doc = self.docs[uri] = Doc(uri, text, self.encoding)
        item = types.TextDocumentItem(uri, language, 1, text)
        self.client.text_document_did_open(types.DidOpenTextDocumentParams(item))
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

    async def command(self, name: str, *arguments: Any, token: str | None = None) -> Any:  # noqa: ANN401 - by command
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

    async def configure(self, settings: Mapping[str, Any], *, folder: Path | None = None) -> None:
        """Set settings of the editor's and say that they changed; done when the server took them."""
        scope = folder.as_uri() if folder is not None else None
        self.client.set_configuration(dict(settings), section="lastmile", scope_uri=scope)
        count = self.client.diagnostic_refresh_count
        self.client.workspace_did_change_configuration(types.DidChangeConfigurationParams(settings=None))
        await self.client.until(lambda: self.client.diagnostic_refresh_count > count)

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
    """Start the server with an editor on folders; it is not shut down, but killed if it is still there at the end."""
    client = await ClientServerConfig(list(command), _make_client, dict(env)).start()
    assert isinstance(client, Client)
    if settings is not None:
        client.set_configuration(dict(settings), section="lastmile")
    try:
        result = await client.initialize_session(
            types.InitializeParams(
                capabilities=kind.capabilities(),
                process_id=os.getpid(),
                client_info=types.ClientInfo(kind.name),
                root_uri=folders[0].as_uri() if folders else None,
                initialization_options=options,
                workspace_folders=[types.WorkspaceFolder(folder.as_uri(), folder.name) for folder in folders] or None,
            )
        )
        editor = Editor(client, folders[0] if folders else Path("/nowhere"), result)
        client.take = editor.take
        yield editor
        assert client.faults == []
    finally:
        if client.process.returncode is None:
            client.process.kill()
        await client.stop()


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
