"""What is made ahead and when it is not: with tiers that a test holds, and a machine that it describes."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import asynccontextmanager
from itertools import count
from math import inf
from pathlib import Path
from typing import Any

import pytest
from attrs import evolve
from tests.support.editor import VSCODE, Editor, editing
from tests.support.stage import ScriptedTier, Stage, gated
from tests.support.wire import Json

from lastmile.ahead.budget import Bucket
from lastmile.ahead.machine import Gauge, Power
from lastmile.lsp.readying import Readying
from lastmile.lsp.settling import doubt
from lastmile.text.edits import Replacement, Span

UNWATCHED = {"workspace": {**VSCODE["workspace"], "didChangeWatchedFiles": {}}}
"""What a client says that tells of no file's change."""

UNVERSIONED = VSCODE | {"workspace": {name: VSCODE["workspace"][name] for name in ("applyEdit", "configuration")}}
"""A client whose edits name no version, so that it applies them to whatever the document is by then."""

TEXT = "import os\n\n\ndef area(width):\n    return width * hight\n\n\nprint(area(1))\n"
SEEN = ("F401", "F821")


@pytest.fixture
def home_env(home_env: dict[str, str]) -> dict[str, str]:
    """Give the environment of someone who has the models of the machine draft ahead."""
    return home_env | {"LASTMILE_AHEAD": "local", "LASTMILE_PAID": "auto"}


def rename(text: str) -> str:
    return text.replace("(width)", "(width, hight)")


def drafting(stage: Stage, *, held: bool = False) -> ScriptedTier:
    """Have every tier draft what passes; the local one waits where it is held."""
    for tier in stage.tiers.values():
        tier.scripts = [rename]
    stage.tiers["local"].gate = asyncio.Event() if held else None
    return stage.tiers["local"]


@asynccontextmanager
async def window(
    stage: Stage,
    folder: Path,
    power: Callable[[], Power] = Power,
    *,
    bucket: Bucket | None = None,
    client: Mapping[str, Json] = VSCODE,
) -> AsyncIterator[Editor]:
    """Open a window on a machine that a test describes."""
    async with editing(stage, folder, client=client) as editor:
        ticks: Iterator[int] = count(step=1000)
        editor.server.readying = Readying(bucket=bucket or Bucket(), gauge=Gauge(power, lambda: next(ticks)))
        yield editor


async def marked(editor: Editor, uri: str, *codes: str) -> None:
    """Wait until these findings are shown as having a fix ready."""
    version = editor.versions[uri]

    def fits(params: Json) -> bool:
        found = [item["code"] for item in params["diagnostics"] if item.get("data") == {"ready": True}]
        return (params["uri"], params.get("version"), found) == (uri, version, list(codes))

    await editor.wire.heard("textDocument/publishDiagnostics", fits)


async def ready(editor: Editor, uri: str, at: str) -> list[Json]:
    return [item for item in await editor.menu(uri, at) if item["title"].endswith("(ready, free)")]


def readying(editor: Editor) -> Readying:
    found = editor.server.readying
    assert found is not None
    return found


def widened(editor: Editor, uri: str, **changes: Any) -> None:  # noqa: ANN401 - fields of several types
    """Have what is ready for a document count as judged by other files too, and be otherwise as changed."""
    document = editor.server.document(uri)
    for made in readying(editor).of(editor.server, document):
        around = editor.server.documents.around(document)
        readying(editor).shelf.put(document.key, evolve(made, around=around, **changes))


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


async def test_what_more_than_its_document_decided_is_looked_at_again_when_it_is_chosen(
    stage: Stage, folder: Path
) -> None:
    local = drafting(stage)
    async with window(stage, folder) as editor:
        uri = editor.open("x.py", TEXT)
        await marked(editor, uri, *SEEN)
        widened(editor, uri)
        asked = len(local.history)
        (action,) = await ready(editor, uri, "hight")
        assert not action.keys() & {"edit", "command"}
        assert "edit" in await editor.resolve(action)
        assert len(local.history) == asked
        doubt(editor.server)
        assert "edit" in await editor.resolve(action)
        assert len(local.history) > asked


@pytest.mark.parametrize("client", [VSCODE, VSCODE | UNWATCHED], ids=["old", "unwatched"])
@pytest.mark.parametrize("passes", [True, False], ids=["passes", "fails by now"])
async def test_what_other_files_decided_is_judged_once_more_when_it_is_chosen(
    stage: Stage, folder: Path, client: Mapping[str, Json], passes: object
) -> None:
    local = drafting(stage)
    async with window(stage, folder, client=client) as editor:
        uri = editor.open("x.py", TEXT)
        await marked(editor, uri, *SEEN)
        asked, old = len(local.history), {} if client != VSCODE else {"at": -100.0}
        broken = {} if passes else {"replacements": (Replacement(Span(0, 0), "(\n"),)}
        widened(editor, uri, **old, **broken)
        (action,) = await ready(editor, uri, "hight")
        done = await editor.resolve(action)
        assert editor.take(done["edit"])
        assert editor.texts[uri] == rename(TEXT)
        assert (len(local.history) > asked) is not passes


async def test_what_other_files_decided_a_moment_ago_is_taken_as_it_is(stage: Stage, folder: Path) -> None:
    drafting(stage)
    async with window(stage, folder) as editor:
        uri = editor.open("x.py", TEXT)
        await marked(editor, uri, *SEEN)
        widened(editor, uri, at=inf, replacements=(Replacement(Span(0, 0), "(\n"),))
        (action,) = await ready(editor, uri, "hight")
        done = await editor.resolve(action)
        assert editor.take(done["edit"])
        assert editor.texts[uri] == "(\n" + TEXT


