"""What is known of a document is worked out once, and not for a text that is gone."""

from __future__ import annotations

import asyncio
import logging
from pathlib import Path

import pytest
from tests.support.editor import VSCODE, editing
from tests.support.patience import PATIENCE
from tests.support.stage import Stage
from tests.support.wire import Json, RefusedError

from lastmile.cascade.draft import Draft
from lastmile.cascade.verdict import Verdict
from lastmile.errors import StaleError
from lastmile.lsp.landing import landing
from lastmile.lsp.wire import ticket
from lastmile.project import Project
from lastmile.text.edits import Span
from lastmile.text.snapshot import Snapshot

TEXT = "import os\n\n\ndef area(width):\n    return width\n"


@pytest.mark.slow
async def test_a_worker_that_is_at_it_is_left_to_end_before_the_next_begins(stage: Stage, folder: Path) -> None:
    stage.worker.gate = asyncio.Event()
    async with editing(stage, folder) as editor:
        uri = editor.open("x.py", TEXT)
        await editor.diagnostics(uri)  # comes without the worker
        await asyncio.wait_for(stage.worker.asked.wait(), PATIENCE)
        for _ in range(3):
            editor.type(uri, 0, "#\n")
            await editor.diagnostics(uri)
        asked = asyncio.create_task(editor.menu(uri, "os", only=["quickfix"]))
        await editor.wire.settle()
        assert not asked.done()
        assert (stage.worker.running, stage.worker.cancelled) == (1, 0)
        stage.worker.gate.set()
        assert len(await asyncio.wait_for(asked, PATIENCE)) == 1


async def test_without_the_worker_the_menu_has_the_fixes(stage: Stage, folder: Path) -> None:
    stage.worker.broken = True
    async with editing(stage, folder) as editor:
        uri = editor.open("x.py", TEXT)
        assert len(await editor.menu(uri, "os", only=["quickfix"])) == 1
        assert await editor.menu(uri, "area", only=["refactor"]) == []


async def test_without_ruff_and_without_the_worker_there_is_an_empty_menu(stage: Stage, folder: Path) -> None:
    stage.worker.broken = True
    (folder / "pyproject.toml").write_text("[tool.ruff.lint]\nselect = [7]\n")
    async with editing(stage, folder) as editor:
        uri = editor.open("x.py", TEXT)
        assert await editor.menu(uri, "os") == []


async def test_a_document_opened_again_is_a_new_one(stage: Stage, folder: Path) -> None:
    async with editing(stage, folder) as editor:
        uri = editor.open("x.py", TEXT)
        heard = len(editor.wire.received)
        editor.open("x.py", "x = 1\n")
        assert (await editor.wire.heard("textDocument/publishDiagnostics", after=heard))["diagnostics"] == []
        editor.close(uri)
        editor.close(uri)
        await editor.wire.settle()
        assert len(editor.server.documents) == 0


async def test_noise_on_the_wire_is_logged_and_the_server_goes_on(
    stage: Stage, folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with editing(stage, folder) as editor:
        with caplog.at_level(logging.ERROR):
            editor.wire.raw(b"{")
            await editor.wire.settle()
        assert "JsonRpcException" in caplog.text
        assert editor.wire.all("window/showMessage") == []


async def test_a_client_that_refuses_to_show_progress_still_gets_its_edit(stage: Stage, folder: Path) -> None:
    local = stage.tiers["local"]
    local.scripts, local.gate = [lambda text: text.replace("return width", "return 2 * width")], asyncio.Event()
    async with editing(stage, folder) as editor:
        editor.wire.answers["window/workDoneProgress/create"] = _refuse
        uri = editor.open("x.py", TEXT)
        place = editor.place(TEXT, Span(TEXT.index("return"), len(TEXT) - 1))
        asked = asyncio.create_task(editor.command("lastmile.instruct", uri, place, "double it"))
        await editor.wire.heard("window/workDoneProgress/create")
        await editor.wire.settle()
        local.gate.set()
        assert await asked == {"applied": True}
        assert editor.wire.all("$/progress") == []


@pytest.mark.slow
@pytest.mark.parametrize("method", ["window/showMessageRequest", "window/showDocument", "workspace/configuration"])
async def test_a_client_that_refuses_to_answer_is_a_person_who_did_not(stage: Stage, folder: Path, method: str) -> None:
    stage.tiers["local"].scripts = [lambda text: f"{text}x(\n"]
    async with editing(stage, folder, client=VSCODE) as editor:
        editor.wire.answers["window/showMessageRequest"] = lambda _params: {"title": "Show why"}
        editor.wire.answers[method] = _refuse
        uri = editor.open("x.py", TEXT)
        place = editor.place(TEXT, Span(TEXT.index("return"), len(TEXT) - 1))
        assert await editor.command("lastmile.instruct", uri, place, "spoil it") == {"applied": False}
        await editor.wire.heard(method)
        await editor.wire.settle()


def _refuse(_params: Json) -> Json:
    raise RefusedError({"code": -32601, "message": "not here"})


@pytest.mark.slow
async def test_a_long_text_is_compared_by_the_worker(stage: Stage, folder: Path) -> None:
    text = TEXT + "".join(f"x_{number} = {number}\n" for number in range(4000))
    async with editing(stage, folder) as editor:
        uri = editor.open("x.py", text)
        (action,) = await editor.menu(uri, "os", only=["quickfix"])
        assert editor.take((await editor.resolve(action))["edit"])
        assert editor.texts[uri] == text.removeprefix("import os\n")


class Restless:
    """A document that has changed each time somebody looks."""

    def __init__(self, snapshot: Snapshot) -> None:
        self.looks = 0
        self._first = snapshot

    def find(self, _uri: str) -> Restless:
        return self

    def others(self, _path: Path | None) -> dict[Path, str]:
        return {}

    @property
    def snapshot(self) -> Snapshot:
        self.looks += 1
        return Snapshot(self._first.uri, self._first.text + "#\n" * self.looks, self._first.path)


async def test_an_edit_does_not_run_after_a_document_for_ever(stage: Stage, folder: Path) -> None:
    old = Snapshot((folder / "x.py").as_uri(), TEXT, folder / "x.py")
    new = TEXT.removeprefix("import os\n")
    project: Project = await stage.project(folder / "x.py")
    wanted = ticket.write("fix-all", old, Span(0, len(TEXT)), detail={}, title="Fix all")
    restless = Restless(old)
    with pytest.raises(StaleError, match="keeps changing"):
        await landing.land(restless, project, wanted, old=old, text=new)  # type: ignore[arg-type]
    assert restless.looks == 6
    verdict: Verdict = await project.verify(
        await project.make(await project.page(old), kind="fix-all", target=Span(0, 1), detail={}), Draft(())
    )
    assert not verdict.passed
    await stage.close()
