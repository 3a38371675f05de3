"""The measures of the oracles: ruff's complexity, calls made of types, runs that tell a difference."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest
from tests.support.judging import ruff_in, task_on
from tests.support.plain_lab import PlainLab

from lastmile.oracles.behaviour import BehaviourCheck, ExamplesCheck, behaviour_for, calls_for
from lastmile.oracles.complexity import complexity
from lastmile.oracles.reading import Reading, Target
from lastmile.testing.lab import NoLab
from lastmile.text.lines import LineIndex
from lastmile.text.snapshot import Snapshot

SERVER = Path(__file__).parents[2] / "server" / "lastmile"


@pytest.mark.parametrize("name", ["oracles/flow.py", "oracles/variable.py", "cascade/round.py", "tools/ruff.py"])
async def test_complexity_is_ruffs(tmp_path: Path, name: str) -> None:
    text = (SERVER / name).read_text()
    ruff = ruff_in(tmp_path, "C901", settings="")
    tmp_path.joinpath("ruff.toml").write_text("[lint]\nselect = ['C901']\n[lint.mccabe]\nmax-complexity = 0\n")
    path = tmp_path / "mod.py"
    plain = text.replace("# noqa", "# no")
    found = await ruff.check(Snapshot(path.as_uri(), plain, path))
    lines = LineIndex(plain)
    theirs = {lines.line_at(item.span.start) + 1: int(re.findall(r"\((\d+) > 0\)", item.message)[0]) for item in found}
    nodes = (node for node in ast.walk(ast.parse(plain)) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))
    assert {node.lineno: complexity(node) for node in nodes} == theirs


@pytest.mark.parametrize(
    ("head", "able"),
    [
        ("f(a: int, b: str = '')", True),
        ("f(a: 'list[int] | None', *, b: dict[str, float])", True),
        ("f(a: tuple[int, ...], b: tuple[str, int])", True),
        ("f(a=1, b=[])", True),
        ("f()", True),
        ("f(a: Literal['x', 'y'])", True),
        ("f(a)", False),
        ("f(a: Path)", False),
        ("f(*a: int)", False),
        ("f(a: list[Path])", False),
        ("f(a: Callable[[int], int])", False),
    ],
)
def test_calls_are_made_of_types(head: str, able: bool) -> None:  # noqa: FBT001 - a row of the table
    text = f"def {head}:\n    return a if a != 41 else 0\n"
    made = calls_for(text, Target("f"))
    assert bool(made) == able
    assert made == calls_for(text, Target("f"))
    assert all(ast.parse(f"f({call})") for call in made)
    assert not made or "a: int" not in head or any("42" in call for call in made)


def test_methods_are_not_called() -> None:
    assert calls_for("class A:\n    def f(self, a: int): ...\n", Target("A.f")) == ()
    assert calls_for("def g():\n    def f(a: int): ...\n", Target("g.f")) == ()
    assert calls_for("class A:\n    @staticmethod\n    def f(a: int): ...\n", Target("A.f")) != ()


CODE = (
    "def f(a: int, found: list[int]) -> int:\n    if a > 41:\n        found.append(a)\n    print(a)\n    return a * 2\n"
)


async def compared(folder: Path, before: str, after: str) -> list[str]:
    folder.joinpath("mod.py").write_text(before)
    task = task_on(before, folder)
    check = BehaviourCheck(PlainLab(folder), Target("f"), calls_for(before, Target("f")))
    return [item.message for item in await check.judge(task, after)]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("a * 2", "a + a", ""),
        ("a * 2", "a * 2.0", "gives"),
        ("a > 41", "a > 42", "arguments afterwards"),
        ("print(a)", "print(a, a)", "printing"),
        ("return a * 2", "raise KeyError(a)", "raises KeyError"),
        ("    print(a)\n", "    while True: pass\n", "does not end"),
        ("def f(", "def g(", "could not be compared"),
        ("print(a)", "import os; os._exit(0)", "could not be compared"),
        ("def f(", "import os\nprint('{\"compared\": 9}', flush=True)\nos._exit(0)\ndef f(", "could not be compared"),
    ],
)
async def test_calls_tell_what_changed(tmp_path: Path, old: str, new: str, told: str) -> None:
    found = await compared(tmp_path, CODE, CODE.replace(old, new))
    assert bool(found) == bool(told)
    assert told in "".join(found)


@pytest.mark.slow
async def test_what_cannot_judge_is_not_taken(tmp_path: Path) -> None:
    """A function that chance has a part in agrees with itself on nothing, and no lab runs nothing."""
    chance = "import random\n\n\ndef f(a: int) -> float:\n    return random.random()\n"
    for text, able in ((CODE, True), (chance, False), ("def f(a: int):\n    raise KeyError\n", False)):
        tmp_path.joinpath("mod.py").write_text(text)
        made = calls_for(text, Target("f"))
        snapshot = task_on(text, tmp_path).snapshot
        assert (await behaviour_for(PlainLab(tmp_path), snapshot, Target("f"), made, others={}) is not None) == able
        assert await behaviour_for(NoLab(), snapshot, Target("f"), made, others={}) is None


@pytest.mark.slow
@pytest.mark.parametrize(
    ("body", "told"),
    [
        ("return a + 1", ""),
        ("return a", "1 of 1 examples of `f` fail."),
        ("raise SystemExit", "fail"),
        ("retur", "fail"),
    ],
)
async def test_examples(tmp_path: Path, body: str, told: str) -> None:
    text = f'def f(a):\n    """Add one.\n\n    >>> f(1)\n    2\n    """\n    {body}\n'
    tmp_path.joinpath("mod.py").write_text(text)
    found = await ExamplesCheck(PlainLab(tmp_path), Target("f")).judge(task_on(text, tmp_path), text)
    assert bool(found) == bool(told)
    assert told in "".join(item.message for item in found)


@pytest.mark.parametrize(
    "text", ["\ufeffdef f(): pass\n", "\r\n\r\ndef f():\r\n\tpass\r\n", "x = 'é'; \ndef f(): pass\n"]
)
def test_places_are_those_of_the_document(text: str) -> None:
    reading = Reading.of(text)
    assert reading is not None
    node = reading.find(Target("f"))
    assert node is not None
    assert reading.span(node).of(text).startswith("def f()")
