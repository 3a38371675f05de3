"""An edit that was ready counts once the editor applied it, in whatever order that is told."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from tests.support.ahead import SEEN, TEXT, drafting, marked, ready, stock, window
from tests.support.editor import Editor
from tests.support.stage import Stage
from tests.support.wire import Json


@asynccontextmanager
async def offered(stage: Stage, folder: Path) -> AsyncIterator[tuple[Editor, str, Json]]:
    """Open a window in which the model's fix is ready; gives the document and the menu's entry for it."""
    drafting(stage)
    async with window(stage, folder) as editor:
        uri = editor.open("x.py", TEXT)
        await marked(editor, uri, *SEEN)
        (action,) = await ready(editor, uri, "hight")
        yield editor, uri, action


async def test_an_edit_that_a_menu_brought_along_counts_when_it_was_applied_whatever_changed_since(
    stage: Stage, folder: Path
) -> None:
    async with offered(stage, folder) as (editor, _uri, action):
        stock(editor).forget()
        assert editor.take(action["edit"])
        await editor.command(action["command"]["command"], *action["command"]["arguments"])
        assert (await editor.command("lastmile.receipt"))["line"].startswith("local, 1 draft, ")


async def test_an_edit_counts_that_comes_behind_the_word_of_it(stage: Stage, folder: Path) -> None:
    async with offered(stage, folder) as (editor, _uri, action):
        await editor.command(action["command"]["command"], *action["command"]["arguments"])
        assert await editor.command("lastmile.receipt") is None
        assert editor.take(action["edit"])
        assert (await editor.command("lastmile.receipt"))["line"].startswith("local, 1 draft, ")


async def test_who_asks_at_once_for_the_last_edit_waits_until_it_is_counted(stage: Stage, folder: Path) -> None:
    async with offered(stage, folder) as (editor, uri, action):
        assert editor.take(action["edit"])
        _, line, undone = await asyncio.gather(
            editor.command(action["command"]["command"], *action["command"]["arguments"]),
            editor.command("lastmile.receipt"),
            editor.command("lastmile.undoAndReport"),
        )
        assert line["line"].startswith("local, 1 draft, ")
        assert undone == {"undone": True, "reported": True}
        assert editor.texts[uri] == TEXT


async def test_an_edit_counts_as_kept_where_a_save_and_the_end_come_right_behind_the_word_of_it(
    stage: Stage, folder: Path
) -> None:
    async with offered(stage, folder) as (editor, uri, action):
        assert editor.take(action["edit"])
        editor.wire.ask("workspace/executeCommand", action["command"])
        editor.save(uri)
        editor.close(uri)
    assert stage.fates == [(action["command"]["arguments"][0], True)]


async def test_an_edit_that_the_editor_refused_does_not_count(stage: Stage, folder: Path) -> None:
    async with offered(stage, folder) as (editor, uri, action):
        editor.type(uri, 0, "SIZE = 1\n")  # while the menu was open
        await editor.command(action["command"]["command"], *action["command"]["arguments"])
        assert await editor.command("lastmile.receipt") is None


@pytest.mark.slow
@pytest.mark.parametrize("applied", [True, False], ids=["applied", "thrown away"])
async def test_an_edit_that_was_ready_and_is_asked_for_again_counts_once_it_is_applied(
    stage: Stage, folder: Path, applied: object
) -> None:
    async with offered(stage, folder) as (editor, _uri, action):
        done = await editor.resolve({"title": action["title"], "data": action["data"]})
        if applied:
            assert editor.take(done["edit"])
        assert (await editor.command("lastmile.receipt") is not None) is applied
        assert (await stage.ledger.bill()).total.cleared == int(bool(applied))
