from __future__ import annotations

from pathlib import Path

import pytest
from tests.support.editor import editing
from tests.support.stage import Stage
from tests.support.wire import RefusedError

from lastmile.errors import LedgerError
from lastmile.lsp.person.reports import Reports
from lastmile.service import Service


async def test_what_was_told_once_is_told_again_after_much_else(stage: Stage, folder: Path) -> None:
    async with editing(stage, folder) as editor:
        person = editor.server.person
        for _ in range(3):
            person.tell_once("first")
        for number in range(200):
            person.tell_once(f"other {number}")
        person.tell_once("first")
        await editor.wire.settle()
        told = [params["message"] for params in editor.wire.all("window/showMessage")]
        assert (told.count("first"), len(told)) == (2, 202)


async def test_a_service_that_cannot_be_opened_is_said_and_the_server_ends_well(folder: Path) -> None:
    def fail() -> Service:
        message = "the state folder is a file. Move it away."
        raise LedgerError(message)

    async with editing(fail, folder) as editor:
        uri = editor.open("x.py", "import os\n")
        with pytest.raises(RefusedError, match="Move it away") as caught:
            await editor.menu(uri, "os")
        assert caught.value.code == -32803
        (told,) = editor.wire.all("window/showMessage")
        assert told == {"type": 1, "message": "Lastmile cannot work: the state folder is a file. Move it away."}


def test_reports_are_few_and_go_with_the_server() -> None:
    reports = Reports()
    reports.close()
    paths = [reports.write(f"fix-{number}", "# Text\ud800") for number in range(25)]
    folder = paths[0].parent
    left = {path.name for path in folder.iterdir()}
    assert len(left) == 20
    assert paths[-1].name in left
    reports.close()
    assert not folder.exists()
