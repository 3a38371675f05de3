"""Brings an accepted edit into the document as it is now.

Where the document changed since the edit was made, the edit moves along with the text around it and
is judged again, as a draft of the same task made anew. Where that fails, there is no edit: nothing
unverified reaches the editor here.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from attrs import evolve, frozen

from lastmile.cascade.draft import Draft, Replace
from lastmile.errors import StaleError
from lastmile.text.edits import Replacement, Span, apply, carry, moved
from lastmile.text.snapshot import Snapshot
from lastmile.tools.compare import differ

if TYPE_CHECKING:
    from lastmile.lsp.documents import Documents
    from lastmile.lsp.wire.ticket import Ticket
    from lastmile.project import Project

_CARRIES = 3
"""How often an edit runs after a document that keeps changing."""


@frozen
class Landed:
    """An edit for a document as it is at this moment."""

    snapshot: Snapshot
    text: str
    replacements: tuple[Replacement, ...]


@frozen
class _Made:
    """An accepted edit on its way: the whole new text, and where its target is in the old one."""

    text: str
    target: Span


async def land(documents: Documents, project: Project, ticket: Ticket, *, old: Snapshot, text: str) -> Landed:
    """Fit the edit that leads from ``old`` to ``text`` to the document of today.

    Raises `StaleError`, with a message for the person, where it no longer fits or no longer passes.
    """
    made = _Made(text, ticket.span(old))
    for _ in range(_CARRIES):
        now = _current(documents, old)
        if now.text != old.text:
            made = await _carried(project, ticket, made, old=old, now=now, others=documents.others(now.path))
            old = now
        replacements = await differ(project.offload, old.text, made.text)
        now = _current(documents, old)
        if now.text == old.text:
            return Landed(now, made.text, replacements)
    message = f"{old.name} keeps changing; the edit was dropped. Ask again when it rests."
    raise StaleError(message)


async def _carried(
    project: Project, ticket: Ticket, made: _Made, *, old: Snapshot, now: Snapshot, others: Mapping[Path, str]
) -> _Made:
    ours, theirs = await differ(project.offload, old.text, made.text), await differ(project.offload, old.text, now.text)
    replacements = carry(ours, theirs)
    if replacements is None:
        message = f"{now.name} changed in the same place meanwhile; the edit was dropped. Ask again."
        raise StaleError(message)
    followed = moved(made.target, theirs)
    target = ticket.span(now) if followed is None else followed
    page = evolve(await project.page(now, foreign=ticket.foreign(target, now)), others=others)
    task = await project.make(page, kind=ticket.kind, target=target, detail=ticket.detail)
    draft = Draft(tuple(map(Replace, replacements)), label="carried over to the newer text")
    verdict = await project.verify(task, draft)
    if not verdict.passed:
        finding = verdict.findings[0]
        message = f"{now.name} changed meanwhile and the edit no longer passes {finding.check}: {finding.message}"
        raise StaleError(message)
    return _Made(apply(now.text, replacements), target)


def _current(documents: Documents, old: Snapshot) -> Snapshot:
    document = documents.find(old.uri)
    if document is None:
        message = f"{old.name} was closed meanwhile; the edit was dropped."
        raise StaleError(message)
    return document.snapshot
