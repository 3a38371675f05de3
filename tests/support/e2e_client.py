"""pytest-lsp's client as an editor's end of the wire: answers what the server asks, remembers what it was told.

Whatever the server sends that the specification forbids is kept as a fault, for the test to fail on.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from typing import Any, TypeVar, Union

from cattrs import Converter
from lsprotocol import types
from pygls.protocol import default_converter
from pytest_lsp import LanguageClient
from pytest_lsp.client import DEFAULT_CLIENT_FEATURES, register_lsp_features
from pytest_lsp.protocol import LanguageClientProtocol
from tests.support.patience import PATIENCE

T = TypeVar("T")
F = TypeVar("F", bound=Callable[..., Any])
_LOOK = 0.1
"""Seconds after which is looked again where no message comes."""

HOLD = "never answered"
"""An answer that the person does not give, however long the server waits."""

Action = types.CodeAction | types.Command
Answering = Callable[[types.ShowMessageRequestParams], Awaitable[types.MessageActionItem | None]]


def _converter() -> Converter:
    """Make the client's converter.

    lsprotocol's own cannot read back a notebook filter that has no notebook, and takes an action
    that carries a command for a command.
    """
    converter: Converter = default_converter()  # type: ignore[no-untyped-call]  # pygls' own

    def cells(value: Mapping[str, Any], _: object) -> types.NotebookDocumentFilterWithCells:
        languages = [types.NotebookCellLanguage(cell["language"]) for cell in value["cells"]]
        return types.NotebookDocumentFilterWithCells(languages, value.get("notebook"))

    def action(value: Mapping[str, Any], _: object) -> Action:
        bare = isinstance(value.get("command"), str)
        return converter.structure(value, types.Command) if bare else converter.structure(value, types.CodeAction)

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

    async def send_request_async(self, method: str, params: object = None, msg_id: str | int | None = None) -> Any:  # noqa: ANN401 - by method
        answer = super().send_request_async(method, params, msg_id)  # type: ignore[no-untyped-call]  # pytest-lsp's own
        return await asyncio.wait_for(answer, PATIENCE)


class Client(LanguageClient):
    """pytest-lsp's client, which also answers questions, takes edits and forgives nothing."""

    protocol: _Protocol
    progress_reports: dict[types.ProgressToken, list[Any]]
    """What each token's progress said: pytest-lsp keeps the values, and calls them messages."""

    def __init__(self) -> None:
        super().__init__(protocol_cls=_Protocol, converter_factory=_converter)
        self.faults: list[str] = []
        """What was wrong with what the server sent."""

        self.questions: list[types.ShowMessageRequestParams] = []
        self.answers: list[str | None] = []
        """What the person says, in order; after that every question is closed unanswered."""

        self.applied: list[types.ApplyWorkspaceEditParams] = []
        self.pushed: list[types.PublishDiagnosticsParams] = []
        self.lens_refresh_count = 0
        self.registrations: list[types.Registration] = []
        self.answering: Callable[[types.ShowMessageRequestParams], Awaitable[types.MessageActionItem | None]] = (
            self.answer
        )
        self.take: Callable[[types.WorkspaceEdit], str] = lambda _edit: "nobody takes edits"
        self._tick = asyncio.Event()

    def feature(self, feature_name: str, options: object = None) -> Callable[[F], F]:
        """Do as pygls does, which loses the type of what it decorates."""
        taken: Callable[[F], F] = super().feature(feature_name, options)
        return taken

    @property
    def process(self) -> asyncio.subprocess.Process:
        assert self._server is not None
        return self._server

    def ticked(self) -> None:
        self._tick.set()
        self._tick = asyncio.Event()

    async def until(self, look: Callable[[], T]) -> T:
        """Wait until something is seen, in what came or on the disk, of which no message tells; gives it."""
        try:
            async with asyncio.timeout(PATIENCE):
                while not (found := look()):
                    with suppress(TimeoutError):
                        await asyncio.wait_for(self._tick.wait(), _LOOK)
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


def make_client() -> Client:
    client = Client()
    taken = (types.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS,)
    register_lsp_features(client, {name: own for name, own in DEFAULT_CLIENT_FEATURES.items() if name not in taken})

    @client.feature(types.WINDOW_SHOW_MESSAGE_REQUEST)
    async def ask(params: types.ShowMessageRequestParams) -> types.MessageActionItem | None:
        return await client.answering(params)

    @client.feature(types.WORKSPACE_APPLY_EDIT)
    def apply(params: types.ApplyWorkspaceEditParams) -> types.ApplyWorkspaceEditResult:
        return client.apply(params)

    @client.feature(types.WORKSPACE_CODE_LENS_REFRESH)
    def refresh_lenses(_params: None) -> None:
        client.lens_refresh_count += 1

    @client.feature(types.CLIENT_REGISTER_CAPABILITY)
    def register(params: types.RegistrationParams) -> None:
        client.registrations.extend(params.registrations)

    @client.feature(types.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS)
    def publish(params: types.PublishDiagnosticsParams) -> None:
        client.pushed.append(params)

    return client
