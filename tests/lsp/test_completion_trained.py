"""The whole way of a completion with a model that has learnt something: from the key to what survives of it.

What the model says is its own affair. That it is shown, typed through, accepted and counted is not.
"""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from attrs import evolve
from benchmarks.completions.asking import MODEL
from tests.support.editor import Editor, editing
from tests.support.filling import MARK, ManualClock
from tests.support.hosting import Runtime, calling
from tests.support.stage import SharedWorker, Stage
from tests.support.wire import Json

from lastmile.model.host.starting import Host
from lastmile.service import Service
from lastmile.text.edits import Replacement, Span
from lastmile.tools.offload import Offload

pytestmark = pytest.mark.slow

SOURCE = '''\
import os
import sys


def exists(path):
    """Test whether a path exists."""
    try:
        os.stat(path)
    except OSError:
        return False
    ‸


def main():
    print(exists(sys.argv[1]))
'''
SETTINGS = """
[model]
path = {path}
threads = 1
linger = 0.5
[completion]
battery_saver = true
debounce = 0
"""


@pytest.fixture
def service(hosts: Runtime, offload: Offload) -> Service:
    """Give the service of someone whose settings name the trained model."""
    Path(hosts.env["LASTMILE_CONFIG"]).write_text(SETTINGS.format(path=json.dumps(str(MODEL))), encoding="utf-8")
    opened = Service.open(hosts.env)
    opened.shared = evolve(opened.shared, offload=SharedWorker(offload), clock=ManualClock())
    return opened


async def inline(editor: Editor, uri: str, at: int) -> list[Json]:
    position = editor.place(editor.texts[uri], Span(at, at))["start"]
    params = {"textDocument": {"uri": uri}, "position": position, "context": {"triggerKind": 2}}
    answer = await editor.wire.request("textDocument/inlineCompletion", params)
    items = answer["items"]
    assert isinstance(items, list)
    return items


def take(editor: Editor, uri: str, item: Json) -> None:
    """Take an item as editors do."""
    editor.take({"changes": {uri: [{"range": item["range"], "newText": item["insertText"]}]}})


async def requests(service: Service, hosts: Runtime) -> int:
    """Ask the host how often it was asked something."""
    async with calling(Host((await service.project(None)).settings.model, hosts.env)) as caller:
        return int((await caller.status())["requests"])


async def test_shown_typed_through_accepted_and_counted(service: Service, folder: Path, hosts: Runtime) -> None:
    clock = service.shared.clock
    assert isinstance(clock, ManualClock)
    stage = Stage(service, SharedWorker(service.shared.offload))
    async with editing(stage, folder) as editor:
        uri, at = editor.open("paths.py", SOURCE.replace(MARK, "")), SOURCE.index(MARK)
        (shown,) = await inline(editor, uri, at)
        text = shown["insertText"]
        assert len(text) > 2
        editor.type(uri, at, text[0])
        (rest,) = await inline(editor, uri, at + 1)
        assert (rest["insertText"], rest["command"]) == (text[1:], shown["command"])
        assert await requests(service, hosts) == 1
        take(editor, uri, rest)
        compile(editor.texts[uri], "paths.py", "exec")
        assert await editor.command(rest["command"]["command"], *rest["command"]["arguments"]) is None
        await clock.turn(30)
        editor.edit(uri, Replacement(Span(at, at + len(text)), ""))
        await editor.wire.settle()
        await clock.turn(270)
    with closing(sqlite3.connect(hosts.env["LASTMILE_LEDGER"])) as ledger:
        rows = ledger.execute("SELECT fate, taken, source, kept_early, kept_late FROM completions").fetchall()
    assert rows == [("accepted", len(text), "asked", 1, 0)]
