"""Nothing passed: what the person is told, shown, and may still do."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from tests.support.editor import UNVERSIONED, VSCODE, Editor, editing
from tests.support.stage import Stage
from tests.support.wire import Json

from lastmile.lsp.person.surfaced import UNVERIFIED, WHY
from lastmile.lsp.wire import uris
from lastmile.text.edits import Replacement, Span

Change = Callable[[Editor], None]
TEXT = "def area(width):\n    return width * hight\n"


def spoil(text: str) -> str:
    return text.replace("return", "return unknown or")


@asynccontextmanager
async def refused(stage: Stage, folder: Path, *answers: str, client: dict[str, Json] = VSCODE) -> AsyncIterator[Editor]:
    """Run an editor in which a fix has just been refused; its person presses the buttons in turn."""
    given = list(answers)
    stage.tiers["local"].scripts = [spoil]
    async with editing(stage, folder, client=client) as editor:
        editor.wire.answers["window/showMessageRequest"] = lambda _params: {"title": given.pop(0)} if given else None
        editor.wire.answers["window/showDocument"] = lambda _params: {"success": True}
        uri = editor.open("x.py", TEXT)
        (action,) = await editor.menu(uri, "hight", only=["quickfix"])
        assert "edit" not in await editor.resolve(action)
        yield editor


async def test_one_line_says_what_was_tried_and_why_it_was_refused(stage: Stage, folder: Path) -> None:
    async with refused(stage, folder) as editor:
        asked = await editor.wire.heard("window/showMessageRequest")
        assert asked["message"].startswith("Fix F821: Undefined name `hight`: Nothing passed. Tried ")
        assert "local (refused by lint" in asked["message"]
        assert "\n" not in asked["message"]
        assert [item["title"] for item in asked["actions"]] == [WHY, UNVERIFIED]


async def test_show_why_opens_a_report_that_only_this_user_can_read(stage: Stage, folder: Path) -> None:
    async with refused(stage, folder, WHY) as editor:
        shown = await editor.wire.heard("window/showDocument")
        path = uris.to_path(shown["uri"])
        assert path is not None
        report = await asyncio.to_thread(path.read_text, encoding="utf-8")
        assert "# Fix F821" in report
        assert "```diff" in report
        assert path.parent.stat().st_mode & 0o077 == 0
        again = await editor.wire.heard("window/showMessageRequest", lambda params: len(params["actions"]) == 1)
        assert [item["title"] for item in again["actions"]] == [UNVERIFIED]
    assert not path.parent.exists()


async def test_a_report_that_cannot_be_shown_is_named(stage: Stage, folder: Path) -> None:
    async with refused(stage, folder, WHY) as editor:
        editor.wire.answers["window/showDocument"] = lambda _params: {"success": False}
        told = await editor.wire.heard("window/showMessage")
        assert told["message"].startswith("The report is in ")


async def test_the_best_draft_is_applied_if_asked_for_and_called_unverified(stage: Stage, folder: Path) -> None:
    async with refused(stage, folder, UNVERIFIED) as editor:
        params = await editor.wire.heard("workspace/applyEdit")
        assert params["label"].startswith("Unverified: Fix F821")
        note = next(iter(params["edit"]["changeAnnotations"].values()))
        assert note["description"].startswith("unverified, refused by ")
        await editor.wire.settle()
        assert editor.texts[editor.uri("x.py")] == spoil(TEXT)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("change", "text", "told"),
    [
        (lambda e: e.type(e.uri("x.py"), 0, "# one\n"), "# one\n" + TEXT.replace("width * hight", "unknown"), ""),
        (
            lambda e: e.edit(e.uri("x.py"), Replacement(Span(TEXT.index("width *"), len(TEXT) - 1), "2")),
            TEXT.replace("width * hight", "2"),
            "changed in the same place",
        ),
        (lambda e: e.close(e.uri("x.py")), TEXT, "was closed"),
    ],
)
async def test_the_best_draft_goes_where_it_still_fits(
    stage: Stage, folder: Path, change: Change, text: str, told: str
) -> None:
    stage.tiers["local"].scripts = [lambda old: old.replace("width * hight", "unknown")]
    future: asyncio.Future[Json] = asyncio.get_running_loop().create_future()
    async with editing(stage, folder) as editor:
        editor.wire.answers["window/showMessageRequest"] = lambda _params: future
        uri = editor.open("x.py", TEXT)
        (action,) = await editor.menu(uri, "hight", only=["quickfix"])
        await editor.resolve(action)
        await editor.wire.heard("window/showMessageRequest")
        change(editor)
        future.set_result({"title": UNVERIFIED})
        if told:
            assert told in (await editor.wire.heard("window/showMessage"))["message"]
        else:
            await editor.wire.heard("workspace/applyEdit")
            await editor.wire.settle()
        assert editor.texts[uri] == text


async def test_the_best_draft_waits_until_the_document_shows_the_edit_before(stage: Stage, folder: Path) -> None:
    stage.tiers["local"].scripts = [spoil]
    pressed: asyncio.Future[Json] = asyncio.get_running_loop().create_future()
    edits: list[Json] = []

    def applied(params: Json) -> Json:
        edits.append(params["edit"])
        return {"applied": True}

    async with editing(stage, folder, client=UNVERSIONED) as editor:
        editor.wire.answers["window/showMessageRequest"] = lambda _params: pressed
        editor.wire.answers["workspace/applyEdit"] = applied
        uri = editor.open("x.py", f"import os\n\n\n{TEXT}")
        (unused,) = await editor.menu(uri, "os", only=["quickfix"])
        (action,) = await editor.menu(uri, "hight", only=["quickfix"])
        await editor.resolve(action)
        await editor.wire.heard("window/showMessageRequest")
        assert await editor.command("lastmile.apply", unused["data"]) == {"applied": True}
        pressed.set_result({"title": UNVERIFIED})
        await editor.wire.settle()
        assert len(edits) == 1
        assert editor.take(edits[0])
        await editor.wire.heard("workspace/applyEdit", lambda params: params["label"].startswith("Unverified"))
        assert editor.take(edits[1])
        assert editor.texts[uri] == f"\n\n{spoil(TEXT)}"


@pytest.mark.slow
@pytest.mark.parametrize(
    ("answer", "why"),
    [
        ({"applied": False, "failureReason": "read-only"}, "read-only"),
        ({"applied": False}, "it did not say why"),
        (None, "cannot be read"),
    ],
)
async def test_an_edit_that_the_editor_refuses_is_said(stage: Stage, folder: Path, answer: Json, why: str) -> None:
    async with refused(stage, folder) as editor:
        editor.wire.answers["workspace/applyEdit"] = lambda _params: answer
        editor.wire.answers["window/showMessageRequest"] = lambda _params: {"title": UNVERIFIED}
        stage.tiers["local"].scripts = [spoil]
        uri = editor.uri("x.py")
        (action,) = await editor.menu(uri, "hight", only=["quickfix"])
        await editor.resolve(action)
        told = await editor.wire.heard("window/showMessage")
        assert told["message"].startswith("The editor did not apply the edit: ")
        assert why in told["message"]
        assert not told["message"].endswith("..")


async def test_a_client_without_buttons_is_just_told(stage: Stage, folder: Path) -> None:
    caps = {"textDocument": VSCODE["textDocument"]}
    async with refused(stage, folder, client=caps) as editor:
        told = await editor.wire.heard("window/showMessage")
        assert "Nothing passed" in told["message"]
        assert editor.wire.all("window/showMessageRequest") == []


async def test_what_runs_on_save_says_it_in_the_log_alone(stage: Stage, folder: Path) -> None:
    async with editing(stage, folder) as editor:
        uri = editor.open("x.py", TEXT)
        (action,) = await editor.menu(uri, "hight", only=["source.fixAll"])
        assert "edit" not in await editor.resolve(action)
        told = await editor.wire.heard("window/logMessage")
        assert "Nothing passed" in told["message"] or "No tier drafted anything" in told["message"]
        assert editor.wire.all("window/showMessageRequest") == []
