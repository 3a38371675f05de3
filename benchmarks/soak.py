"""Memory of the server over a long day: 10,000 edits and 1,000 code actions, half of them resolved.

Resident memory is read from the kernel after each tenth. The worker process counts too.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import psutil

from benchmarks.lsp_client import Client
from benchmarks.support import large_module, ours, scratch

EDITS = 10_000
ACTIONS = 1_000
STEPS = 10
_MEGABYTE = 1_000_000


def main() -> None:
    """Measure and print."""
    with scratch() as (folder, env):
        (folder / "pyproject.toml").write_text('[tool.ruff.lint]\nselect = ["F"]\n')
        path = folder / "soak.py"
        client = Client.start(ours(), env=env)
        client.initialize(folder)
        client.open(path, large_module(lines=600, findings=40))
        server = psutil.Process(client.process.pid)
        own, everything = [], []
        for step in range(STEPS):
            _work(client, path, step)
            own.append(server.memory_info().rss / _MEGABYTE)
            children = server.children(recursive=True)
            everything.append(own[-1] + sum(child.memory_info().rss for child in children) / _MEGABYTE)
            print(f"after {(step + 1) * EDITS // STEPS:>6} edits: server {own[-1]:.0f} MB, all {everything[-1]:.0f} MB")
        client.stop()
    half = own[STEPS // 2 :]
    print(f"server at the end: {own[-1]:.0f} MB   [bar: under 150]")
    print(f"growth over the second half: {half[-1] - half[0]:+.1f} MB   [bar: flat]")


def _work(client: Client, path: Path, step: int) -> None:
    for number in range(EDITS // STEPS):
        version = step * EDITS // STEPS + number + 2
        text = "x" if number % 2 == 0 else ""
        end = 0 if number % 2 == 0 else 1
        place = {"start": {"line": 2, "character": 0}, "end": {"line": 2, "character": end}}
        document = {"uri": path.as_uri(), "version": version}
        client.notify(
            "textDocument/didChange", {"textDocument": document, "contentChanges": [{"range": place, "text": text}]}
        )
        if number % (EDITS // ACTIONS) == 1:
            _act(client, path, resolve=number % (2 * EDITS // ACTIONS) == 1)


def _act(client: Client, path: Path, *, resolve: bool) -> None:
    place = {"start": {"line": 0, "character": 0}, "end": {"line": 20, "character": 0}}
    params: dict[str, Any] = {
        "textDocument": {"uri": path.as_uri()},
        "range": place,
        "context": {"diagnostics": []},
    }
    found = client.request("textDocument/codeAction", params)
    assert found, "nothing is offered"
    fixes = [item for item in found if item["kind"] == "quickfix"]
    if resolve:
        assert client.request("codeAction/resolve", fixes[0])["edit"]


if __name__ == "__main__":
    main()
