"""What today's editors say of themselves when they start a server.

Neovim's capabilities are what 0.12.4 prints; pytest-lsp's own are of 0.11. Those of VS Code are
pytest-lsp's, of 1.65, with what its client library has said since.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path

from attrs import frozen
from lsprotocol import converters, types
from pygls.capabilities import get_capability
from pytest_lsp import client_capabilities

_NEOVIM = Path(__file__).parents[1] / "e2e" / "neovim-0.12.4.json"


@frozen
class Kind:
    """One editor: its name and how to get its capabilities, which are made anew for each session."""

    name: str
    capabilities: Callable[[], types.ClientCapabilities]

    @property
    def refreshes(self) -> bool:
        """Whether it can be told to ask for diagnostics again."""
        return bool(get_capability(self.capabilities(), "workspace.diagnostics.refresh_support", default=False))

    def __str__(self) -> str:
        return self.name


def _neovim() -> types.ClientCapabilities:
    said = json.loads(_NEOVIM.read_text(encoding="utf-8"))
    return converters.get_converter().structure(said, types.ClientCapabilities)


def _visual_studio_code() -> types.ClientCapabilities:
    said = client_capabilities("visual-studio-code")
    workspace, document, general = said.workspace, said.text_document, said.general
    assert workspace is not None and document is not None and general is not None  # noqa: PT018 - one thing is meant
    assert workspace.workspace_edit is not None and document.code_action is not None  # noqa: PT018 - as above
    general.position_encodings = [types.PositionEncodingKind.Utf16]
    general.stale_request_support = types.StaleRequestSupportOptions(
        cancel=True, retry_on_content_modified=["textDocument/semanticTokens/full"]
    )
    workspace.workspace_edit.metadata_support = True
    workspace.workspace_edit.snippet_edit_support = True
    workspace.diagnostics = types.DiagnosticWorkspaceClientCapabilities(refresh_support=True)
    document.code_action.honors_change_annotations = True
    document.code_action.documentation_support = True
    document.code_action.resolve_support = types.ClientCodeActionResolveOptions(["edit", "command"])
    document.code_action.tag_support = types.CodeActionTagOptions([types.CodeActionTag.LlmGenerated])
    document.inline_completion = types.InlineCompletionClientCapabilities(dynamic_registration=True)
    document.diagnostic = types.DiagnosticClientCapabilities(
        dynamic_registration=True,
        related_document_support=False,
        related_information=True,
        code_description_support=True,
        data_support=True,
        tag_support=types.ClientDiagnosticsTagOptions(
            [types.DiagnosticTag.Unnecessary, types.DiagnosticTag.Deprecated]
        ),
    )
    said.notebook_document = types.NotebookDocumentClientCapabilities(
        types.NotebookDocumentSyncClientCapabilities(dynamic_registration=True, execution_summary_support=True)
    )
    return said


def _pushed() -> types.ClientCapabilities:
    said = _visual_studio_code()
    assert said.text_document is not None
    said.text_document.diagnostic = None
    return said


def _commands() -> types.ClientCapabilities:
    said = _pushed()
    assert said.text_document is not None
    said.text_document.code_action = None
    return said


def _plain() -> types.ClientCapabilities:
    """Say what a small client says: actions and edits, nothing to resolve, show or ask."""
    kinds = types.ClientCodeActionKindOptions([types.CodeActionKind.QuickFix])
    return types.ClientCapabilities(
        workspace=types.WorkspaceClientCapabilities(apply_edit=True),
        text_document=types.TextDocumentClientCapabilities(
            code_action=types.CodeActionClientCapabilities(
                code_action_literal_support=types.ClientCodeActionLiteralOptions(kinds)
            )
        ),
    )


VSCODE = Kind("Visual Studio Code", _visual_studio_code)
NEOVIM = Kind("Neovim", _neovim)
PUSHED = Kind("VS Code of before it pulled", _pushed)
"""Has its diagnostics pushed."""

COMMANDS = Kind("Of before there were actions", _commands)
"""Its menu takes commands alone."""

PLAIN = Kind("Plain", _plain)


def counting(kind: Kind, encodings: Sequence[str]) -> Kind:
    """Make of a client one that counts characters in other units, the first of them most gladly."""

    def capabilities() -> types.ClientCapabilities:
        said = kind.capabilities()
        said.general = said.general or types.GeneralClientCapabilities()
        said.general.position_encodings = list(encodings)
        return said

    return Kind(f"{kind.name} with {', '.join(encodings)}", capabilities)
