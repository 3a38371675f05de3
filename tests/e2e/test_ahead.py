"""Fixes that are ready before the menu opens: over stdio, with the real server, ruff and judge."""

from __future__ import annotations

import pytest
from lsprotocol import types
from tests.support.e2e import editing
from tests.support.e2e_kinds import COMMANDS, HELIX, NEOVIM, PUSHED, VSCODE, Kind
from tests.support.e2e_world import PYPROJECT, World
from tests.support.messages_wire import Reply
from tests.support.readying import ON, marked, pulled, ready, take

pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.slow]

TEXT = """\
SIZE = hight
import os
import re


def area(width):
    return re.sub("a", f"", width)


def length(side):
    return side * 4
"""
WITHOUT = TEXT.replace("import os\n", "")
UNUSED = "Fix F401: `os` imported but unused (ready, free)"
AHEAD = "SELECT kind, cleared_by, ahead, applied FROM outcomes ORDER BY at"


def usual(world: World) -> dict[str, str]:
    """Give the environment of someone who set nothing."""
    return {name: value for name, value in (world.env | ON).items() if name != "LASTMILE_AHEAD"}


async def test_a_fix_is_in_the_menu_before_it_is_asked_for(world: World) -> None:
    async with editing(world.env | ON, world.folder, kind=PUSHED) as editor:
        doc = editor.open("x.py", TEXT)
        await marked(editor, doc, ["F401", "F541"])
        (first,) = await ready(editor, doc, "os")
        assert (first.title, first.kind, first.is_preferred) == (UNUSED, "quickfix", True)
        assert (await editor.menu(doc, "os"))[0] == first
        assert world.rows(AHEAD) == [("fix", "", 1, 0), *[("fix", "rules", 1, 0)] * 2]
        assert await take(editor, first) == ""
        assert doc.text == WITHOUT
        assert sorted(world.rows(AHEAD)) == [("fix", "", 1, 0), ("fix", "rules", 1, 0), ("fix", "rules", 1, 1)]
        editor.save(doc)
        await marked(editor, doc, ["F541"])
    assert world.rows("SELECT kept FROM outcomes WHERE applied") == [(1,)]
    assert {row[0] for row in world.rows("SELECT ahead FROM attempts")} == {1}


async def test_the_edit_is_what_asking_for_it_would_have_given(world: World) -> None:
    async with editing(world.env | ON, world.folder, kind=PUSHED) as editor:
        doc = editor.open("x.py", TEXT)
        await marked(editor, doc, ["F401", "F541"])
        made = (await ready(editor, doc, "os"), await ready(editor, doc, 'f""'))
    async with editing(world.env, world.folder, kind=PUSHED) as editor:
        doc = editor.open("x.py", TEXT)
        for (action,), at in zip(made, ("os", 'f""'), strict=True):
            assert not await ready(editor, doc, at)
            asked = await editor.resolve(await editor.entry(doc, at, action.title.removesuffix(" (ready, free)")))
            assert asked.edit is not None
            assert action.edit is not None
            assert action.edit.document_changes == asked.edit.document_changes


@pytest.mark.parametrize(
    ("change", "codes", "there"),
    [
        (("import re\n", "import re\n\nSIDES = 4\n"), ["F401", "F541"], 1),
        (("side * 4", "side * 5"), ["F401", "F541"], 1),
        (("import os\n", "import os  # for later\n"), ["F401", "F541"], 1),
        (('f""', '"b"'), ["F401"], 0),
    ],
    ids=["above", "below", "beside", "in the same place"],
)
async def test_a_change_takes_what_is_ready_along_or_drops_it(
    world: World, change: tuple[str, str], codes: list[str], there: int
) -> None:
    async with editing(world.env | ON, world.folder, kind=PUSHED) as editor:
        doc = editor.open("x.py", TEXT)
        await marked(editor, doc, ["F401", "F541"])
        count = len(world.attempts())
        editor.change(doc, *change)
        assert not await ready(editor, doc, '""' if there else "width")
        await marked(editor, doc, codes)
        found = await ready(editor, doc, "re.sub(")
        found += await ready(editor, doc, 'f""') if there else []
        assert len(found) == there
        for action in found:
            assert await take(editor, action) == ""
        assert doc.text == TEXT.replace(*change).replace('f""', '""')
        drafted = len(world.attempts()) - count
        assert drafted == (change[1].startswith("import os  #"))


async def test_what_was_ready_is_found_again_where_a_change_is_undone(world: World) -> None:
    async with editing(world.env | ON, world.folder, kind=PUSHED) as editor:
        doc = editor.open("x.py", TEXT)
        await marked(editor, doc, ["F401", "F541"])
        editor.change(doc, "side * 4", "side *")
        assert not await ready(editor, doc, "os")
        editor.change(doc, "side *", "side * 4")
        assert await ready(editor, doc, "os")


@pytest.mark.parametrize("kind", [VSCODE, NEOVIM, HELIX], ids=str)
async def test_it_is_pulled_again_once_something_is_ready(world: World, kind: Kind) -> None:
    async with editing(world.env | ON, world.folder, kind=kind) as editor:
        doc = editor.open("x.py", TEXT)
        before = await editor.pull(doc)
        items = await pulled(editor, doc, ["F401", "F541"])
        assert [item.data for item in items] == [None, {"ready": True}, {"ready": True}]
        after = await editor.pull(doc, before=before.result_id)
        assert isinstance(after, types.RelatedFullDocumentDiagnosticReport)


