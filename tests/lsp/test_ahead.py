"""What is made ahead and when it is not: with tiers that a test holds, and a machine that it describes."""

from __future__ import annotations

import asyncio
import re
import sys
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import asynccontextmanager
from itertools import count
from math import inf
from pathlib import Path
from typing import Any

import pytest
from attrs import evolve
from tests.support.editor import VSCODE, Editor, editing
from tests.support.patience import PATIENCE
from tests.support.stage import ScriptedTier, Stage, gated
from tests.support.wire import Json, RefusedError

from lastmile.ahead.budget import Bucket
from lastmile.ahead.machine import Gauge, Power
from lastmile.lsp.readying.settling import doubt
from lastmile.lsp.readying.spending import Spending
from lastmile.lsp.readying.stock import Stock
from lastmile.text.edits import Replacement, Span

UNWATCHED = {"workspace": {**VSCODE["workspace"], "didChangeWatchedFiles": {}}}
"""What a client says that tells of no file's change."""

UNVERSIONED = VSCODE | {"workspace": {name: VSCODE["workspace"][name] for name in ("applyEdit", "configuration")}}
"""A client whose edits name no version, so that it applies them to whatever the document is by then."""

STAND_IN = Path(__file__).parents[1].joinpath("support/checker_server.py").read_text()
TEXT = "import os\n\n\ndef area(width):\n    return width * hight\n\n\nprint(area(1))\n"
SEEN = ("F401", "F821")
PULLING = {**VSCODE, "textDocument": {**VSCODE["textDocument"], "diagnostic": {}}}
REFRESH = "workspace/diagnostic/refresh"


@pytest.fixture
def home_env(home_env: dict[str, str]) -> dict[str, str]:
    """Give the environment of someone who has the models of the machine draft ahead."""
    return home_env | {"LASTMILE_AHEAD": "local", "LASTMILE_PAID": "auto"}


def rename(text: str) -> str:
    return text.replace("hight", "width")


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
        spending = Spending(bucket or Bucket(), Gauge(power, lambda: next(ticks)))
        editor.server.stock = Stock(editor.server.documents, spending)
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


@asynccontextmanager
async def offered(stage: Stage, folder: Path) -> AsyncIterator[tuple[Editor, str, Json]]:
    """Open a window in which the model's fix is ready; gives the document and the menu's entry for it."""
    drafting(stage)
    async with window(stage, folder) as editor:
        uri = editor.open("x.py", TEXT)
        await marked(editor, uri, *SEEN)
        (action,) = await ready(editor, uri, "hight")
        yield editor, uri, action


def stock(editor: Editor) -> Stock:
    found = editor.server.stock
    assert found is not None
    return found


def widened(editor: Editor, uri: str, **changes: Any) -> None:  # noqa: ANN401 - fields of several types
    """Have what is ready for a document count as judged by other files too, and be otherwise as changed."""
    document = editor.server.document(uri)
    for made in stock(editor).of(document):
        around = editor.server.documents.around(document)
        stock(editor).shelf.put(document.key, evolve(made, around=around, **changes))


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
        old = list(stock(editor).shelf)
        editor.type(other, 0, "#")
        end(editor, other)
        await editor.menu(uri, "hight")  # it was heard by then
        assert not [made for made in old if made in list(stock(editor).shelf)]


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


def checked(folder: Path) -> Path:
    """Make a part of a project that has a type checker; gives the file that tells of its runs."""
    programs = folder / ".venv/bin"
    programs.mkdir(parents=True)
    (folder / ".venv/pyvenv.cfg").touch()
    (programs / "python").symlink_to(sys.executable)
    (programs / "ty").write_text(f"#!{sys.executable}\n{STAND_IN}")
    (programs / "ty").chmod(0o755)
    (folder / "typed").mkdir()
    (folder / "typed/ty.toml").write_text("")
    return programs / "ty.log"


async def test_no_type_checker_of_a_project_runs_until_a_person_asks_for_a_task_there(
    stage: Stage, folder: Path
) -> None:
    log = checked(folder)
    async with window(stage, folder) as editor:
        other = editor.open("plain.py", "import re\n")
        uri = editor.open("typed/x.py", "import os\n")  # touched last, so it comes first
        await marked(editor, other, "F401")
        assert not await ready(editor, uri, "os")
        assert not log.exists()
        (entry,) = [item for item in await editor.menu(uri, "os") if item["title"].startswith("Fix F401")]
        assert "edit" in await editor.wire.ask("codeAction/resolve", entry)
        await marked(editor, uri, "F401")
        (action,) = await ready(editor, uri, "os")
        taken = await editor.wire.ask("codeAction/resolve", action)
        assert "ty clean" in str(taken["edit"]["changeAnnotations"])
    assert log.read_text().count("started") == 1


