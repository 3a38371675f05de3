"""Fixes made ahead that code of the project decides on: its tests, its commands, and no code of a stranger."""

from __future__ import annotations

import sys
from functools import partial

import pytest
from lsprotocol import types
from tests.support.e2e import Editor, editing
from tests.support.e2e_kinds import PUSHED
from tests.support.e2e_text import Doc
from tests.support.e2e_world import World
from tests.support.fixing import fill
from tests.support.programs import BUBBLEWRAP
from tests.support.readying import ON, marked, ready, take

pytestmark = [
    pytest.mark.slow,
    pytest.mark.asyncio(loop_scope="module"),
    pytest.mark.skipif(BUBBLEWRAP.is_missing(), reason="bubblewrap is not there; the report's header says so"),
]

LAST = "def last(items):\n    return items[0]\n"
TESTS = "from ends import last\n\n\ndef test_last():\n    assert [last([1, 2]), last([3])] == [2, 3]\n"
COMMAND = '[[verify.command]]\nrun = "true"\n'


def environment(world: World, **more: str) -> dict[str, str]:
    """Let the Python that runs these tests be the project's own, so that it has pytest, and commands judge ahead."""
    return {
        **world.env,
        **ON,
        "LASTMILE_AHEAD_COMMANDS": "true",
        "VIRTUAL_ENV": sys.prefix,
        "LASTMILE_VERIFY__TESTS__SECONDS": "60",
        **more,
    }


def more_pushed(editor: Editor, count: int) -> bool:
    return len(editor.client.pushed) > count


async def there(editor: Editor, doc: Doc, at: str) -> types.CodeAction:
    """Open the menu until an entry is ready; what more than its document decided brings no edit along."""
    count = 0
    while not (found := await ready(editor, doc, at, inside=False)):
        await editor.client.until(partial(more_pushed, editor, count))
        count = len(editor.client.pushed)
    return found[0]


@pytest.mark.parametrize("changed", [False, True], ids=["taken", "the tests change first"])
async def test_what_makes_a_failing_test_pass_is_ready_once_its_failure_is_known(world: World, changed: object) -> None:
    fill(world.folder, {"ends.py": LAST, "tests/test_ends.py": TESTS, "conftest.py": ""}, rules="F")
    async with editing(environment(world), world.folder, kind=PUSHED) as editor:
        tests, code = editor.open("tests/test_ends.py", TESTS), editor.open("ends.py", LAST)
        assert not await ready(editor, code, "last")
        entry = await editor.entry(tests, "== [2, 3]", "Fix the code, if the test `test_last` fails")
        assert (await editor.resolve(entry)).edit is not None  # the person looks at it, and leaves it
        action = await there(editor, code, "last")
        assert action.title == "Fix `last`, so that its failing tests pass (ready, free)"
        if changed:
            editor.change(tests, "last([3])", "last([4, 3])")
            assert not await ready(editor, code, "last")
            return
        attempts = world.attempts()
        action = await editor.resolve(action)
        assert world.attempts() == attempts
        assert action.edit is not None
        (note,) = (action.edit.change_annotations or {}).values()
        assert "tests" in (note.description or "")
        assert await take(editor, action) == ""
        assert code.text == LAST.replace("[0]", "[-1]")
    assert ("fix-test", "rules", 1, 1) in world.rows("SELECT kind, cleared_by, ahead, applied FROM outcomes")


@pytest.mark.parametrize(("trusted", "codes"), [("true", ["F401"]), ("false", [])])
async def test_no_code_of_a_folder_that_is_not_trusted_runs(world: World, trusted: str, codes: list[str]) -> None:
    fill(world.folder, {"x.py": "", "lastmile.toml": COMMAND}, rules="F")
    beside = world.folder.parent / "beside"
    fill(beside, {"y.py": ""}, rules="F")
    async with editing(
        environment(world, LASTMILE_VERIFY__TRUSTED=trusted), world.folder, beside, kind=PUSHED
    ) as editor:
        other = editor.open((beside / "y.py").as_uri(), "import os\n")
        doc = editor.open("x.py", "import os\n")  # touched last, so it comes first
        await marked(editor, other, ["F401"])
        await marked(editor, doc, codes)
    refused = world.rows("SELECT refused_by FROM attempts WHERE ahead AND NOT passed")
    assert refused == ([] if codes else [("command",)])


async def test_what_a_command_judged_is_judged_again_once_a_file_changes_on_the_disk(world: World) -> None:
    fill(world.folder, {"x.py": "", "z.py": "A = 1\n", "lastmile.toml": COMMAND}, rules="F")
    async with editing(environment(world), world.folder, kind=PUSHED) as editor:
        doc = editor.open("x.py", "import os\n")
        await marked(editor, doc, ["F401"])
        count = len(world.attempts())
        changed = types.FileEvent((world.folder / "z.py").as_uri(), types.FileChangeType.Changed)
        editor.client.workspace_did_change_watched_files(types.DidChangeWatchedFilesParams([changed]))
        assert not await ready(editor, doc, "os")
        await there(editor, doc, "os")
        assert len(world.attempts()) > count
