"""Whose turn it is: rules before a model, a person before what is made ahead, and open documents alone."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from tests.support.ahead import SEEN, TEXT, drafting, marked, window
from tests.support.patience import PATIENCE
from tests.support.stage import Stage, gated

pytestmark = pytest.mark.slow


async def test_rules_go_over_all_of_a_document_before_a_model_is_asked_for_anything(stage: Stage, folder: Path) -> None:
    local = drafting(stage, held=True)
    text = "def area(width):\n    return width * hight\n\n\ndef late():\n    import os\n    return None\n"
    async with window(stage, folder) as editor:
        uri = editor.open("x.py", text)
        await marked(editor, uri, "F401")
        await asyncio.wait_for(local.asked.wait(), PATIENCE)
        async with gated(local):
            await asyncio.sleep(0)
        await marked(editor, uri, "F821", "F401")


async def test_a_key_ends_what_runs_and_a_rest_begins_it_again(stage: Stage, folder: Path) -> None:
    local = drafting(stage, held=True)
    async with window(stage, folder) as editor:
        uri = editor.open("x.py", TEXT)
        await asyncio.wait_for(local.asked.wait(), PATIENCE)
        local.asked.clear()
        editor.type(uri, len(TEXT), "#")
        async with gated(local):  # it is asked anew, so what ran before has ended
            assert local.cancelled == 1
        await marked(editor, uri, *SEEN)


async def test_what_a_person_asks_for_goes_first(stage: Stage, folder: Path) -> None:
    local = drafting(stage, held=True)
    async with window(stage, folder) as editor:
        uri = editor.open("x.py", TEXT)
        await asyncio.wait_for(local.asked.wait(), PATIENCE)
        local.asked.clear()
        (entry,) = [item for item in await editor.menu(uri, "hight") if item["title"].startswith("Fix F821")]
        asked = editor.wire.ask("codeAction/resolve", entry)
        async with gated(local):  # by the person now
            assert local.cancelled == 1
            assert [task.ahead for task in local.history] == [True, False]
        done = await asyncio.wait_for(asked, PATIENCE)
        assert "edit" in done
        await marked(editor, uri, *SEEN)


async def test_nothing_is_made_while_a_document_that_is_closed_is_the_only_one(stage: Stage, folder: Path) -> None:
    local = drafting(stage, held=True)
    async with window(stage, folder) as editor:
        uri = editor.open("x.py", TEXT)
        await asyncio.wait_for(local.asked.wait(), PATIENCE)
        editor.close(uri)
        other = editor.open("y.py", "import re\n")
        await marked(editor, other, "F401")
        assert local.cancelled == 1
        assert len(local.history) == 1
