"""What a status shows and its menu does: nothing is started by looking."""

from __future__ import annotations

import asyncio
import shutil
from pathlib import Path

import pytest
from attrs import evolve
from tests.support.editor import VSCODE, editing
from tests.support.filling import ScriptedFiller
from tests.support.hosting import Runtime, calling
from tests.support.stage import Stage
from tests.support.wire import Json, RefusedError

from lastmile.text.edits import Span

TEXT = "import os\n\n\ndef area(width):\n    return width\n"
RULES = {"name": "rules", "free": True, "model": "", "off": ""}
SONNET = {"name": "sonnet", "free": False, "model": "model-of-sonnet", "off": "not scripted"}


async def test_the_status_says_who_can_draft_and_what_today_cost(stage: Stage, folder: Path) -> None:
    stage.tiers["local"].scripts = ["no model"]
    stage.tiers["opus"].scripts = [lambda text: text.replace("return width", "return 2 * width")]
    settings = {"paid": "auto", "ladder": ["rules", "sonnet", "opus"]}
    async with editing(stage, folder, client=VSCODE, settings=settings) as editor:
        before = await editor.command("lastmile.status")
        assert before["tiers"] == [RULES, SONNET, {**SONNET, "name": "opus", "model": "model-of-opus", "off": ""}]
        assert before["model"] == {"path": "", "state": "none", "trouble": ""}
        assert before["completions"] == {"enabled": True, "paused": False}
        assert before["today"] == {"spent": 0, "tasks": 0, "cleared": 0, "cleared_free": 0}
        assert (before["paid"], before["trusted"], before["version"][:2]) == ("auto", True, "0.")
        assert (before["last"], before["instruct"]) == ("", {"off": ""})
        uri = editor.open("x.py", TEXT)
        place = editor.place(TEXT, Span(TEXT.index("return"), len(TEXT) - 1))
        await editor.command("lastmile.instruct", uri, place, "double it")
        after = await editor.command("lastmile.status")
        assert after["today"] == {"spent": pytest.approx(0.036), "tasks": 1, "cleared": 1, "cleared_free": 0}
        assert after["last"].startswith("Instruct: double it: opus, 2 drafts, syntax ok")


async def test_paid_tiers_are_off_where_the_person_says_never(stage: Stage, folder: Path) -> None:
    async with editing(stage, folder, settings={"paid": "never", "verify": {"trusted": False}}) as editor:
        told = await editor.command("lastmile.status")
        assert {tier["name"]: tier["off"] for tier in told["tiers"]}["opus"] == "paid tiers are off (paid = never)"
        assert told["trusted"] is False


async def test_a_document_has_the_status_of_its_own_settings(stage: Stage, folder: Path) -> None:
    (folder / "inner").mkdir()
    (folder / "inner" / "lastmile.toml").write_text('paid = "never"\n')
    async with editing(stage, folder, settings={"paid": "auto"}) as editor:
        uri = editor.open("inner/x.py", TEXT)
        assert (await editor.command("lastmile.status"))["paid"] == "auto"
        assert (await editor.command("lastmile.status", uri))["paid"] == "never"
        for wrong in ([7], [uri, uri]):
            with pytest.raises(RefusedError, match="takes the URI"):
                await editor.command("lastmile.status", *wrong)
        with pytest.raises(RefusedError, match="not open"):
            await editor.command("lastmile.status", editor.uri("y.py"))


FEW = ["rules", "local", "sonnet"]
NOT_SCRIPTED = "not scripted"


@pytest.mark.parametrize(
    ("settings", "off"),
    [
        ({"paid": "auto", "ladder": FEW}, f"local: {NOT_SCRIPTED}; sonnet: {NOT_SCRIPTED}"),
        ({"paid": "never", "ladder": FEW}, f"local: {NOT_SCRIPTED}; sonnet: paid tiers are off (paid = never)"),
        ({"ladder": ["rules"]}, "the ladder has rules alone, and no rule follows words"),
    ],
)
async def test_why_nobody_follows_words_is_said(
    stage: Stage, folder: Path, settings: dict[str, Json], off: str
) -> None:
    async with editing(stage, folder, settings=settings) as editor:
        assert (await editor.command("lastmile.status"))["instruct"]["off"] == off
        stage.tiers["local"].scripts = stage.tiers["sonnet"].scripts = [lambda text: text]
        now = (await editor.command("lastmile.status"))["instruct"]["off"]
        assert now == ("" if "local" in settings["ladder"] else off)


