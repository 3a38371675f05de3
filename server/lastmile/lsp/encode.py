"""From our values to the client's types, as far as the client knows them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from lsprotocol import types

from lastmile.lsp.client import Client
from lastmile.text.diagnostic import Diagnostic
from lastmile.text.edits import Replacement, Span
from lastmile.text.lines import LineIndex
from lastmile.text.positions import Encoding, to_position
from lastmile.text.snapshot import Snapshot

if TYPE_CHECKING:
    from lastmile.tasks.kind import Offer

APPLY = "lastmile.apply"
"""The command that does what an action says, for clients that cannot resolve actions."""

_ANNOTATION = "lastmile"
_UNNECESSARY = {"F401", "F811", "F841", "ERA001"}
_DEPRECATED = {"UP005", "UP035", "NPY001", "NPY003"}


def place(index: LineIndex, span: Span, encoding: Encoding) -> types.Range:
    """Turn a span into a range."""
    start, end = to_position(index, span.start, encoding), to_position(index, span.end, encoding)
    return types.Range(types.Position(start.line, start.character), types.Position(end.line, end.character))


def diagnostic(item: Diagnostic, index: LineIndex, client: Client) -> types.Diagnostic:
    """Encode a diagnostic, with its code as a link where the client shows links."""
    return types.Diagnostic(
        range=place(index, item.span, client.encoding),
        message=item.message,
        severity=types.DiagnosticSeverity(item.severity.value),
        code=item.code or None,
        code_description=types.CodeDescription(item.url) if item.url and client.links else None,
        source=item.source,
        tags=_tags(item.code) if client.tags else None,
    )


def title(offer: Offer, price: float | None) -> str:
    """Say what an offer does and what it may cost; ``price`` is the worst case, None without paid tiers."""
    from lastmile.cascade.events import dollars  # noqa: PLC0415 - the start does without it

    if not offer.may_use_model:
        return f"{offer.title} (free)"
    return (
        f"{offer.title} (free first)" if price is None else f"{offer.title} (free first, then up to {dollars(price)})"
    )


def action(
    offer: Offer,
    snapshot: Snapshot,
    client: Client,
    *,
    price: float | None,
    ticket: dict[str, Any],
) -> types.CodeAction | types.Command:
    """Encode an offer as the client can take it.

    The ticket travels as the action's data, or as the argument of a command for clients that cannot
    resolve actions. What is disabled carries neither.
    """
    name = title(offer, price)
    command = types.Command(name, APPLY, arguments=[ticket])
    if not client.literals:
        return command
    usable = not offer.disabled
    return types.CodeAction(
        title=name,
        kind=offer.menu,
        diagnostics=[diagnostic(item, snapshot.lines, client) for item in offer.diagnostics] or None,
        is_preferred=True if offer.preferred and usable else None,
        disabled=None if usable else types.CodeActionDisabled(offer.disabled),
        command=command if usable and not client.resolves else None,
        data=ticket if usable and client.resolves else None,
        tags=[types.CodeActionTag.LlmGenerated] if offer.may_use_model and client.llm_tag else None,
    )


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
    edits = [_text_edit(item, snapshot.lines, client.encoding) for item in replacements]
    if not client.versioned_edits:
        return types.WorkspaceEdit(changes={snapshot.uri: edits})
    identifier = types.OptionalVersionedTextDocumentIdentifier(snapshot.uri, snapshot.version)
    if not client.annotations:
        return types.WorkspaceEdit(document_changes=[types.TextDocumentEdit(identifier, edits)])
    annotated = [types.AnnotatedTextEdit(_ANNOTATION, edit.range, edit.new_text) for edit in edits]
    note = types.ChangeAnnotation(label, needs_confirmation=False, description=receipt)
    return types.WorkspaceEdit(
        document_changes=[types.TextDocumentEdit(identifier, annotated)],
        change_annotations={_ANNOTATION: note},
    )


def _text_edit(item: Replacement, index: LineIndex, encoding: Encoding) -> types.TextEdit:
    return types.TextEdit(place(index, item.span, encoding), item.text)


def _tags(code: str) -> list[types.DiagnosticTag] | None:
    if code in _UNNECESSARY:
        return [types.DiagnosticTag.Unnecessary]
    return [types.DiagnosticTag.Deprecated] if code in _DEPRECATED else None
