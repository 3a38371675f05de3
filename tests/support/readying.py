"""What tests of fixes that are made ahead look at: marks, entries that bring their edit along, the ledger's rows."""

from __future__ import annotations

from functools import partial

from lsprotocol import types
from tests.support.e2e import Editor
from tests.support.e2e_text import Doc

ON = {"LASTMILE_AHEAD": "rules", "LASTMILE_AHEAD_LOAD": "1000"}
"""Whatever else the machine is at."""

MARK = " [fix ready: verified, free]"
TITLE = "(ready, free)"


async def marked(editor: Editor, doc: Doc, codes: list[str]) -> None:
    """Wait until these findings of a document are shown as having a fix ready, and no others."""

    def look() -> bool:
        shown = [item for item in editor.client.pushed if (item.uri, item.version) == (doc.uri, doc.version)]
        found = shown[-1].diagnostics if shown else ()
        return [str(item.code) for item in found if item.message.endswith(MARK)] == codes

    await editor.client.until(look)


async def pulled(editor: Editor, doc: Doc, codes: list[str]) -> list[types.Diagnostic]:
    """Pull, as often as the server asks for it, until these findings have a fix ready, and no others."""
    while True:
        count = editor.client.diagnostic_refresh_count
        items: list[types.Diagnostic] = list((await editor.pull(doc)).items)
        if [str(item.code) for item in items if item.message.endswith(MARK)] == codes:
            return items
        await editor.client.until(partial(_refreshed, editor, count))


def _refreshed(editor: Editor, count: int) -> bool:
    return editor.client.diagnostic_refresh_count > count


async def ready(editor: Editor, doc: Doc, at: str, *, inside: bool = True) -> list[types.CodeAction]:
    """Open a menu; gives the entries that are ready, which bring their edit along where the document alone decided."""
    menu = await editor.menu(doc, at)
    actions = [item for item in menu if isinstance(item, types.CodeAction)]
    found = [item for item in actions if item.title.endswith(TITLE)]
    assert [item for item in actions if item.edit is not None] == (found if inside else [])
    return found


async def take(editor: Editor, action: types.CodeAction) -> str:
    """Apply an entry as editors do: its edit, then its command; gives why it was refused, or nothing."""
    assert action.edit is not None
    why = editor.take(action.edit)
    if not why and action.command is not None:
        await editor.command(action.command.command, *(action.command.arguments or ()))
    return why