@pytest.mark.parametrize("runs", [False, True], ids=["unless said", "said"])
async def test_no_command_of_a_project_runs_ahead_unless_the_person_said_so(
    stage: Stage, folder: Path, home_env: dict[str, str], *, runs: bool
) -> None:
    (folder / "lastmile.toml").write_text("[[verify.command]]\nrun = 'false {file}'\nfiles = ['judged/*']\n")
    (folder / "judged").mkdir()
    stage.service.shared.env.update({**home_env, "LASTMILE_AHEAD_COMMANDS": str(runs).lower()})
    drafting(stage)
    async with window(stage, folder) as editor:
        other = editor.open("plain.py", "import re\n")
        uri = editor.open("judged/x.py", "import os\n")  # touched last, so it comes first
        await marked(editor, other, "F401")
        assert not await ready(editor, uri, "os")
        document = editor.server.document(uri)
        tried = stock(editor).shelf.given_up(document.key)
        assert bool(tried) is runs


@pytest.mark.parametrize("folders", [0, 1])
async def test_no_file_outside_of_the_workspace_folders_is_looked_at(
    stage: Stage, folder: Path, tmp_path: Path, folders: int
) -> None:
    (tmp_path / "beside").mkdir()
    async with window(stage, folder) as editor:
        gone = [{"uri": folder.as_uri(), "name": "it"}][folders:]
        editor.wire.notify("workspace/didChangeWorkspaceFolders", {"event": {"added": [], "removed": gone}})
        unsaved = editor.open("", "import re\n", uri="untitled:new")
        uri = editor.open("", "import os\n", uri=(tmp_path / "beside/x.py").as_uri())
        await marked(editor, unsaved, "F401")
        assert not await ready(editor, uri, "os")


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


@pytest.mark.parametrize(
    ("wish", "made"), [("ahead_load = 0.5", 0), ("ahead_seconds = 0", 0), ("ahead_seconds = 0.001", 1)]
)
async def test_a_project_that_asks_for_less_gets_less_and_holds_up_no_other(
    stage: Stage, folder: Path, wish: str, made: int
) -> None:
    local = drafting(stage)
    (folder / "busy").mkdir()
    (folder / "busy/lastmile.toml").write_text(f"{wish}\n")
    async with window(stage, folder, lambda: Power(load=1.0)) as editor:
        other = editor.open("y.py", TEXT)
        uri = editor.open("busy/x.py", TEXT)  # touched last, so it comes first
        await marked(editor, other, *SEEN)
        assert len(await ready(editor, uri, "os")) == made
    assert {task.snapshot.uri for task in local.history} == {other}


@pytest.mark.parametrize(
    ("paid", "rest"), [("never", ""), ("auto", r"; then up to \$\d.*")], ids=["free alone", "then paid"]
)
async def test_the_menu_says_who_gave_up_on_this_very_text(stage: Stage, folder: Path, paid: str, rest: str) -> None:
    drafting(stage)
    stage.service.shared.env["LASTMILE_PAID"] = paid
    stage.tiers["local"].scripts = [lambda text: text.replace("hight", "heigth")]
    async with window(stage, folder) as editor:
        uri = editor.open("x.py", TEXT)
        other = editor.open("y.py", "import re\n")
        await marked(editor, uri, "F401")
        await marked(editor, other, "F401")
        editor.save(uri)
        titles = await said_of(editor, uri, "gave up")
        assert any(re.fullmatch(rf"Fix F821.*\(rules, local gave up on it{rest}\)", title) for title in titles)
        editor.type(uri, TEXT.index("width *"), "2 * ")
        again = [item["title"] for item in await editor.menu(uri, "hight")]
        assert not [title for title in again if "gave up" in title]


async def test_what_rules_alone_could_do_and_gave_up_on_is_greyed_out_until_its_text_changes(
    stage: Stage, folder: Path
) -> None:
    stage.service.shared.env["LASTMILE_PAID"] = "never"
    async with window(stage, folder) as editor:
        uri = editor.open("x.py", TEXT)
        await marked(editor, uri, "F401")
        editor.save(uri)
        await said_of(editor, uri, "gave up")
        (only,) = await editor.menu(uri, "hight", only=["quickfix"])
        assert only["title"].startswith("Fix F821")
        assert "nothing passed" in only["disabled"]["reason"]
        editor.type(uri, editor.texts[uri].index("width *"), "2 * ")
        assert not [item for item in await editor.menu(uri, "hight", only=["quickfix"]) if "disabled" in item]


async def said_of(editor: Editor, uri: str, words: str) -> list[str]:
    """Wait until the menu says something."""
    async with asyncio.timeout(PATIENCE):
        while not (found := [i["title"] for i in await editor.menu(uri, "hight") if words in i["title"]]):
            await editor.wire.settle()
    return found


async def test_what_is_ready_twice_on_one_line_says_which_is_which_in_the_menu_and_above_the_line(
    stage: Stage, folder: Path
) -> None:
    drafting(stage)
    stage.service.shared.env["LASTMILE_AHEAD_LENS"] = "true"
    text = "def area(a, b):\n    if a == None or None == b:\n        return 1\n    return 2 if a == None else 3\n"
    async with window(stage, folder, client=FIXED_LENS) as editor:
        uri = editor.open("x.py", text)
        await marked(editor, uri, *["E711"] * 3)
        menu = await editor.menu(uri, "if a == None or None", only=["quickfix"])
        once = "Fix E711: Comparison to `None` should be `cond is None` (ready, free)"
        twice = [once.replace(":", f" at column {column}:", 1) for column in (13, 21)]
        assert [item["title"] for item in menu] == twice
        assert sorted(await lensed(editor, uri)) == sorted([once, *twice])


