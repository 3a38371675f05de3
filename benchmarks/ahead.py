"""What is ready before the menu opens, how fast it is there, and what that costs whoever types.

The demo package is copied and opened in two of our servers, one of which makes nothing ahead. What the
second fixes for free when it is asked, finding by finding, is what could be ready in the first after ten
seconds without a key. The menu and the edit are timed from the request to what the client has in hand.

`--editor neovim` times menu and edit once more where a person meets them, in a real Neovim, and nothing else.

Typing is compared in turn: a burst of keys and a rest, long enough for work ahead to begin, and on; after
each key the client asks for something that costs nothing, and after every fourth for a completion by
a model made by hand (`tests/support/chain_gguf.py`). Run it on an idle machine: the machine's load is not
heeded here, which it would be in an editor.
"""

from __future__ import annotations

import argparse
import shutil
import sqlite3
import statistics
import time
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from itertools import chain
from pathlib import Path
from typing import Any

from attrs import define, field, frozen
from tests.support.chain_gguf import Shape, write_chain

from benchmarks import ahead_neovim as neovim
from benchmarks.lsp_client import Client
from benchmarks.support import milliseconds, ours, percentile, scratch

DEMO = Path(__file__).parents[1] / "examples" / "bookshelf"
IDLE = 10.0
"""Seconds without a key before the menus are opened."""

MENUS = 6
"""How often the menu of each finding is opened."""

KEYS = "total = total + width * 2\n"
GAP = 0.06
"""Seconds between two keys: of somebody who types fast."""

COMPLETED = 4
"""Keys after which a completion is asked for: the first of a burst while work ahead is just being ended."""

REST = 1.0
"""Seconds between two bursts, by which work ahead has begun."""

_HALF = 0.5

SETTINGS = {
    "LASTMILE_PAID": "never",
    "LASTMILE_LADDER": "rules",  # the model that completes here says noise
    "LASTMILE_AHEAD_LOAD": "1000",
    "LASTMILE_COMPLETION__MAX_TOKENS": "8",
}


@frozen
class Place:
    """One finding of the demo package."""

    path: Path
    diagnostic: dict[str, Any]

    def menu(self) -> dict[str, Any]:
        """Give what a client asks for at its line, as editors do it."""
        context = {"diagnostics": [self.diagnostic], "triggerKind": 1, "only": ["quickfix"]}
        return {"textDocument": {"uri": self.path.as_uri()}, "range": self.diagnostic["range"], "context": context}

    def spot(self, folder: Path) -> dict[str, Any]:
        """Say where it is, as a person puts the cursor there."""
        start = self.diagnostic["range"]["start"]
        place = {"row": start["line"], "column": start["character"], "code": self.diagnostic["code"]}
        return {"file": str(self.path.relative_to(folder)), **place}


@define
class Window:
    """An editor's window on the demo package."""

    client: Client
    versions: dict[Path, int] = field(factory=dict)

    @classmethod
    @contextmanager
    def opened(cls, folder: Path, env: dict[str, str], *, ahead: str) -> Iterator[Window]:
        """Start a server."""
        window = cls(Client.start(ours(), env=env | SETTINGS | {"LASTMILE_AHEAD": ahead}))
        try:
            window.client.initialize(folder)
            yield window
            window.client.stop()
        finally:
            window.client.process.kill()
            window.client.process.wait()

    def open(self, path: Path, text: str) -> None:
        """Open a document."""
        self.versions[path] = 1
        self.client.open(path, text)

    def close(self, path: Path) -> None:
        """Close it."""
        self.client.notify("textDocument/didClose", {"textDocument": {"uri": path.as_uri()}})

    def key(self, path: Path, line: int, column: int, text: str) -> None:
        """Put a text in."""
        self.versions[path] += 1
        place = {"line": line, "character": column}
        identifier = {"uri": path.as_uri(), "version": self.versions[path]}
        change = {"range": {"start": place, "end": place}, "text": text}
        self.client.notify("textDocument/didChange", {"textDocument": identifier, "contentChanges": [change]})

    def findings(self, path: Path) -> list[Place]:
        """Wait for a document's first diagnostics."""
        found: list[Place] = []

        def fits(message: dict[str, Any]) -> bool:
            if message["method"] != "textDocument/publishDiagnostics" or message["params"]["uri"] != path.as_uri():
                return False
            found.extend(Place(path, item) for item in message["params"]["diagnostics"])
            return True

        self.client.wait(fits)
        return found

    def actions(self, place: Place) -> list[dict[str, Any]]:
        """Open the menu of a finding; gives the fixes of that very finding."""
        wanted = place.diagnostic
        listed = self.client.request("textDocument/codeAction", place.menu())
        return [item for item in listed if _is_about(item, wanted)]

    def fixes(self, place: Place) -> bool:
        """Ask for a fix of a finding; tells whether there was one."""
        actions = self.actions(place)
        return any("edit" in self.client.request("codeAction/resolve", action) for action in actions[:1])


