"""Asks for completions: through the real server and its host, and the model alone, without anything between.

Both ask the same process for the same gap. What the model says alone is cut at the same number of tokens
and put in as it is; only the indentation that the prompt left to it is not put in twice.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from attrs import define, frozen
from tests.support.hosting import runtime

from benchmarks.completions.judging import Outcome, Shown, judged
from benchmarks.completions.positions import Position
from benchmarks.lsp_client import Client
from benchmarks.support import ours, scratch
from lastmile.complete.window import around
from lastmile.complete.worth import is_worth
from lastmile.config.completing import Completing
from lastmile.config.local import LocalModel
from lastmile.errors import ModelError
from lastmile.model.client import HostFiller
from lastmile.model.host.starting import Host
from lastmile.text.snapshot import Snapshot

MODEL = Path(__file__).parent / "tiny-stdlib.gguf"
_CONTEXT = 16_384
_TYPING = 2
"""InlineCompletionTriggerKind.Automatic."""

_SETTINGS = """
diagnostics = "off"
[model]
path = {path}
completion_context = {context}
threads = {threads}
linger = 1
[completion]
battery_saver = true
debounce = 0
"""
"""Nothing is made ahead of time and nothing is linted: each answer is a new one, and nothing else runs meanwhile."""


@frozen
class Both:
    """What came of a position through the product, and from the model alone."""

    product: Outcome
    alone: Outcome


@define
class Session:
    """A server with its host, and a way around it."""

    client: Client
    filler: HostFiller
    runner: asyncio.Runner
    project: Path

    def ask(self, position: Position) -> Both:
        """Ask both ways."""
        path = self.project / position.name.replace("/", "-")
        self.client.open(path, position.text)
        began = time.perf_counter()
        answer = self.client.request("textDocument/inlineCompletion", _params(path, position), timeout=120)
        took = time.perf_counter() - began
        self.client.notify("textDocument/didClose", {"textDocument": {"uri": path.as_uri()}})
        product = judged(position, _shown(answer["items"], position), took, asked=is_asked(position))
        return Both(product, self.runner.run(self._alone(position, path.name)))

    async def _alone(self, position: Position, name: str) -> Outcome:
        """Take what the model says as it is."""
        window = around(Snapshot("file:///x.py", position.text).lines, position.offset)
        began = time.perf_counter()
        pieces = self.filler.fill(window.fill(name, ()), most=Completing().max_tokens, document="alone")
        try:
            text = "".join([piece async for piece in pieces])
        except ModelError as error:
            print(f"{position.name}: {error}", file=sys.stderr)
            text = ""
        took = time.perf_counter() - began
        text = text.removeprefix(window.lead)
        shown = Shown(position.offset, position.offset, text) if text.strip() else None
        return judged(position, shown, took)


@contextmanager
def session(model: Path, threads: int) -> Iterator[Session]:
    """Start a server, for as long as the block lasts."""
    with scratch() as (folder, env), runtime(env) as hosts, asyncio.Runner() as runner:
        settings = _SETTINGS.format(path=json.dumps(str(model)), context=_CONTEXT, threads=threads)
        Path(env["LASTMILE_CONFIG"]).write_text(settings, encoding="utf-8")
        project = folder / "project"
        project.mkdir()
        own = LocalModel(path=str(model), completion_context=_CONTEXT, threads=threads, linger=1)
        filler = HostFiller(Host(own, hosts.env))
        client = Client.start(ours(), env=hosts.env)
        try:
            client.initialize(project)
            yield Session(client, filler, runner, project)
            assert len(hosts.pids()) == 1, "the server and the model alone were not asked of one process"
        finally:
            runner.run(filler.close())
            client.stop()


def is_asked(position: Position) -> bool:
    """Tell whether the product asks a model at such a place while a person types."""
    return is_worth(around(Snapshot("file:///x.py", position.text).lines, position.offset))


def _params(path: Path, position: Position) -> dict[str, Any]:
    above = position.text[: position.offset].split("\n")
    place = {"line": len(above) - 1, "character": _units(above[-1])}
    return {"textDocument": {"uri": path.as_uri()}, "position": place, "context": {"triggerKind": _TYPING}}


def _units(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2


def _shown(items: list[dict[str, Any]], position: Position) -> Shown | None:
    """Read an answer: its range begins at the cursor and ends on its line."""
    if not items:
        return None
    (item,) = items
    starts, ends = item["range"]["start"]["character"], item["range"]["end"]["character"]
    rest = position.text[position.offset :].partition("\n")[0]
    units = ends - starts
    replaced = next(count for count in range(len(rest) + 1) if _units(rest[:count]) == units)
    return Shown(position.offset, position.offset + replaced, item["insertText"])
