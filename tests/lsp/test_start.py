"""What the start does without, and what the real command does at its ends."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from tests.support.editor import VSCODE
from tests.support.wire import program, telling

pytestmark = pytest.mark.slow

HEAVY = ("anthropic", "llama_cpp", "httpx2", "rich", "tree_sitter", "pebble", "sqlite3")
LATER = (
    "lastmile.service",
    "lastmile.project",
    "lastmile.tasks.kind",
    "lastmile.cascade.task",
    "lastmile.cascade.verdict",
    "lastmile.lsp.work",
)
LOOK = f"""
import sys
before = set(sys.modules)
from lastmile.lsp import serve
from lastmile.lsp.server import build
build(lambda: None)
print(*[name for name in {HEAVY + LATER!r} if name in set(sys.modules) - before])
"""


def test_building_the_server_imports_nothing_that_can_wait() -> None:
    looked = subprocess.run([sys.executable, "-c", LOOK], capture_output=True, text=True, check=True)
    assert looked.stdout.split() == []


def test_only_this_room_imports_the_protocol() -> None:
    root = Path(__file__).parents[2] / "server" / "lastmile"
    imports = re.compile(r"^\s*(import|from) (pygls|lsprotocol)\b", re.MULTILINE)
    importers = {path.relative_to(root).parts[0] for path in root.rglob("*.py") if imports.search(path.read_text())}
    assert importers == {"lsp"}


async def test_the_command_serves_and_leaves(home_env: dict[str, str], tmp_path: Path) -> None:
    async with program(sys.executable, "-m", "lastmile", "serve", env=home_env) as server:
        wire = server.wire
        params = {"processId": os.getpid(), "rootUri": tmp_path.as_uri(), "capabilities": VSCODE}
        said = await wire.request("initialize", params)
        assert said["serverInfo"]["name"] == "lastmile"
        wire.notify("initialized", {})
        uri = (tmp_path / "x.py").as_uri()
        item = {"uri": uri, "languageId": "python", "version": 1, "text": "import os\n"}
        wire.notify("textDocument/didOpen", {"textDocument": item})
        found = await wire.heard("textDocument/publishDiagnostics")
        assert [problem["code"] for problem in found["diagnostics"]] == ["F401"]
        assert await server.shut_down() == 0


async def test_the_loop_of_the_process_does_not_stand_still(home_env: dict[str, str], tmp_path: Path) -> None:
    watched = str(Path(__file__).parents[1] / "support" / "watched_server.py")
    text = "".join(f"def f_{number}(a):\n    unused = a\n    return undefined_{number}\n\n\n" for number in range(1100))
    async with program(sys.executable, watched, env=home_env) as server:
        wire = server.wire
        await wire.request("initialize", {"processId": None, "rootUri": tmp_path.as_uri(), "capabilities": VSCODE})
        wire.notify("initialized", {})
        for name, body in (("warm.py", "import os\n\n\n\n"), ("x.py", text)):
            if name == "x.py":
                wire.notify("test/watch")
            uri = (tmp_path / name).as_uri()
            item = {"uri": uri, "languageId": "python", "version": 1, "text": body}
            wire.notify("textDocument/didOpen", {"textDocument": item})
            await wire.heard("textDocument/publishDiagnostics", telling(uri=uri))
            place = {"start": {"line": 0, "character": 0}, "end": {"line": 3, "character": 0}}
            params = {"textDocument": {"uri": uri}, "range": place, "context": {"diagnostics": []}}
            menu = await wire.request("textDocument/codeAction", params)
            await wire.request("codeAction/resolve", menu[0])
        assert await wire.request("test/stalls") == []
        assert await server.shut_down() == 0


@pytest.mark.parametrize("when", ["at once", "after initialize", "with work pending"])
async def test_the_command_ends_with_its_client(home_env: dict[str, str], tmp_path: Path, when: str) -> None:
    async with program(sys.executable, "-m", "lastmile", "serve", env=home_env) as server:
        if when != "at once":
            await server.wire.request("initialize", {"processId": None, "rootUri": None, "capabilities": {}})
        if when == "with work pending":
            uri = (tmp_path / "x.py").as_uri()
            item = {"uri": uri, "languageId": "python", "version": 1, "text": "import os\n" * 3000}
            server.wire.notify("textDocument/didOpen", {"textDocument": item})
        server.hang_up()
        assert await server.ended() == 1
