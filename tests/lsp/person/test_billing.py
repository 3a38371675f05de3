"""The bill for a client: a message, or a page that it opens in a browser."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.support.editor import PLAIN, VSCODE, editing
from tests.support.stage import Stage
from tests.support.wire import Json, RefusedError

from lastmile.lsp.wire import uris


async def test_the_page_is_opened_in_a_browser(stage: Stage, folder: Path) -> None:
    async with editing(stage, folder, client=VSCODE) as editor:
        editor.wire.answers["window/showDocument"] = lambda _params: {"success": True}
        bill = await editor.command("lastmile.bill", {"page": True})
        (asked,) = editor.wire.all("window/showDocument")
        assert (asked["uri"], asked["external"], bill["shown"]) == (bill["page"], True, True)
        path = uris.to_path(bill["page"])
        assert path is not None
        assert path.read_text(encoding="utf-8").startswith("<!doctype html>")
        assert path.stat().st_mode & 0o077 == 0
        assert (bill["by"], bill["total"]["tasks"]) == ("day", 0)
        assert editor.wire.all("window/showMessage") == []


@pytest.mark.parametrize("client", [PLAIN, VSCODE], ids=["cannot", "does not"])
async def test_a_client_that_does_not_open_it_is_told_where_it_is(
    stage: Stage, folder: Path, client: dict[str, Json]
) -> None:
    async with editing(stage, folder, client=client) as editor:
        editor.wire.answers["window/showDocument"] = lambda _params: {"success": False}
        bill = await editor.command("lastmile.bill", {"page": True, "since": "7d"})
        told = await editor.wire.heard("window/showMessage")
        assert told["message"] == f"The bill is in {uris.to_path(bill['page'])}."
        assert not bill["shown"]
        assert bill["since"] is not None


async def test_the_message_may_have_a_start_too(stage: Stage, folder: Path) -> None:
    async with editing(stage, folder) as editor:
        bill = await editor.command("lastmile.bill", {"since": "24h"})
        assert bill["until"] - bill["since"] == pytest.approx(86_400, abs=60)
        assert "page" not in bill
        assert (await editor.command("lastmile.bill", None))["since"] is None


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        ([{"page": "yes"}], -32602, "takes nothing, or one object"),
        ([{"since": 7}], -32602, "takes nothing, or one object"),
        ([{"file": "/etc/passwd"}], -32602, "takes nothing, or one object"),
        (["page"], -32602, "takes nothing, or one object"),
        ([{}, {}], -32602, "takes nothing, or one object"),
        ([{"since": "yesterday"}], -32803, "write 24h, 7d, 2w or 2026-11-01"),
        ([{"since": "yesterday", "page": True}], -32803, "write 24h, 7d, 2w or 2026-11-01"),
    ],
)
async def test_a_wish_that_makes_no_sense_is_refused(
    stage: Stage, folder: Path, arguments: list[Json], code: int, message: str
) -> None:
    async with editing(stage, folder) as editor:
        with pytest.raises(RefusedError, match=message) as caught:
            await editor.command("lastmile.bill", *arguments)
        assert caught.value.code == code


async def test_a_page_that_cannot_be_written_is_said_in_a_line(stage: Stage, folder: Path) -> None:
    async with editing(stage, folder) as editor:
        path = (await editor.server.service()).ledger.path
        await editor.command("lastmile.bill")
        path.with_name(f"{path.stem}-bill.html").mkdir()
        with pytest.raises(RefusedError, match="cannot be written: it is no regular file") as caught:
            await editor.command("lastmile.bill", {"page": True})
        assert "\n" not in str(caught.value)
