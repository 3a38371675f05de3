"""What today's editors say of themselves when they start a server.

Neovim's capabilities are what 0.12.4 prints, Emacs' what eglot 1.9 and lsp-mode 8.0.0 send, Helix' what 25.07.1
sends, Kate's what 22.12.3 sends, and VS Code's what our extension sends from a workbench of 1.100.3; pytest-lsp's own
are of 0.11 and 1.65. The tests that drive the programs compare.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from attrs import frozen
from lsprotocol import converters, types
from pygls.capabilities import get_capability

_RECORDED = Path(__file__).parents[1] / "e2e"


@frozen
class Kind:
    """One editor: its name and how to get its capabilities, which are made anew for each session."""

    name: str
    capabilities: Callable[[], types.ClientCapabilities]
    version: str | None = None
    counts: str | None = None
    """What it counts in where that is not what the server says."""

    @property
    def refreshes(self) -> bool:
        """Whether it can be told to ask for diagnostics again; Helix says so under another name."""
        said = get_capability(self.capabilities(), "workspace.diagnostics.refresh_support", default=False)
        return bool(said) or self.name == "helix"

    def __str__(self) -> str:
        return self.name


def recorded(name: str) -> dict[str, Any]:
    """Read what a real editor said of itself."""
    said: dict[str, Any] = json.loads((_RECORDED / name).read_text(encoding="utf-8"))
    return said


def _said(name: str) -> Callable[[], types.ClientCapabilities]:
    return lambda: converters.get_converter().structure(recorded(name), types.ClientCapabilities)


def _pushed() -> types.ClientCapabilities:
    said = VSCODE.capabilities()
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


VSCODE = Kind("Visual Studio Code", _said("vscode-1.100.3.json"))
NEOVIM = Kind("Neovim", _said("neovim-0.12.4.json"))
EMACS = Kind("Emacs", _said("emacs-eglot-1.9.json"))
LSP_MODE = Kind("emacs", _said("emacs-lsp-mode-8.0.0.json"), "GNU Emacs 28.2 (build 2, x86_64-pc-linux-gnu)", "utf-32")
"""Reads what is false as nothing, and counts Emacs' characters whatever it is told."""

KATE = Kind("", _said("kate-22.12.3.json"))
"""Gives no name; it applies edits, and lists completions, without saying so."""

HELIX = Kind("helix", _said("helix-25.07.1.json"))
"""Stands still while an action is resolved."""

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