@pytest.mark.parametrize("end", [Editor.save, Editor.close], ids=["saved", "closed"])
async def test_what_the_old_text_of_another_file_let_pass_is_gone_once_that_file_is_written(
    stage: Stage, folder: Path, end: Callable[[Editor, str], None]
) -> None:
    drafting(stage)
    async with window(stage, folder) as editor:
        other, uri = editor.open("y.py", "SIZE = 1\n"), editor.open("x.py", TEXT)
        await marked(editor, uri, *SEEN)
        widened(editor, uri)
        old = list(readying(editor).shelf)
        editor.type(other, 0, "#")
        end(editor, other)
        await editor.menu(uri, "hight")  # it was heard by then
        assert not [made for made in old if made in list(readying(editor).shelf)]


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


async def test_an_edit_that_a_menu_brought_along_counts_when_it_was_applied_whatever_changed_since(
    stage: Stage, folder: Path
) -> None:
    drafting(stage)
    async with window(stage, folder) as editor:
        uri = editor.open("x.py", TEXT)
        await marked(editor, uri, *SEEN)
        (action,) = await ready(editor, uri, "hight")
        readying(editor).forget()
        assert editor.take(action["edit"])
        await editor.command(action["command"]["command"], *action["command"]["arguments"])
        assert (await editor.command("lastmile.receipt"))["line"].startswith("local, 1 draft, ")


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


async def test_a_key_ends_what_runs_and_a_rest_begins_it_again(stage: Stage, folder: Path) -> None:
    local = drafting(stage, held=True)
    async with window(stage, folder) as editor:
        uri = editor.open("x.py", TEXT)
        await asyncio.wait_for(local.asked.wait(), 20)
        local.asked.clear()
        editor.type(uri, len(TEXT), "#")
        async with gated(local):  # it is asked anew, so what ran before has ended
            assert local.cancelled == 1
        await marked(editor, uri, *SEEN)


async def test_what_a_person_asks_for_goes_first(stage: Stage, folder: Path) -> None:
    local = drafting(stage, held=True)
    async with window(stage, folder) as editor:
        uri = editor.open("x.py", TEXT)
        await asyncio.wait_for(local.asked.wait(), 20)
        local.asked.clear()
        (entry,) = [item for item in await editor.menu(uri, "hight") if item["title"].startswith("Fix F821")]
        asked = editor.wire.ask("codeAction/resolve", entry)
        async with gated(local):  # by the person now
            assert local.cancelled == 1
            assert [task.ahead for task in local.history] == [True, False]
        done = await asyncio.wait_for(asked, 20)
        assert "edit" in done
        await marked(editor, uri, *SEEN)


async def test_nothing_is_made_while_a_document_that_is_closed_is_the_only_one(stage: Stage, folder: Path) -> None:
    local = drafting(stage, held=True)
    async with window(stage, folder) as editor:
        uri = editor.open("x.py", TEXT)
        await asyncio.wait_for(local.asked.wait(), 20)
        editor.close(uri)
        other = editor.open("y.py", "import re\n")
        await marked(editor, other, "F401")
        assert local.cancelled == 1
        assert len(local.history) == 1


def looked(times: int) -> tuple[asyncio.Event, Callable[[Power], Callable[[], Power]]]:
    """Give an event that is set once the machine was looked at so often."""
    event, loop, seen = asyncio.Event(), asyncio.get_running_loop(), count(1)

    def machine(power: Power) -> Callable[[], Power]:
        def read() -> Power:
            if next(seen) == times:
                loop.call_soon_threadsafe(event.set)
            return power

        return read

    return event, machine


async def test_under_load_nothing_is_made(stage: Stage, folder: Path) -> None:
    local = drafting(stage)
    event, machine = looked(1)
    async with window(stage, folder, machine(Power(load=1.6))) as editor:
        uri = editor.open("x.py", TEXT)
        await asyncio.wait_for(event.wait(), 20)
        assert not await ready(editor, uri, "os")
        assert not local.history


async def test_on_battery_the_rules_alone_draft(stage: Stage, folder: Path) -> None:
    local = drafting(stage)
    async with window(stage, folder, lambda: Power(on_battery=True)) as editor:
        uri = editor.open("x.py", TEXT)
        await marked(editor, uri, "F401")
        assert not await ready(editor, uri, "hight")
    assert not local.history


async def test_once_the_minutes_seconds_are_used_up_nothing_more_is_made(stage: Stage, folder: Path) -> None:
    local = drafting(stage)
    bucket = Bucket(lambda: 0.0)
    bucket.take(20.0, 20.0)
    event, machine = looked(1)
    async with window(stage, folder, machine(Power()), bucket=bucket) as editor:
        uri = editor.open("x.py", TEXT)
        await asyncio.wait_for(event.wait(), 20)
        assert not await ready(editor, uri, "os")
        assert not local.history


async def test_what_is_made_is_taken_from_the_minutes_seconds(stage: Stage, folder: Path) -> None:
    local = drafting(stage)
    bucket = Bucket(lambda: 0.0)
    (folder / "lastmile.toml").write_text("ahead_seconds = 0.001\n")
    async with window(stage, folder, bucket=bucket) as editor:
        uri = editor.open("x.py", TEXT)
        await marked(editor, uri, "F401")
        assert bucket.wait(0.001) > 0
    assert not local.history


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