FIXED_LENS = {**VSCODE, "textDocument": {**VSCODE["textDocument"], "codeLens": {"dynamicRegistration": False}}}
"""What Neovim says: it shows lenses, and cannot be told of them later."""


async def test_a_client_that_cannot_be_told_later_gets_lenses_once_its_answered_settings_want_them(
    stage: Stage, folder: Path
) -> None:
    drafting(stage)
    async with window(stage, folder, client=FIXED_LENS) as editor:
        wanted: dict[str, Json] = {}
        editor.wire.answers["workspace/configuration"] = lambda params: [wanted for _ in params["items"]]
        uri = editor.open("x.py", TEXT)
        await marked(editor, uri, *SEEN)
        asked = {"textDocument": {"uri": uri}}
        assert await editor.wire.request("textDocument/codeLens", asked) == []
        wanted["ahead_lens"] = True
        editor.wire.notify("workspace/didChangeConfiguration", {"settings": None})
        await marked(editor, editor.open("y.py", TEXT), *SEEN)
        editor.save(uri)
        assert await lensed(editor, uri)


async def lensed(editor: Editor, uri: str) -> list[str]:
    """Wait for lenses, which come once what is ready was made anew."""
    async with asyncio.timeout(PATIENCE):
        while not (found := await editor.wire.request("textDocument/codeLens", {"textDocument": {"uri": uri}})):
            await editor.wire.settle()
    return [item["command"]["title"] for item in found]


BUSY = "Fixes are not made ready now: the machine is busy (load 3.1 on 2 cores). It goes on by itself."


async def test_a_client_that_listens_is_told_what_holds_up_and_when_that_is_over(stage: Stage, folder: Path) -> None:
    drafting(stage)
    power = [Power(load=1.55, processors=2)]
    client = VSCODE | {"experimental": {"lastmileStatus": True}}
    async with window(stage, folder, lambda: power[0], client=client) as editor:
        uri = editor.open("x.py", TEXT)
        told = await editor.wire.heard("lastmile/statusChanged")
        assert told == {"ahead": {"who": "local", "waits": "busy", "why": BUSY}}
        assert (await editor.command("lastmile.status"))["ahead"] == told["ahead"]
        power[0] = Power()
        editor.save(uri)
        await marked(editor, uri, *SEEN)
        over = {"ahead": {"who": "local", "waits": "", "why": ""}}
        assert await editor.wire.heard("lastmile/statusChanged", lambda params: params != told) == over
        assert len(editor.wire.all("lastmile/statusChanged")) == 2


async def test_a_client_that_does_not_listen_is_told_nothing_that_it_does_not_know(stage: Stage, folder: Path) -> None:
    drafting(stage)
    event, machine = looked(2)  # the second look is for what would be said
    async with window(stage, folder, machine(Power(load=1.55, processors=2))) as editor:
        editor.open("x.py", TEXT)
        await asyncio.wait_for(event.wait(), PATIENCE)
        assert (await editor.command("lastmile.status"))["ahead"]["why"] == BUSY
        assert not editor.wire.all("lastmile/statusChanged")


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
    event, machine = looked(3)  # a third look is the first after something could have been made
    async with window(stage, folder, machine(Power()), bucket=bucket) as editor:
        uri = editor.open("x.py", TEXT)
        await asyncio.wait_for(event.wait(), PATIENCE)
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


def refuse(_params: Json) -> Json:
    raise RefusedError({"code": -32601, "message": "This client does not do that."})


async def made(editor: Editor, uri: str, at: str) -> None:
    """Wait until the fix at a place is ready, in a client that pulls nothing."""
    count = 0
    while not await ready(editor, uri, at):
        await editor.wire.heard(REFRESH, after=count)
        count = len(editor.wire.received)


async def test_a_client_that_pulls_nothing_is_told_once_of_what_is_ready(
    stage: Stage, folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    looks, target, reached = count(1), [0], asyncio.Event()
    loop = asyncio.get_running_loop()

    def look() -> Power:
        if next(looks) == target[0]:
            loop.call_soon_threadsafe(reached.set)
        return Power()

    async with window(stage, folder, look, client=PULLING) as editor:
        editor.wire.answers[REFRESH] = refuse
        last, middle = (editor.open(name, "import os\n") for name in ("z.py", "y.py"))
        await made(editor, middle, "os")
        await made(editor, last, "os")
        told, target[0] = len(editor.wire.all(REFRESH)), next(looks) + 4
        first = editor.open("x.py", "import os\n")  # one look at the machine, one for its fix, and one for each other
        await asyncio.wait_for(reached.wait(), PATIENCE)
        assert await ready(editor, first, "os")
        assert len(editor.wire.all(REFRESH)) == told + 1
    assert "Background work failed" not in caplog.text
