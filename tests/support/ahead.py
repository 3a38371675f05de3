"""A window on a machine that a test describes, tiers that a test holds, and what is ready there."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import asynccontextmanager
from itertools import count
from pathlib import Path

from tests.support.editor import VSCODE, Editor, editing
from tests.support.stage import ScriptedTier, Stage
from tests.support.wire import Json

from lastmile.ahead.budget import Bucket
from lastmile.ahead.machine import Gauge, Power
from lastmile.lsp.readying.spending import Spending
from lastmile.lsp.readying.stock import Stock

TEXT = "import os\n\n\ndef area(width):\n    return width * hight\n\n\nprint(area(1))\n"
SEEN = ("F401", "F821")


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
    """Open a window on a machine that a test describes, where a minute is over between any two looks at the clock."""
    async with editing(stage, folder, client=client) as editor:
        ticks: Iterator[int] = count(step=1000)
        spending = Spending(bucket or Bucket(lambda: next(ticks)), Gauge(power, lambda: next(ticks)))
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


def stock(editor: Editor) -> Stock:
    found = editor.server.stock
    assert found is not None
    return found
