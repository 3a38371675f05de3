"""From our values to what the client understands.

What comes in hundreds, diagnostics and menu entries, is made as plain JSON: the typed classes of
lsprotocol check and copy each of them, which takes longer than linting does.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from lsprotocol import types

from lastmile.lsp.wire.client import Client
from lastmile.lsp.wire.made import Made
from lastmile.text.diagnostic import Diagnostic
from lastmile.text.edits import Replacement
from lastmile.text.lines import LineIndex
from lastmile.text.positions import Encoding, line_and_character
from lastmile.text.snapshot import Snapshot

if TYPE_CHECKING:
    from lastmile.quoting import Quote
    from lastmile.tasks.kind import Offer

APPLY = "lastmile.apply"
"""The command that does what an action says, for clients that cannot resolve actions."""

APPLIED = "lastmile.applied"
"""The command by which a client tells that it applied an edit that a menu's entry brought along."""

READY = "fix ready: verified, free"
READY_TITLE = "ready, free"
_ANNOTATION = "lastmile"
_Edit = types.TextEdit | types.AnnotatedTextEdit | types.SnippetTextEdit
_UNUSED = (
    *("F401", "F811", "F841", "B007", "RUF059", "RUF100"),
    *("ARG001", "ARG002", "ARG003", "ARG004", "ARG005"),
)
_OLD = (
    *("NPY001", "NPY003", "PD007", "PT020", "PYI057", "RUF071", "S306"),
    *("UP005", "UP019", "UP021", "UP023", "UP026", "UP035"),
)
_TAGS = {
    **dict.fromkeys(_UNUSED, types.DiagnosticTag.Unnecessary),
    **dict.fromkeys(_OLD, types.DiagnosticTag.Deprecated),
}
"""What ruff's own server says of a finding of a rule, which its other output leaves out."""


def diagnostic(item: Diagnostic, index: LineIndex, client: Client, *, ready: bool = False) -> dict[str, Any]:
    """Encode a diagnostic, with its code as a link where the client shows links.

    One that has a fix ready says so in its message, which every client shows, and in its data, for clients
    that make something else of it.
    """
    encoded: dict[str, Any] = {
        "range": {
            "start": _position(index, item.span.start, client.encoding),
            "end": _position(index, item.span.end, client.encoding),
        },
        "message": item.message,
        "severity": item.severity.value,
        "source": item.source,
    }
    if ready:
        encoded["message"] += f" [{READY}]"
        encoded["data"] = {"ready": True}
    if item.code:
        encoded["code"] = item.code
        if item.url and client.links:
            encoded["codeDescription"] = {"href": item.url}
        if client.tags and (tag := _TAGS.get(item.code)) is not None:
            encoded["tags"] = [tag.value]
    return encoded


def title(offer: Offer, quote: Quote) -> str:
    """Say what an offer does, what it may cost, and who tried it on this very text and gave up."""
    from lastmile.cascade.events import dollars  # noqa: PLC0415 - the start does without it

    if quote.gave_up:
        price = "" if quote.up_to is None else f"; then up to {dollars(quote.up_to)}"
        return f"{offer.title} ({quote.gave_up} gave up on it{price})"
    if not offer.may_use_model:
        return f"{offer.title} (free)"
    if quote.up_to is None:
        promise = " (free first)" if quote.unpriced else " (free)"
        return f"{offer.title}{promise}" if quote.free else offer.title
    lead = "free first, then " if quote.free else ""
    return f"{offer.title} ({lead}up to {dollars(quote.up_to)})"


def action(
    offer: Offer,
    snapshot: Snapshot,
    client: Client,
    *,
    quote: Quote,
    ticket: dict[str, Any],
    ready: Made | None = None,
) -> dict[str, Any]:
    """Encode an offer as a code action, or as a command for a client that takes nothing else.

    The ticket travels as the action's data, or as the argument of a command for clients that cannot
    resolve actions. What is disabled carries neither. What is ready carries its edit where that cannot come
    to be wrong under an open menu, and a command that tells us that it was applied.
    """
    name = title(offer, quote) if ready is None else f"{offer.title} ({READY_TITLE})"
    command = {"title": name, "command": APPLY, "arguments": [ticket]}
    if not client.literals:
        return command
    encoded: dict[str, Any] = {"title": name, "kind": offer.menu}
    if offer.diagnostics:
        encoded["diagnostics"] = [
            diagnostic(item, snapshot.lines, client, ready=ready is not None) for item in offer.diagnostics
        ]
    if quote.model and client.llm_tag:
        encoded["tags"] = [types.CodeActionTag.LlmGenerated.value]
    if offer.disabled:
        return {**encoded, "disabled": {"reason": offer.disabled}}
    if offer.preferred:
        encoded["isPreferred"] = True
    if ready is not None and ready.inside:
        told = {"title": name, "command": APPLIED, "arguments": [ready.task]}
        return {**encoded, "edit": ready.edit, "command": told, "data": ticket}
    return {**encoded, "data": ticket} if client.resolves else {**encoded, "command": command}


def workspace_edit(
    snapshot: Snapshot,
    replacements: Iterable[Replacement],
    client: Client,
    *,
    label: str,
    receipt: str,
) -> types.WorkspaceEdit:
    """Encode replacements of one document.

    For its version where the client takes versions; the label and the receipt come along where it
    shows them.
    """
    plain = [_text_edit(item, snapshot.lines, client.encoding) for item in replacements]
    if not client.versioned_edits:
        return types.WorkspaceEdit(changes={snapshot.uri: plain})
    edits: list[_Edit] = [*plain]
    notes = None
    if client.annotations:
        edits = [types.AnnotatedTextEdit(_ANNOTATION, edit.range, edit.new_text) for edit in plain]
        notes = {_ANNOTATION: types.ChangeAnnotation(label, needs_confirmation=False, description=receipt)}
    version = None if snapshot.version is None else max(snapshot.version, client.least_version)
    changes = types.TextDocumentEdit(types.OptionalVersionedTextDocumentIdentifier(snapshot.uri, version), edits)
    made = [types.CreateFile(snapshot.uri)] if snapshot.is_new else []
    return types.WorkspaceEdit(document_changes=[*made, changes], change_annotations=notes)


def _text_edit(item: Replacement, index: LineIndex, encoding: Encoding) -> types.TextEdit:
    start, end = (types.Position(**_position(index, at, encoding)) for at in (item.span.start, item.span.end))
    return types.TextEdit(types.Range(start, end), item.text)


def _position(index: LineIndex, offset: int, encoding: Encoding) -> dict[str, int]:
    line, character = line_and_character(index, offset, encoding)
    return {"line": line, "character": character}
