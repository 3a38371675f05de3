"""What a client does wrong is one line of the log each, without a traceback."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.support.editor import editing
from tests.support.stage import Stage
from tests.support.wire import Json, RefusedError

OPENED = {"languageId": "python", "version": 1, "text": "x = 1\n"}


@pytest.mark.parametrize(
    ("method", "params", "says"),
    [
        ("textDocument/didOpen", {"textDocument": {"uri": "file://", **OPENED}}, "Not a document's URI: 'file://'"),
        ("textDocument/didOpen", {"textDocument": {"uri": "nope", **OPENED}}, "Not a document's URI: 'nope'"),
        ("textDocument/didOpen", {"textDocument": {"uri": "file:///tmp/%00x.py", **OPENED}}, "Not a document's URI"),
        ("textDocument/didOpen", None, "cannot be read"),
        ("textDocument/didClose", {"textDocument": 3}, "cannot be read"),
    ],
)
async def test_a_notification_that_makes_no_sense(
    stage: Stage, folder: Path, caplog: pytest.LogCaptureFixture, method: str, params: Json, says: str
) -> None:
    async with editing(stage, folder) as editor:
        editor.wire.notify(method, params)
        await editor.wire.settle()
    check(caplog, says)


@pytest.mark.parametrize("params", [{}, None, {"textDocument": {"uri": "file:///x.py"}, "stray": 1, "range": "all"}])
async def test_a_request_that_makes_no_sense(
    stage: Stage, folder: Path, caplog: pytest.LogCaptureFixture, params: Json
) -> None:
    async with editing(stage, folder) as editor:
        with pytest.raises(RefusedError, match="does not have the form"):
            await editor.wire.request("textDocument/codeAction", params)
    check(caplog, "cannot be read")


def check(caplog: pytest.LogCaptureFixture, says: str) -> None:
    """See that one line was logged, and nothing else of any weight."""
    heavy = [record for record in caplog.records if record.levelname in {"WARNING", "ERROR"}]
    (record,) = [record for record in heavy if "test/settle" not in record.getMessage()]
    assert says in record.getMessage()
    assert "\n" not in record.getMessage()
    assert record.exc_info is None