def _is_about(action: dict[str, Any], wanted: dict[str, Any]) -> bool:
    about = action.get("diagnostics") or []
    return any((item["range"], item.get("code")) == (wanted["range"], wanted.get("code")) for item in about)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--blocks", type=int, default=8, help="blocks of typing for each server")
    parser.add_argument("--editor", choices=["neovim"], help="time the menu and the edit in this editor instead")
    chosen = parser.parse_args()
    with scratch() as (folder, env):
        demo = folder / "bookshelf"
        shutil.copytree(DEMO, demo)
        files = {path: path.read_text(encoding="utf-8") for path in sorted(demo.rglob("*.py"))}
        env["LASTMILE_MODEL__PATH"] = str(write_chain(folder / "small.gguf", Shape()))
        if chosen.editor:
            _in_neovim(demo, env, files)
            return
        with Window.opened(demo, env, ahead="rules") as ready, Window.opened(demo, env, ahead="off") as asked:
            _ready(ready, asked, files)
            made = _made_ahead(env)
            _typing({"on": ready, "off": asked}, demo, max(files.values(), key=len), chosen.blocks)
        print(f"{_made_ahead(env) - made} drafts were made ahead meanwhile, between the bursts")


def _made_ahead(env: dict[str, str]) -> int:
    """Count what was drafted ahead by now."""
    with closing(sqlite3.connect(env["LASTMILE_LEDGER"])) as ledger:
        count: int = ledger.execute("SELECT count(*) FROM attempts WHERE ahead").fetchone()[0]
    return count


def _fixable(asked: Window, files: dict[Path, str]) -> tuple[list[Place], int]:
    """Find the findings that are fixed when that is asked for, and count all."""
    places: list[Place] = []
    for path, text in files.items():
        asked.open(path, text)
        places += asked.findings(path)
    fixable = [place for place in places if asked.fixes(place)]
    for path in files:
        asked.close(path)
    return fixable, len(places)


def _in_neovim(demo: Path, env: dict[str, str], files: dict[Path, str]) -> None:
    with Window.opened(demo, env, ahead="off") as asked:
        fixable, findings = _fixable(asked, files)
    settings = SETTINGS | {"LASTMILE_AHEAD": "rules"}
    timed = neovim.timed(demo, [place.spot(demo) for place in fixable], settings=settings, idle=IDLE, rounds=MENUS)
    _say_ready(sum(place["ready"] for place in timed), len(fixable), findings)
    for what, name, bar in (("menu", "menus", "p95 under 30 ms"), ("edit", "applied", "under 50 ms")):
        times = [took / 1000 for place in timed if place["ready"] for took in place[name]]
        print(f"the {what} in Neovim: {_spread(times)}, of {len(times)}   [bar: {bar}]")


def _say_ready(there: int, fixable: int, findings: int) -> None:
    print(
        f"after {IDLE:g} s without a key, {there} of {fixable} fixable findings ({there / fixable:.0%}) have their fix "
        f"in the menu, of {findings} findings   [bar: 80%]"
    )


def _ready(ready: Window, asked: Window, files: dict[Path, str]) -> None:
    fixable, findings = _fixable(asked, files)
    for path, text in files.items():
        ready.open(path, text)
    time.sleep(IDLE)
    there = [place for place in fixable if any("edit" in action for action in ready.actions(place))]
    _say_ready(len(there), len(fixable), findings)
    _times(ready, there)
    for path in files:
        ready.close(path)


