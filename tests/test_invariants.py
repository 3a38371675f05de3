"""What the architecture page calls invariants, held by looking at the source and at a fresh process."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

SERVER = Path(__file__).parents[1] / "server" / "lastmile"
FILES = sorted(SERVER.rglob("*.py"))
MOST_LINES, MOST_BODY, MOST_NESTING = 350, 45, 4
BLOCKS = (ast.If, ast.For, ast.While, ast.With, ast.Try, ast.AsyncFor, ast.AsyncWith, ast.Match)
VENDORS = {"pygls": "lsp", "lsprotocol": "lsp", "anthropic": "tiers/claude", "llama_cpp": "model"}
CORE = {"attrs", "lastmile.cascade", "lastmile.text", "lastmile.errors"}


def room(path: Path) -> str:
    return path.relative_to(SERVER).as_posix()


def imported(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (item.name for item in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module or ""


def functions(tree: ast.AST) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    return (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))


def nesting(node: ast.AST, depth: int = 0) -> int:
    inner = [
        nesting(child, depth + (isinstance(child, BLOCKS) and not is_elif(node, child)))
        for child in ast.iter_child_nodes(node)
        if not isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)
    ]
    return max([depth, *inner])


def is_elif(node: ast.AST, child: ast.AST) -> bool:
    return isinstance(node, ast.If) and isinstance(child, ast.If) and node.orelse == [child]


def body_lines(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    first = node.body[1] if ast.get_docstring(node) and len(node.body) > 1 else node.body[0]
    return (node.end_lineno or 0) - first.lineno + 1


@pytest.mark.parametrize("path", FILES, ids=room)
def test_rooms_are_small_and_say_what_they_are(path: Path) -> None:
    text = path.read_text()
    tree = ast.parse(text)
    assert text.count("\n") <= MOST_LINES
    assert ast.get_docstring(tree), "no docstring"
    for node in functions(tree):
        assert body_lines(node) <= MOST_BODY, node.name
        assert nesting(node) <= MOST_NESTING, node.name
    assert not {"TODO", "FIXME", "NotImplementedError"} & set(text.replace(":", " ").split())


@pytest.mark.parametrize("vendor", VENDORS)
def test_only_its_room_imports_a_vendor(vendor: str) -> None:
    for path in FILES:
        names = {name.partition(".")[0] for name in imported(ast.parse(path.read_text()))}
        assert vendor not in names or room(path).startswith(VENDORS[vendor] + "/"), room(path)


@pytest.mark.parametrize("path", sorted((SERVER / "cascade").rglob("*.py")), ids=room)
def test_the_cascade_knows_no_editor_no_vendor_no_disk_and_no_clock(path: Path) -> None:
    tree = ast.parse(path.read_text())
    names = set(imported(tree))
    ours = {name for name in names if name.startswith("lastmile")}
    assert all(any(name == known or name.startswith(f"{known}.") for known in CORE) for name in ours)
    others = {name.partition(".")[0] for name in names - ours}
    assert others <= set(sys.stdlib_module_names) | {"attrs"}
    assert not others & {"time", "datetime", "os", "pathlib", "io", "sqlite3", "subprocess", "socket"}
    assert not any(isinstance(node, ast.Name) and node.id == "open" for node in ast.walk(tree))


def test_starting_the_server_imports_no_vendor_of_models(home_env: dict[str, str]) -> None:
    look = (
        "import os, sys\nfrom lastmile.service import Service\nimport lastmile.lsp.server\n"
        "Service.open(os.environ)\nprint(*{name.partition('.')[0] for name in sys.modules})"
    )
    done = subprocess.run([sys.executable, "-c", look], env=home_env, capture_output=True, text=True, check=True)
    names = set(done.stdout.split())
    assert "pygls" in names
    assert not names & {"anthropic", "llama_cpp", "httpx2", "rich"}
