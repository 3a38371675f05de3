"""What the architecture page calls invariants, held by looking at the source and at a fresh process."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

SERVER = Path(__file__).parents[1] / "server" / "lastmile"
FILES = sorted(SERVER.rglob("*.py"))
ROOT = SERVER.parents[1]
LANGUAGES, NOT_OURS = {".py", ".lua", ".mjs", ".ts"}, {"node_modules", "build", "dist"}
MOST_LINES, MOST_BODY, MOST_NESTING = 350, 45, 4
BLOCKS = (ast.If, ast.For, ast.While, ast.With, ast.Try, ast.AsyncFor, ast.AsyncWith, ast.Match)
VENDORS = {
    "pygls": "lsp",
    "lsprotocol": "lsp",
    "anthropic": "tiers/claude",
    "llama_cpp": "model",
    "huggingface_hub": "model/shelf",
    "starlette": "model/host",
    "uvicorn": "model/host",
    "jinja2": "ledger/page",
}
LAZY = {"anthropic", "huggingface_hub", "jinja2", "llama_cpp", "httpx2", "rich"}
UNFINISHED = re.compile(r"#.*\b(?:TODO|FIXME|XXX|HACK)\b|\braise NotImplementedError\b", re.IGNORECASE)
UNREASONED = re.compile(r"#\s*(?:noqa|type: ignore)(?!: [A-Z]+[0-9]+(?:, [A-Z]+[0-9]+)* - \S|\[)")
CORE = {"attrs", "lastmile.cascade", "lastmile.text", "lastmile.errors"}
Trees = Mapping[Path, ast.Module]


def room(path: Path) -> str:
    return path.relative_to(SERVER).as_posix()


@pytest.fixture(scope="module")
def trees() -> Trees:
    """Give every file of the server, read once."""
    return {path: ast.parse(path.read_text()) for path in FILES}


def broken(trees: Trees, rule: Callable[[ast.AST], Iterable[object]]) -> dict[str, list[object]]:
    """Give what a rule finds, by file: nothing, where all keep it."""
    return {room(path): found for path, tree in trees.items() if (found := list(rule(tree)))}


def sources(folder: Path) -> Iterator[Path]:
    """Give the files of code below a folder that are ours to keep small."""
    for path in sorted(folder.iterdir()):
        if path.is_dir() and path.name not in NOT_OURS:
            yield from sources(path)
        elif path.suffix in LANGUAGES:
            yield path


def imported(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (item.name for item in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module or ""


def ties(path: Path) -> Iterator[str]:
    """Name the files of ours that one imports, wherever in it: for the types alone too, and within a function."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.ImportFrom):
            names = [f"{node.module}.{item.name}" for item in node.names]
            yield from (found for name in names if (found := file_of(name) or file_of(node.module or "")))
        elif isinstance(node, ast.Import):
            yield from (found for item in node.names if (found := file_of(item.name)))


def file_of(module: str) -> str:
    """Give the file of a module of ours; empty for every other."""
    first, *rest = module.split(".")
    path = SERVER.joinpath(*rest).with_suffix(".py")
    return room(path) if first == SERVER.name and rest and path.exists() else ""


def storey(file: str) -> str:
    """Give the room at the top that a file is in, or the file that is one."""
    return file.partition("/")[0]


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


def crowded(tree: ast.AST) -> Iterator[str]:
    """Give the functions that are too long or too deep."""
    for node in functions(tree):
        if body_lines(node) > MOST_BODY or nesting(node) > MOST_NESTING:
            yield node.name


def too_long(paths: Iterable[Path]) -> list[Path]:
    return [path for path in paths if path.read_text("utf-8").count("\n") > MOST_LINES]


@pytest.mark.slow
def test_rooms_are_small_and_say_what_they_are(trees: Trees) -> None:
    assert too_long(trees) == []
    assert [room(path) for path, tree in trees.items() if not ast.get_docstring(tree)] == []
    assert broken(trees, crowded) == {}
    assert [room(path) for path in trees if UNFINISHED.search(path.read_text())] == []


