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


async def test_what_is_news_is_told_at_once_and_no_more_than_can_be_read(stage: Stage, folder: Path) -> None:
    async with editing(stage, folder) as editor:
        person = editor.server.person
        person.tell_once("first")
        person.tell_news(["first", "second."], "are wrong")
        person.tell_news([], "are wrong")
        person.tell_news(["third", "second.", "fourth.", "third"], "are wrong")
        person.tell_news([f"other {number}" for number in range(9)], "are wrong")
        await editor.wire.settle()
        first, second, both, many = [params["message"] for params in editor.wire.all("window/showMessage")]
        assert (first, second) == ("first", "second.")
        assert both == "2 are wrong:\n(1) third.\n(2) fourth."
        assert many.startswith("9 are wrong:\n(1) other 0.\n")
        assert many.endswith("(6) other 5.\nAnd 3 more, which the log lists.")


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
