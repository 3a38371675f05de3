"""What the client can do, read once from its capabilities.

Features ask this value and nothing else, so what a capability means stands in one place.
"""

from __future__ import annotations

from attrs import frozen
from lsprotocol import types
from pygls.capabilities import get_capability

from lastmile.text.positions import Encoding

_NEOVIM = "Neovim"
_HELIX = "helix"
_LSP_MODE = ("emacs", "GNU Emacs ")
"""The name, and how the version begins, that Emacs' lsp-mode gives of itself; eglot and others give other ones."""


@frozen
class Client:
    """One client; every field is False where it did not say."""

    name: str = ""
    encoding: Encoding = Encoding.UTF16
    versioned_edits: bool = False
    """Edits may name the version of the document that they are for."""

    creates_files: bool = False
    """An edit may make a file that is not there."""

    least_version: int = 0
    """The least version that an edit may name, or the client does not check it."""

    annotations: bool = False
    """Edits may carry a label that the person sees."""

    announces: bool = False
    """Each label is put before the person as a message that has to be answered with ENTER (Neovim)."""

    keeps_returns: bool = False
    """A carriage return alone ends no line for it, against the protocol (Neovim)."""

    resolves: bool = False
    """An action's edit may be left out until the action is chosen."""

    disabled: bool = False
    """The menu can show what cannot run, with the reason."""

    llm_tag: bool = False
    literals: bool = False
    """The menu takes actions; otherwise commands alone."""

    applies_edits: bool = False
    progress: bool = False
    shows_documents: bool = False
    configuration: bool = False
    """It answers `workspace/configuration`."""

    registers_configuration: bool = False
    registers_watchers: bool = False
    registers_completion: bool = False
    shows_lens: bool = False
    registers_lens: bool = False
    refreshes_lens: bool = False
    pulls_diagnostics: bool = False
    refreshes_diagnostics: bool = False
    hears_status: bool = False
    """It takes our own notification of a changed status; others log an error for what they do not know."""

    links: bool = False
    """A diagnostic's code may be a link."""

    tags: bool = False
    """A diagnostic may say that code is unnecessary or deprecated."""


def read(params: types.InitializeParams) -> Client:
    """Read what an `initialize` request says of the client."""
    caps = params.capabilities
    name = params.client_info.name if params.client_info else ""

    def can(path: str) -> bool:
        return bool(get_capability(caps, path, None))

    return Client(
        name=name,
        encoding=_encoding(caps, default=_silent_encoding(params.client_info)),
        # Neovim 0.12 does not say that it takes versioned edits, yet it does, and it refuses those
        # for an older version (its lsp/util.lua); without a version it would apply any.
        versioned_edits=can("workspace.workspace_edit.document_changes") or name == _NEOVIM,
        # It also checks no version 0, which is that of a buffer as long as nothing was typed into it;
        # the first change makes it 2 or more, so that 1 says the same and is checked.
        least_version=1 if name == _NEOVIM else 0,
        creates_files=_creates_files(caps),
        annotations=can("workspace.workspace_edit.change_annotation_support"),
        announces=name == _NEOVIM,
        keeps_returns=name == _NEOVIM,
        # Helix 25.07 stands still while it waits for an action to be resolved: it draws nothing, takes no key and
        # answers no question, consent among them, and gives up after 20 seconds. For a command it does not wait.
        # lsp-mode asks every server of the buffer to resolve an action, and does nothing where two answer: ruff's
        # gives back whatever it does not know. Of a command's answers it needs none.
        resolves=_resolves(caps) and name not in {_HELIX, _LSP_MODE[0]},
        disabled=can("text_document.code_action.disabled_support"),
        llm_tag=_llm_tag(caps),
        literals=can("text_document.code_action.code_action_literal_support"),
        applies_edits=can("workspace.apply_edit"),
        progress=can("window.work_done_progress"),
        shows_documents=can("window.show_document.support"),
        configuration=can("workspace.configuration"),
        registers_configuration=can("workspace.did_change_configuration.dynamic_registration"),
        registers_watchers=can("workspace.did_change_watched_files.dynamic_registration"),
        registers_completion=can("text_document.completion.dynamic_registration"),
        shows_lens=can("text_document.code_lens"),
        registers_lens=can("text_document.code_lens.dynamic_registration"),
        refreshes_lens=can("workspace.code_lens.refresh_support"),
        pulls_diagnostics=can("text_document.diagnostic"),
        # Helix says so as `workspace.diagnostic`, which nothing else is called (the crate lsp-types has it so).
        refreshes_diagnostics=can("workspace.diagnostics.refresh_support") or name == _HELIX,
        hears_status=_experimental(caps, "lastmileStatus"),
        links=can("text_document.publish_diagnostics.code_description_support")
        or can("text_document.diagnostic.code_description_support"),
        tags=can("text_document.publish_diagnostics.tag_support") or can("text_document.diagnostic.tag_support"),
    )


def _encoding(caps: types.ClientCapabilities, *, default: Encoding) -> Encoding:
    """Take the client's first encoding that exists, as pygls does when it answers."""
    known = {encoding.value: encoding for encoding in Encoding}
    asked = (caps.general.position_encodings if caps.general else None) or ()
    return next((known[item] for item in map(str, map(_value, asked)) if item in known), default)


def _silent_encoding(info: types.ClientInfo | None) -> Encoding:
    """Say what a client counts in that names no encoding: utf-16, as the protocol has it.

    lsp-mode 8 counts Emacs' characters all the same (`lsp--cur-position`); later ones say so.
    """
    name, begins = _LSP_MODE
    counts_characters = info is not None and info.name == name and (info.version or "").startswith(begins)
    return Encoding.UTF32 if counts_characters else Encoding.UTF16


def _value(kind: types.PositionEncodingKind | str) -> str:
    return kind.value if isinstance(kind, types.PositionEncodingKind) else kind


def _resolves(caps: types.ClientCapabilities) -> bool:
    support = get_capability(caps, "text_document.code_action.resolve_support", None)
    data = get_capability(caps, "text_document.code_action.data_support", None)
    return support is not None and "edit" in support.properties and bool(data)


def _creates_files(caps: types.ClientCapabilities) -> bool:
    kinds = get_capability(caps, "workspace.workspace_edit.resource_operations", None) or ()
    return types.ResourceOperationKind.Create in kinds


def _experimental(caps: types.ClientCapabilities, name: str) -> bool:
    found = caps.experimental
    return bool(found.get(name) if isinstance(found, dict) else getattr(found, name, False))


def _llm_tag(caps: types.ClientCapabilities) -> bool:
    support = get_capability(caps, "text_document.code_action.tag_support", None)
    return support is not None and types.CodeActionTag.LlmGenerated in support.value_set