@pytest.mark.parametrize("folder", ["tests", "benchmarks", "editors"])
def test_rooms_around_the_server_are_small_too(folder: str) -> None:
    assert too_long(sources(ROOT / folder)) == []


def loaded_at_once(tree: ast.AST) -> Iterator[str]:
    """Give what importing the module imports: what stands in no function and is not for a type checker alone."""
    for node in ast.iter_child_nodes(tree):
        for_types = isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test)
        if isinstance(node, ast.Import | ast.ImportFrom):
            yield from imported(node)
        elif not for_types and not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            yield from loaded_at_once(node)


def undocumented(tree: ast.AST) -> Iterator[str]:
    """Give the public names of a module that do not say what they are; what stands in a function is not public."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) and not node.name.startswith("_"):
            if not ast.get_docstring(node):
                yield node.name
            if isinstance(node, ast.ClassDef):
                yield from undocumented(node)


def swallowed(tree: ast.AST, lines: list[str]) -> Iterator[int]:
    """Give the lines of handlers that catch everything, do not raise it again, and give no reason."""
    for node in ast.walk(tree):
        if not isinstance(node, ast.ExceptHandler):
            continue
        caught = "BaseException" if node.type is None else ast.unparse(node.type)
        broad = {"Exception", "BaseException"} & set(re.findall(r"\w+", caught))
        raises = isinstance(node.body[-1], ast.Raise)
        if broad and not raises and "# noqa: BLE001 - " not in lines[node.lineno - 1]:
            yield node.lineno


def unreasoned(line: str) -> bool:
    """Tell whether a line silences a rule without saying why, there or in a comment before it."""
    found = UNREASONED.search(line)
    return found is not None and "#" not in line[: found.start()]


@pytest.mark.slow
def test_heavy_imports_wait_for_their_first_use(trees: Trees) -> None:
    assert broken(trees, lambda tree: LAZY & {name.partition(".")[0] for name in loaded_at_once(tree)}) == {}


@pytest.mark.slow
def test_public_names_say_what_they_are(trees: Trees) -> None:
    assert broken(trees, undocumented) == {}


@pytest.mark.slow
def test_exceptions_to_the_rules_give_their_reason(trees: Trees) -> None:
    lines = {path: path.read_text().splitlines() for path in trees}
    assert {room(path): found for path, tree in trees.items() if (found := list(swallowed(tree, lines[path])))} == {}
    assert {room(path): line for path, all_of_it in lines.items() for line in all_of_it if unreasoned(line)} == {}


# That the looks themselves see what they are meant to see.


@pytest.mark.parametrize(
    ("source", "names"),
    [
        ("import rich", ["rich"]),
        ("try:\n    from anthropic import types\nexcept ImportError:\n    pass", ["anthropic"]),
        ("class A:\n    import rich", ["rich"]),
        ("def f():\n    import rich", []),
        ("if TYPE_CHECKING:\n    import rich", []),
    ],
)
def test_what_is_loaded_at_once(source: str, names: list[str]) -> None:
    assert list(loaded_at_once(ast.parse(source))) == names


def test_what_is_undocumented() -> None:
    source = "def a(): ...\ndef _b(): ...\nclass C:\n    'Doc.'\n    def d(self): ...\n    def __e__(self): ..."
    assert list(undocumented(ast.parse(source))) == ["a", "d"]


@pytest.mark.parametrize(
    ("handler", "seen"),
    [
        ("except Exception:\n    pass", True),
        ("except:\n    pass", True),
        ("except (ValueError, BaseException) as e:\n    log(e)", True),
        ("except Exception:\n    log()\n    raise", False),
        ("except Exception:  # noqa: BLE001 - a fence\n    log()", False),
        ("except ValueError:\n    pass", False),
    ],
)
def test_what_is_swallowed(handler: str, *, seen: bool) -> None:
    source = f"try:\n    f()\n{handler}"
    assert list(swallowed(ast.parse(source), source.splitlines())) == ([3] if seen else [])


@pytest.mark.parametrize(
    ("comment", "seen"),
    [
        ("# no" + "qa", True),
        ("# no" + "qa: E501", True),
        ("# type: " + "ignore", True),
        ("# no" + "qa: E501 - one address", False),
        ("# no" + "qa: S603, S607 - our own program", False),
        ("# type: " + "ignore[misc]", False),
        ("# WAIT_TIMEOUT  # no" + "qa: PLR2004", False),
    ],
)
def test_what_gives_no_reason(comment: str, *, seen: bool) -> None:
    assert unreasoned(f"x = 1  {comment}") is seen


@pytest.mark.parametrize(
    ("line", "seen"),
    [
        ("x = 1  # to" + "do: more", True),
        ("raise NotImplemented" + "Error", True),
        ("words = {'todo'}", False),
        ("with suppress(NotImplementedError):", False),
    ],
)
def test_what_is_unfinished(line: str, *, seen: bool) -> None:
    assert bool(UNFINISHED.search(line)) is seen


def test_nesting_is_counted() -> None:
    deep = "def f():\n if a:\n  for b in c:\n   with d:\n    if e: pass\n    elif g: pass"
    assert [nesting(node) for node in functions(ast.parse(deep))] == [4]


@pytest.mark.slow
@pytest.mark.parametrize("place", [str, storey], ids=["files", "rooms"])
def test_nothing_imports_in_a_circle(place: Callable[[str], str]) -> None:
    graph: dict[str, set[str]] = {}
    for path in FILES:
        here = place(room(path))
        graph.setdefault(here, set()).update({place(name) for name in ties(path)} - {here})
    assert sum(map(len, graph.values())) > len(graph)
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        pytest.fail(" imports ".join(reversed(error.args[1])))


@pytest.mark.slow
@pytest.mark.parametrize("vendor", VENDORS)
def test_only_its_room_imports_a_vendor(trees: Trees, vendor: str) -> None:
    for path, tree in trees.items():
        names = {name.partition(".")[0] for name in imported(tree)}
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


@pytest.mark.slow
def test_starting_the_server_imports_no_vendor_of_models(home_env: dict[str, str]) -> None:
    look = (
        "import os, sys\nfrom lastmile.service import Service\nimport lastmile.lsp.server\n"
        "Service.open(os.environ)\nprint(*{name.partition('.')[0] for name in sys.modules})"
    )
    done = subprocess.run([sys.executable, "-c", look], env=home_env, capture_output=True, text=True, check=True)
    names = set(done.stdout.split())
    assert "pygls" in names
    assert not names & {"anthropic", "jinja2", "llama_cpp", "httpx2", "rich"}


@pytest.mark.slow
def test_what_makes_fixes_ready_does_not_know_what_begins_it() -> None:
    """`settling` loads it by its name once it is needed, so a circle of the two would not show at a start."""
    look = "import sys, lastmile.lsp.readying.readying\nprint(*(name for name in sys.modules if 'lastmile' in name))"
    done = subprocess.run([sys.executable, "-c", look], capture_output=True, text=True, check=True)
    names = done.stdout.split()
    assert "lastmile.lsp.readying.showing" in names
    assert not [name for name in names if name.startswith(("lastmile.lsp.readying.settling", "lastmile.lsp.features"))]


def test_the_architecture_page_has_a_place_for_every_module_at_the_top_and_every_room() -> None:
    page = (ROOT / "docs" / "architecture.md").read_text("utf-8")
    at_the_top = {path.name for path in SERVER.glob("*.py")} - {"__init__.py"}
    rooms = {f"{path.parent.name}/" for path in SERVER.rglob("__init__.py")} - {f"{SERVER.name}/"}
    assert {name for name in at_the_top | rooms if name not in page} == set()