async def test_a_menu_from_before_it_was_ready_gets_it_when_it_resolves(world: World) -> None:
    async with editing(world.env | ON, world.folder, kind=PUSHED) as editor:
        doc = editor.open("x.py", TEXT)
        entry = await editor.entry(doc, "os", "Fix F401")
        await marked(editor, doc, ["F401", "F541"])
        attempts = world.attempts()
        action = await editor.resolve(entry)
        assert action.edit is not None
        assert world.attempts() == attempts
        assert editor.take(action.edit) == ""
        await editor.command("lastmile.status")  # the change was heard by then
    assert ("fix", "rules", 1, 1) in world.rows(AHEAD)


async def test_no_paid_tier_has_a_part_in_it(world: World) -> None:
    world.api.default = Reply("never asked for")
    env = world.with_key | ON | {"LASTMILE_AHEAD": "local", "LASTMILE_PAID": "auto"}
    async with editing(env, world.folder, kind=PUSHED) as editor:
        doc = editor.open("x.py", TEXT)
        await marked(editor, doc, ["F401", "F541"])
    assert {row[0] for row in world.attempts()} <= {"rules"}
    assert (world.api.requests, world.sends) == ([], [])


async def test_off_means_that_nothing_runs(world: World) -> None:
    quiet = world.folder.parent / "quiet"
    quiet.mkdir()
    (quiet / "pyproject.toml").write_text(PYPROJECT)
    (quiet / "lastmile.toml").write_text('ahead = "off"\n')
    async with editing(usual(world), world.folder, quiet, kind=PUSHED) as editor:
        beside = editor.open("x.py", TEXT)
        doc = editor.open((quiet / "y.py").as_uri(), TEXT)  # it was touched last, so it comes first
        await marked(editor, beside, ["F401", "F541"])
        await marked(editor, doc, [])
        assert not await ready(editor, doc, "os")
    assert len(world.rows("SELECT DISTINCT project FROM attempts")) == 1


async def test_switching_it_off_takes_what_is_ready_away(world: World) -> None:
    async with editing(usual(world), world.folder, settings={}) as editor:
        doc = editor.open("x.py", TEXT)
        await pulled(editor, doc, ["F401", "F541"])
        await editor.configure({"ahead": "off"})
        await pulled(editor, doc, [])
        assert not await ready(editor, doc, "os")


async def test_documents_that_are_not_ours_or_too_long_are_left_alone(world: World) -> None:
    (world.folder.parent / "lib").mkdir()
    async with editing(world.env | ON, world.folder, kind=PUSHED) as editor:
        doc = editor.open("x.py", TEXT)
        foreign = editor.open((world.folder.parent / "lib" / "x.py").as_uri(), TEXT)
        huge = editor.open("huge.py", TEXT + "# " + "x" * 400_000)  # what was touched last comes first
        await marked(editor, doc, ["F401", "F541"])
        for other in (foreign, huge):
            assert not await ready(editor, other, "os")
    assert len({row[0] for row in world.rows("SELECT file FROM attempts")}) == 1


async def test_two_documents_each_have_their_own(world: World) -> None:
    async with editing(world.env | ON, world.folder, kind=PUSHED) as editor:
        one, two = editor.open("one.py", TEXT), editor.open("two.py", f"import json\n{TEXT}")
        await marked(editor, one, ["F401", "F541"])
        await marked(editor, two, ["F401", "F401", "F541"])
        (action,) = await ready(editor, two, "json")
        assert await take(editor, action) == ""
        assert (two.text, one.text) == (TEXT, TEXT)
        assert await ready(editor, one, "os")
        editor.close(two)
        assert await ready(editor, one, "os")


async def test_a_client_that_takes_commands_alone_gets_it_too(world: World) -> None:
    async with editing(world.env | ON, world.folder, kind=COMMANDS) as editor:
        doc = editor.open("x.py", TEXT)
        await marked(editor, doc, ["F401", "F541"])
        attempts = world.attempts()
        (entry,) = [item for item in await editor.menu(doc, "os") if item.title.startswith("Fix F401")]
        assert isinstance(entry, types.Command)
        assert await editor.command(entry.command, *(entry.arguments or ())) == {"applied": True}
        assert doc.text == WITHOUT
        assert world.attempts()[: len(attempts)] == attempts
        assert ("fix", "rules", 1, 1) in world.rows(AHEAD)


async def test_a_lens_shows_what_is_ready_where_it_is_wanted(world: World) -> None:
    async with editing(usual(world), world.folder, settings={}) as editor:
        doc = editor.open("x.py", TEXT)
        await pulled(editor, doc, ["F401", "F541"])
        assert not [item for item in editor.client.registrations if item.method == types.TEXT_DOCUMENT_CODE_LENS]
        await editor.configure({"ahead_lens": True})
        (told,) = await editor.client.until(
            lambda: [item for item in editor.client.registrations if item.method == types.TEXT_DOCUMENT_CODE_LENS]
        )
        assert told.id == "lens"
        await pulled(editor, doc, ["F401", "F541"])
        await editor.client.until(lambda: editor.client.lens_refresh_count)
        params = types.CodeLensParams(types.TextDocumentIdentifier(doc.uri))
        first, _second = await editor.client.text_document_code_lens_async(params) or ()
        assert (first.range, first.command and first.command.title) == (doc.place("os"), UNUSED)
        assert first.command is not None
        assert await editor.command(first.command.command, *(first.command.arguments or ())) == {"applied": True}
        assert doc.text == WITHOUT
        assert ("fix", "rules", 1, 1) in world.rows(AHEAD)