def _times(ready: Window, places: Sequence[Place]) -> None:
    menus, applied, resolved = [], [], []
    for place in [*places] * MENUS:
        began = time.perf_counter()
        actions = ready.actions(place)
        menus.append(time.perf_counter() - began)
        action = next(item for item in actions if "edit" in item)
        applied.append(time.perf_counter() - began)
        began = time.perf_counter()
        assert "edit" in ready.client.request("codeAction/resolve", {**action, "edit": None})
        resolved.append(time.perf_counter() - began)
    print(f"the menu of a finding: {_spread(menus)}   [bar: p95 under 30 ms]")
    print(f"from the menu's request to the edit in hand: {_spread(applied)}   [bar: under 50 ms]")
    print(f"resolving it all the same: {_spread(resolved)}   [bar: under 5 ms]")


def _typing(windows: dict[str, Window], demo: Path, source: str, blocks: int) -> None:
    echoes: dict[str, list[list[float]]] = {name: [] for name in windows}
    completions: dict[str, list[list[float]]] = {name: [] for name in windows}
    for number in range(blocks + 1):
        for name in (windows, reversed(windows))[number % 2]:
            path = demo / f"typed_{name}_{number}.py"
            windows[name].open(path, f"# {number}\n{source}")
            time.sleep(REST)
            end = len(source.splitlines()) + 1
            _completion(windows[name], path, end, 0)  # reads the document for both: whoever comes first would pay
            echoed, completed = _block(windows[name], path, end)
            windows[name].close(path)
            if number:  # the first warms up
                echoes[name].append(echoed)
                completions[name].append(completed)
    for what, times in (("an echo", echoes), ("a completion", completions)):
        on, off = (list(chain.from_iterable(times[name])) for name in ("on", "off"))
        print(f"{what} with `ahead`: {_spread(on)}; without: {_spread(off)}")
        print(
            f"    ratio {_part(on, _HALF) / _part(off, _HALF):.2f} at the median, "
            f"{_part(on, 0.95) / _part(off, 0.95):.2f} at p95; block by block "
            f"{_ratio(times, _HALF):.2f} and {_ratio(times, 0.95):.2f}   [bar: 1.1]"
        )


def _ratio(times: dict[str, list[list[float]]], share: float) -> float:
    """Compare block by block, as they were measured, and take the median: one that something else disturbed is one."""
    pairs = zip(times["on"], times["off"], strict=True)
    return statistics.median(_part(on, share) / _part(off, share) for on, off in pairs)


def _part(times: Sequence[float], share: float) -> float:
    return statistics.median(times) if share == _HALF else percentile(times, share)


def _block(window: Window, path: Path, line: int) -> tuple[list[float], list[float]]:
    """Type two bursts with a rest between them, in which work ahead begins and which the next key ends."""
    echoes, completions = [], []
    for burst in range(2):
        for column, char in enumerate(KEYS.rstrip("\n")):
            began = time.perf_counter()
            window.key(path, line + burst, column, char)
            window.client.request("workspace/executeCommand", {"command": "lastmile.completed", "arguments": ["-"]})
            echoes.append(time.perf_counter() - began)
            if column % COMPLETED == COMPLETED - 1:
                completions.append(_completion(window, path, line + burst, column + 1))
            time.sleep(GAP)
        window.key(path, line + burst, len(KEYS) - 1, "\n")
        time.sleep(REST if not burst else 0.0)
    return echoes, completions


def _completion(window: Window, path: Path, line: int, column: int) -> float:
    """Ask for a completion behind what was typed; gives the seconds that took."""
    place = {"line": line, "character": column}
    wanted = {"textDocument": {"uri": path.as_uri()}, "position": place, "context": {"triggerKind": 1}}
    began = time.perf_counter()
    window.client.request("textDocument/inlineCompletion", wanted)
    return time.perf_counter() - began


def _spread(times: Sequence[float]) -> str:
    return f"{milliseconds(times)}, p95 {percentile(times, 0.95) * 1000:.1f} ms"


if __name__ == "__main__":
    main()
