"""Counts an edit once it is in its document, which the answer that brings it along does not say.

An editor may resolve an entry for a preview alone, and a person may throw away what they see there. Until the
document shows the edit, or the client says that it applied it, the task counts as cancelled in the ledger, and
there is no receipt of it and nothing to undo. What waits is bounded by number and by the document's closing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from lastmile.lsp.documents import Document
from lastmile.lsp.host import Server
from lastmile.lsp.wire import uris

if TYPE_CHECKING:
    from lastmile.lsp.landing.receipts import Applied  # the start does without it


def hand(ls: Server, applied: Applied) -> None:
    """Take note of an edit that goes to the editor; in a file that is not open it is never seen, so it counts."""
    task, edit = applied.outcome.task.id, applied.edit
    key, old = uris.key(edit.snapshot.uri), edit.snapshot.text
    ls.survival.hand(task, key, old=old, new=edit.text, replacements=edit.replacements)
    ls.receipts.handed(applied)
    if ls.opened is not None:
        ls.opened.ledger.mark_handed(task)
    if ls.documents.find(edit.snapshot.uri) is None:
        count(ls, task)


def count(ls: Server, task: str) -> None:
    """Count an edit that is applied; a second time does nothing."""
    applied = ls.receipts.waiting(task)
    if applied is None:
        return
    ls.person.log(f"{applied.title}: {applied.line}")
    ls.receipts.applied(applied)
    if ls.opened is not None:
        ls.opened.ledger.mark_applied(task)


def refused(ls: Server, task: str) -> None:
    """Forget an edit that the client did not apply."""
    ls.survival.refused(task)
    ls.receipts.waiting(task)


def changed(ls: Server, document: Document) -> None:
    """Count the edits that a document's change brought."""
    if ls.survival.waits_for(document.key):
        for task in ls.survival.changed(document.key, document.snapshot):
            count(ls, task)
