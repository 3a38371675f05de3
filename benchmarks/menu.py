"""The menu and the first diagnostics on a long file, against `ruff server` and a bare pygls server.

The file has 5,500 lines and 370 findings. Every server gets the same document and the same
requests: code actions at each of 200 places, with the diagnostics of that place in the context.
"""

from __future__ import annotations

import statistics
import time
from pathlib import Path
from typing import Any

from benchmarks.lsp_client import Client
from benchmarks.support import bare, large_module, milliseconds, ours, percentile, ruff_server, scratch

PLACES = 200
OPENINGS = 25
COMMANDS = {"lastmile": ours(), "ruff server": ruff_server(), "bare pygls": bare()}


def main() -> None:
    """Measure and print."""
    text = large_module(lines=5500, findings=370)
    with scratch() as (folder, env):
        (folder / "pyproject.toml").write_text('[tool.ruff.lint]\nselect = ["F"]\n')
        opened = _first_diagnostics(folder, env, text)
        print(f"first diagnostics after open, {OPENINGS} pairs:")
        for name in ("lastmile", "ruff server"):
            print(f"  {name:<12} {milliseconds(opened[name])}")
        ratio = statistics.median(a / b for a, b in zip(opened["lastmile"], opened["ruff server"], strict=True))
        print(f"  ratio, median of the pairs: {ratio:.2f}   [bar: at most 2]")
        print(f"a code-action list, {PLACES} places, 370 findings in the file:")
        # With a key each entry has a price, which is made up of the whole file.
        keyed = env | {"ANTHROPIC_API_KEY": "none"}
        for name, command in {**COMMANDS, "with a key": ours()}.items():
            times = _lists(folder, keyed if name == "with a key" else env, text, command)
            bar = "   [bar: p95 under 5 ms]" if command == ours() else ""
            print(f"  {name:<12} {milliseconds(times)}, p95 {percentile(times, 0.95) * 1000:.1f} ms{bar}")


def _first_diagnostics(folder: Path, env: dict[str, str], text: str) -> dict[str, list[float]]:
    """Open documents of the same size in warm servers, in turn; each has its own name and content.

    A menu is asked for after each, by which both servers have done all that they do with a document.
    """
    clients = {name: Client.start(COMMANDS[name], env=env) for name in ("lastmile", "ruff server")}
    times: dict[str, list[float]] = {name: [] for name in clients}
    for client in clients.values():
        client.initialize(folder)
    for number in range(OPENINGS + 1):
        for name, client in clients.items():
            path = folder / f"opened_{number}.py"
            began = time.perf_counter()
            client.open(path, f"# {number}\n{text}")
            times[name].append(client.wait(_published(path)) - began)
            client.request("textDocument/codeAction", _params(path, 0))
    for client in clients.values():
        client.stop()
    return {name: taken[1:] for name, taken in times.items()}


def _published(path: Path) -> Any:
    def fits(message: dict[str, Any]) -> bool:
        published = message["method"] == "textDocument/publishDiagnostics"
        return published and message["params"]["uri"] == path.as_uri() and bool(message["params"]["diagnostics"])

    return fits


def _lists(folder: Path, env: dict[str, str], text: str, command: list[str]) -> list[float]:
    client = Client.start(command, env=env)
    client.initialize(folder)
    path = folder / "menu.py"
    client.open(path, text)
    if command != bare():
        client.wait(_published(path))
    rows = [row for row, line in enumerate(text.splitlines()) if line.startswith("    unused")]
    times = []
    for row in [rows[0], *rows[:: max(1, len(rows) // PLACES)][:PLACES]]:
        began = time.perf_counter()
        found = client.request("textDocument/codeAction", _params(path, row))
        times.append(time.perf_counter() - began)
        assert found, f"no action on line {row}"
    client.stop()
    return times[1:]


def _params(path: Path, row: int) -> dict[str, Any]:
    place = {"start": {"line": row, "character": 4}, "end": {"line": row, "character": 10}}
    problem = {
        "range": place,
        "severity": 2,
        "code": "F841",
        "source": "Ruff",
        "message": "Local variable `unused` is assigned to but never used",
    }
    return {"textDocument": {"uri": path.as_uri()}, "range": place, "context": {"diagnostics": [problem]}}


if __name__ == "__main__":
    main()
