"""What a model drafts ahead: for whom it is an edit, when it is drafted again, and when no more."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.support.ahead import SEEN, TEXT, drafting, marked, ready, rename, window
from tests.support.editor import VSCODE
from tests.support.stage import Stage

pytestmark = pytest.mark.slow

UNVERSIONED = VSCODE | {"workspace": {name: VSCODE["workspace"][name] for name in ("applyEdit", "configuration")}}
"""A client whose edits name no version, so that it applies them to whatever the document is by then."""


async def test_a_model_of_this_machine_drafts_what_no_rule_can_and_no_paid_tier_is_asked(
    stage: Stage, folder: Path
) -> None:
    local = drafting(stage)
    async with window(stage, folder) as editor:
        uri = editor.open("x.py", TEXT)
        await marked(editor, uri, *SEEN)
        (action,) = await ready(editor, uri, "hight")
        assert action["title"].endswith("(ready, free)")
        note = next(iter(action["edit"]["changeAnnotations"].values()))
        assert note["description"].startswith("local, 1 draft, ")
        assert editor.take(action["edit"])
        assert editor.texts[uri] == rename(TEXT)
    assert all(task.ahead for task in local.history)
    assert [stage.tiers[name].history for name in ("sonnet", "opus")] == [[], []]


async def test_a_client_that_takes_no_versions_gets_the_edit_for_the_text_as_it_is_then(
    stage: Stage, folder: Path
) -> None:
    drafting(stage)
    async with window(stage, folder, client=UNVERSIONED) as editor:
        uri = editor.open("x.py", TEXT)
        await marked(editor, uri, *SEEN)
        (action,) = await ready(editor, uri, "hight")
        assert not action.keys() & {"edit", "command"}
        editor.type(uri, 0, "SIZE = 1\n")
        done = await editor.resolve(action)
        assert editor.take(done["edit"])
        assert editor.texts[uri] == "SIZE = 1\n" + rename(TEXT)


async def test_what_failed_for_a_moment_is_tried_again(stage: Stage, folder: Path) -> None:
    local = drafting(stage)
    local.scripts = ["The host did not start."]
    async with window(stage, folder) as editor:
        other, uri = editor.open("y.py", "import re\n"), editor.open("x.py", TEXT)
        await marked(editor, other, "F401")  # it comes after the one that was opened last
        assert local.history
        local.scripts = [rename]
        editor.save(uri)
        await marked(editor, uri, *SEEN)


async def test_what_a_model_drafted_is_taken_along_and_not_drafted_again(stage: Stage, folder: Path) -> None:
    local = drafting(stage)
    async with window(stage, folder) as editor:
        uri = editor.open("x.py", TEXT)
        await marked(editor, uri, *SEEN)
        asked = len(local.history)
        editor.type(uri, 0, "SIZE = 1\n")
        await marked(editor, uri, *SEEN)
        (action,) = await ready(editor, uri, "hight")
        assert editor.take(action["edit"])
        assert editor.texts[uri] == "SIZE = 1\n" + rename(TEXT)
    assert len(local.history) == asked


async def test_what_a_person_sends_back_is_not_offered_again(stage: Stage, folder: Path) -> None:
    drafting(stage)
    async with window(stage, folder) as editor:
        uri = editor.open("x.py", TEXT)
        await marked(editor, uri, *SEEN)
        (action,) = await ready(editor, uri, "os")
        assert editor.take(action["edit"])
        await editor.command(action["command"]["command"], *action["command"]["arguments"])
        said = await editor.command("lastmile.undoAndReport", None, "I needed that.")
        assert said == {"undone": True, "reported": True}
        assert editor.texts[uri] == TEXT
        await marked(editor, uri, "F821")
        assert not await ready(editor, uri, "os")
