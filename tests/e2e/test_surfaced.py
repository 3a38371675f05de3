"""When nothing passed: one line, the whole story for who asks, and the best draft for who insists."""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
from lsprotocol import types
from tests.support.e2e import Editor, editing
from tests.support.e2e_kinds import NEOVIM, PLAIN
from tests.support.e2e_world import World, block
from tests.support.messages_wire import Reply

pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.slow]

TEXT = "def area(width):\n    return width * hight\n"
DRAFT = TEXT.replace("hight", "heigth")
TITLE = "Fix F821: Undefined name `hight`"
WHY, UNVERIFIED = "Show why", "Apply the best draft, unverified"
ONE_LINE = rf"{TITLE}: Nothing passed\. Tried sonnet \(refused by lint F821\)\. Not asked: local: not set up\."
SETTINGS = {"paid": "auto", "ladder": ["rules", "local", "sonnet"]}


async def refused(editor: Editor, world: World, *answers: str) -> types.CodeAction:
    world.api.default = Reply(block("    return width * hight", "    return width * heigth"))
    editor.client.answers.extend(answers)
    return await editor.resolve(await editor.entry(editor.open("area.py", TEXT), "hight", TITLE))


async def test_one_line_says_what_was_tried_and_offers_two_ways_on(editor: Editor, shared_world: World) -> None:
    await editor.configure(SETTINGS)
    action = await refused(editor, shared_world)
    assert re.fullmatch(ONE_LINE, await editor.surfaced())
    (question,) = editor.client.questions
    assert [item.title for item in question.actions or ()] == [WHY, UNVERIFIED]
    assert question.type is types.MessageType.Warning
    assert (action.edit, editor.client.applied) == (None, [])


def report(uri: str) -> str:
    """Read a report, which nobody but its owner may reach."""
    path = Path(unquote(urlsplit(uri).path))
    assert path.suffix == ".md"
    assert path.parent.stat().st_mode & 0o077 == 0
    return path.read_text(encoding="utf-8")


async def test_the_report_tells_the_whole_story(editor: Editor, shared_world: World) -> None:
    await editor.configure(SETTINGS)
    await refused(editor, shared_world, WHY)
    (shown,) = await editor.client.until(lambda: editor.client.shown_documents)
    story = report(shown.uri)
    assert story.startswith(f"# {TITLE}\n\n`area.py` line 2. Nothing passed.")
    headings = [line for line in story.splitlines() if line.startswith("## ")]
    attempts = [f"## Attempt {number}: sonnet (claude-sonnet-5-5), refused by lint F821" for number in (1, 2)]
    assert headings == [*attempts, "## Where to look"]
    assert f"[area.py:2]({(shared_world.folder / 'area.py').as_uri()}#L2)" in story
    assert story.count("-    return width * hight\n+    return width * heigth\n") == 2
    assert re.search(r"^Cost: \$0\.\d+\.$", story, re.MULTILINE)
    await editor.client.until(lambda: len(editor.client.questions) == 2)
    assert [item.title for item in editor.client.questions[1].actions or ()] == [UNVERIFIED]


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        (("", ""), DRAFT),
        (("def area", "VALUE = 1\n\n\ndef area"), f"VALUE = 1\n\n\n{DRAFT}"),
        (("width * hight", "width + hight + 1"), None),
    ],
    ids=["as it was", "changed above", "changed in the same place"],
)
async def test_the_best_draft_is_applied_for_who_insists_and_is_called_unverified(
    editor: Editor, shared_world: World, changed: tuple[str, str], expected: str | None
) -> None:
    await editor.configure(SETTINGS)
    shared_world.api.default = Reply(block("    return width * hight", "    return width * heigth"))
    doc = editor.open("area.py", TEXT)

    async def insist(params: types.ShowMessageRequestParams) -> types.MessageActionItem:
        editor.client.questions.append(params)
        if changed[0]:
            editor.change(doc, *changed)
        return types.MessageActionItem(UNVERIFIED)

    editor.client.answering = insist
    await editor.resolve(await editor.entry(doc, "hight", TITLE))
    if expected is None:
        await editor.client.until(lambda: editor.told)
        assert editor.told == ["The document changed in the same place; the draft was not applied."]
        assert doc.text == TEXT.replace(*changed)
        return
    (applied,) = await editor.client.until(lambda: editor.client.applied)
    assert doc.text == expected
    assert applied.label == f"Unverified: {TITLE}"
    (note,) = (applied.edit.change_annotations or {}).values()
    assert note.description == "unverified, refused by lint; drafted by sonnet"


@pytest.mark.parametrize("kind", [NEOVIM, PLAIN], ids=str)
async def test_other_clients_are_told_as_well(world: World, kind: object) -> None:
    env = world.with_key | {"LASTMILE_PAID": "auto", "LASTMILE_LADDER": "rules,local,sonnet"}
    async with editing(env, world.folder, kind=kind) as editor:
        world.api.default = Reply(block("    return width * hight", "    return width * heigth"))
        doc = editor.open("area.py", TEXT)
        entry = await editor.entry(doc, "hight", TITLE)
        if kind is PLAIN:
            assert entry.command is not None
            said = await editor.command(entry.command.command, *(entry.command.arguments or ()))
            assert said == {"applied": False}
            assert re.fullmatch(ONE_LINE, await editor.surfaced())
            assert [[item.title for item in asked.actions or ()] for asked in editor.client.questions] == [[UNVERIFIED]]
        else:
            editor.client.answers.append(UNVERIFIED)
            assert (await editor.resolve(entry)).edit is None
            await editor.client.until(lambda: editor.client.applied)
            assert doc.text == DRAFT