@pytest.mark.slow
async def test_the_model_is_cold_until_somebody_asks_it(stage: Stage, folder: Path, hosts: Runtime, tiny: Path) -> None:
    stage.service.shared = evolve(stage.service.shared, env=hosts.env)
    own = {"path": str(tiny), "context": 2048, "completion_context": 2048, "threads": 1, "linger": 0.5}
    async with editing(stage, folder, settings={"model": own}) as editor:
        assert (await editor.command("lastmile.status"))["model"] == {"path": str(tiny), "state": "cold", "trouble": ""}
        assert hosts.pids() == []
        async with calling(hosts.host(tiny)) as caller:
            await caller.post("completions", {"prompt": "x", "max_tokens": 1})
            assert (await editor.command("lastmile.status"))["model"]["state"] == "warm"


@pytest.mark.slow
async def test_a_model_that_drafts_is_warm_though_another_completes(
    stage: Stage, folder: Path, hosts: Runtime, tiny: Path
) -> None:
    stage.service.shared = evolve(stage.service.shared, env=hosts.env)
    own = {"path": str(tiny), "context": 2048, "completion_context": 2048, "threads": 1, "linger": 0.5}
    second = tiny.with_name("second.gguf")
    await asyncio.to_thread(shutil.copy, tiny, second)
    tiers = {"local": {"models": [str(second)]}}
    async with editing(stage, folder, settings={"model": own, "tiers": tiers}) as editor:
        assert (await editor.command("lastmile.status"))["model"]["state"] == "cold"
        project = await stage.service.project(folder)
        (drafter,) = project.settings.drafters.values()
        async with calling(stage.service.shared.host(drafter)) as caller:
            await caller.post("completions", {"prompt": "x", "max_tokens": 1})
            assert (await editor.command("lastmile.status"))["model"]["state"] == "warm"


@pytest.mark.parametrize(("text", "said"), [(None, "cannot be read: No such file"), ("x", "is not a GGUF file")])
async def test_a_model_that_is_none_is_told_and_not_cold(
    stage: Stage, folder: Path, hosts: Runtime, tmp_path: Path, text: str | None, said: str
) -> None:
    stage.service.shared = evolve(stage.service.shared, env=hosts.env)
    file = tmp_path / "none.gguf"
    if text is not None:
        file.write_text(text)
    async with editing(stage, folder, settings={"model": {"path": str(file)}}) as editor:
        told = await editor.command("lastmile.status")
        assert told["model"]["state"] == "none"
        assert said in told["model"]["trouble"]
        assert {tier["name"]: tier["off"] for tier in told["tiers"]}["local"] == told["model"]["trouble"]


async def test_completions_pause_and_go_on(stage: Stage, folder: Path) -> None:
    stage.service.filler = filler = ScriptedFiller([["1"], ["2"]])
    async with editing(stage, folder, settings={"completion": {"battery_saver": True, "debounce": 0}}) as editor:
        uri = editor.open("x.py", "x = \n")
        asked = {"textDocument": {"uri": uri}, "position": {"line": 0, "character": 4}, "context": {"triggerKind": 1}}
        assert [await editor.command("lastmile.pause", *[True]) for _ in "ab"] == [{"paused": True}] * 2
        assert await editor.wire.request("textDocument/inlineCompletion", asked) == {"items": []}
        assert filler.history == []
        assert (await editor.command("lastmile.status"))["completions"] == {"enabled": True, "paused": True}
        assert await editor.command("lastmile.pause") == {"paused": False}
        assert [await editor.command("lastmile.pause", None) for _ in "ab"] == [{"paused": True}, {"paused": False}]
        found = await editor.wire.request("textDocument/inlineCompletion", asked)
        assert [item["insertText"] for item in found["items"]] == ["1"]


@pytest.mark.parametrize("arguments", [["yes"], [True, False], [1]])
async def test_a_pause_that_makes_no_sense_is_refused(stage: Stage, folder: Path, arguments: list[Json]) -> None:
    async with editing(stage, folder) as editor:
        with pytest.raises(RefusedError, match="takes true, false or nothing"):
            await editor.command("lastmile.pause", *arguments)


async def test_the_last_report_is_shown_again(stage: Stage, folder: Path) -> None:
    shown: list[str] = []

    def show(params: Json) -> Json:
        shown.append(params["uri"])
        return {"success": True}

    async with editing(stage, folder, client=VSCODE) as editor:
        editor.wire.answers["window/showDocument"] = show
        assert await editor.command("lastmile.report") is None
        uri = editor.open("x.py", TEXT)
        (entry,) = await editor.menu(uri, "os", only=["quickfix"])
        assert editor.take((await editor.resolve(entry))["edit"])
        told = await editor.command("lastmile.report")
        assert shown == [Path(told["path"]).as_uri()]
        text = await asyncio.to_thread(Path(told["path"]).read_text)
        assert text.startswith("# Fix F401")


async def test_the_models_of_this_machine_are_listed(stage: Stage, folder: Path, tiny: Path) -> None:
    async with editing(stage, folder, settings={"model": {"path": str(tiny)}}) as editor:
        found = await editor.command("lastmile.models")
        assert {"name": str(tiny), "path": str(tiny), "used": True, "trouble": ""} in found
