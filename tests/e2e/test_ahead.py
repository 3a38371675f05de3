"""Fixes that are ready before the menu opens: over stdio, with the real server, ruff and judge."""

from __future__ import annotations

import pytest
from lsprotocol import types
from tests.support.e2e import Editor, editing
from tests.support.e2e_kinds import PUSHED
from tests.support.e2e_text import Doc
from tests.support.e2e_world import World

pytestmark = pytest.mark.asyncio(loop_scope="module")

ON = {"LASTMILE_AHEAD": "rules", "LASTMILE_AHEAD_LOAD": "1000"}
"""Whatever else this machine is at."""

TEXT = "import os\nimport re\n\n\ndef area(width):\n    return re.sub('a', f'', width) == hight\n"
MARK = "[fix ready: verified, free]"


async def marked(editor: Editor, doc: Doc, codes: list[str]) -> None:
    """Wait until these findings of a document have a fix ready, and no others."""

    def look() -> bool:
        last = [item for item in editor.client.pushed if (item.uri, item.version) == (doc.uri, doc.version)]
        found = last[-1].diagnostics if last else ()
        return [str(item.code) for item in found if item.message.endswith(MARK)] == codes

    await editor.client.until(look)


async def test_a_fix_is_in_the_menu_before_it_is_asked_for(world: World) -> None:
    async with editing(world.env | ON, world.folder, kind=PUSHED) as editor:
        doc = editor.open("x.py", TEXT)
        await marked(editor, doc, ["F401", "F541"])
        first, *_ = await editor.menu(doc, "os")
        assert isinstance(first, types.CodeAction)
        assert first.title == "Fix F401: `os` imported but unused (ready, free)"
        assert first.edit is not None
        assert world.rows("SELECT count(*) FROM outcomes WHERE applied") == [(0,)]
        assert editor.take(first.edit) == ""
        assert doc.text == TEXT.removeprefix("import os\n")
        assert first.command is not None
        await editor.command(first.command.command, *(first.command.arguments or ()))
        assert world.rows("SELECT kind, cleared_by, ahead FROM outcomes WHERE applied") == [("fix", "rules", 1)]
