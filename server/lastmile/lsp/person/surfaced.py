"""Hands a task that nothing passed to the person: what was tried, why it was refused, and what next.

The best refused draft is applied only if the person asks for it, and is called unverified all along.
"""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING

from lsprotocol import types

from lastmile import receipt
from lastmile.cascade.outcome import Outcome
from lastmile.errors import StaleError
from lastmile.lsp.host import Server
from lastmile.lsp.landing.receipts import Refused
from lastmile.lsp.landing.turns import Turn
from lastmile.lsp.wire import encode
from lastmile.places import places
from lastmile.receipt import Alone
from lastmile.text.edits import Replacement, carry
from lastmile.text.snapshot import Snapshot
from lastmile.tools.compare import differ

if TYPE_CHECKING:
    from lastmile.project import Project

WHY, UNVERIFIED = "Show why", "Apply the best draft, unverified"

_PATIENCE = 600.0
"""Seconds that the buttons stay good for."""


def surface(ls: Server, project: Project, outcome: Outcome) -> None:
    """Tell the person, without keeping anybody waiting.

    Tasks that run on save say it in the log alone: nobody asked for them just now.
    """
    ls.receipts.refused(Refused(outcome, project.root))
    kind = project.kinds.get(outcome.task.kind)
    if kind is not None and any(menu.startswith("source.") for menu in kind.menus):
        ls.person.log(f"{outcome.task.title}: {receipt.refusal(outcome)}")
        return
    ls.background.start(_tell(ls, project, outcome), name=("surfaced", outcome.task.snapshot.uri))


async def _tell(ls: Server, project: Project, outcome: Outcome) -> None:
    message = f"{outcome.task.title or outcome.task.kind}: {receipt.refusal(outcome)}"
    choices = [WHY] if ls.client.shows_documents and outcome.attempts else []
    choices += [UNVERIFIED] if ls.client.applies_edits and outcome.best is not None else []
    if not choices:
        ls.person.tell(message, kind=types.MessageType.Warning)
        return
    while choices:
        chosen = await ls.person.choose(message, choices, seconds=_PATIENCE, kind=types.MessageType.Warning)
        if chosen is None:
            return
        choices.remove(chosen)
        if chosen == WHY:
            await show(ls, outcome, root=project.root)
        else:
            await _apply_best(ls, project, outcome)
            return


async def show(ls: Server, outcome: Outcome, alone: Alone | None = None, *, root: Path | None = None) -> Path:
    """Write the report of a task, with links into the files that it is about, and open it; gives its file."""
    links = [place.link() for place in await asyncio.to_thread(places, outcome, root)]
    text = await asyncio.to_thread(receipt.report, outcome, alone, links=links)
    path = await asyncio.to_thread(ls.reports.write, f"{outcome.task.kind}-{outcome.task.id[:12]}", text)
    if not await ls.person.show(path):
        ls.person.tell(f"The report is in {path}.")
    return path


async def _apply_best(ls: Server, project: Project, outcome: Outcome) -> None:
    async with Turn.of(ls, outcome.task.snapshot.uri) as turn:
        try:
            await turn.take()
            edit = await _unverified(ls, project, outcome)
        except StaleError as error:
            ls.person.tell(str(error), kind=types.MessageType.Warning)
            return
        await turn.apply(edit, uri=outcome.task.snapshot.uri, label=_label(outcome))


async def _unverified(ls: Server, project: Project, outcome: Outcome) -> types.WorkspaceEdit:
    """Give the edit of the best draft, for the document as it is now; raises `StaleError` where it fits no longer."""
    best = outcome.best
    document = ls.documents.find(outcome.task.snapshot.uri)
    if best is None or best.verdict.text is None or document is None:
        message = "The document was closed; the draft was not applied."
        raise StaleError(message)
    now = document.snapshot
    replacements = await _best(project, outcome.task.snapshot, best.verdict.text, now)
    if replacements is None:
        message = "The document changed in the same place; the draft was not applied."
        raise StaleError(message)
    note = f"unverified, refused by {best.verdict.refused_by or 'the vote'}; drafted by {best.tier}"
    return encode.workspace_edit(now, replacements, ls.client, label=_label(outcome), receipt=note)


def _label(outcome: Outcome) -> str:
    return f"Unverified: {outcome.task.title or outcome.task.kind}"


async def _best(project: Project, old: Snapshot, text: str, now: Snapshot) -> tuple[Replacement, ...] | None:
    ours = await differ(project.offload, old.text, text)
    return ours if old.text == now.text else carry(ours, await differ(project.offload, old.text, now.text))
