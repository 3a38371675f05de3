"""What had a docstring has one still, whatever a fix does around it."""

from __future__ import annotations

from pathlib import Path

import pytest
from attrs import evolve
from tests.support.judging import ruff_in, task_on

from lastmile.tasks.fix import KIND
from lastmile.tasks.kind import Page, Workshop
from lastmile.text.diagnostic import Diagnostic
from lastmile.text.edits import Span
from lastmile.tools.offload import Offload
from lastmile.verify.documented import DocstringsKept, judge_docstrings

ONE = 'def f(a=[]):\n    "Doc."; x = 1\n    return x, a\n'


@pytest.mark.parametrize(
    ("old", "new", "lost"),
    [
        ('"""Doc."""\n', 'import os\n"""Doc."""\n', ["The module"]),
        ('def f():\n    "Doc."\n', 'def f():\n    x = 1\n    "Doc."\n', ["f"]),
        ('class A:\n    def f(self):\n        "Doc."\n', "class A:\n    def f(self): ...\n", ["A.f"]),
        ('async def f():\n    "Doc."\n', 'async def f():\n    "Other."\n', []),
        ('def f():\n    # why\n\n    r"""Doc."""\n', 'def f():\n    x = 1\n    # why\n\n    r"""Doc."""\n', ["f"]),
        ('def f():\n    ("Doc.")\n', 'def f():\n    x = 1\n    ("Doc.")\n', ["f"]),
        ('def f(\n    a,\n):\n    "Doc."\n', 'def f(\n    a,\n): b; \\\n    "Doc."\n', ["f"]),
        ('def f(\n    a,\n): "Doc."\n', 'def f(\n    a,\n): b; "Doc."\n', ["f"]),
        ('def f():\n    """Doc.\n\n    More.\n    """\n', 'def f():\n    """Doc.\n\n    Less.\n    """\n', []),
        ('def f():\n    "Doc."\n    a = 1\n', 'def f():\n    "Doc."\n    b = 1\n', []),
        ('def f():\n    "Doc."\n', "x = 1\n", []),
        ("def f(): ...\n", 'def f():\n    "Doc."\n', []),
        ('def f():\n    "Doc."\n\n\ndef f(): ...\n', 'def f():\n    "Doc."\n', []),
        ('def f():\n    "Doc."\n\n\ndef f(): ...\n', "def f(): ...\n", []),
        ('def f():\n    "Doc."\n\n\ndef f(): ...\n', "def f(): ...\n\n\ndef f(): ...\n", ["f"]),
        ('def f():\n    "Doc."\n', "def f(:\n", []),
        ("def f(:\n", "def f(): ...\n", []),
    ],
)
def test_what_is_lost(old: str, new: str, lost: list[str]) -> None:
    assert [item.message for item in judge_docstrings(old, new)] == [f"{name} has lost its docstring." for name in lost]


async def test_a_guard_before_the_docstring_is_refused(tmp_path: Path, offload: Offload) -> None:
    ruff = ruff_in(tmp_path, "B006")
    snapshot = task_on(ONE, tmp_path).snapshot
    [problem] = await ruff.check(snapshot)
    page = Page(snapshot, (problem,))
    detail = {"source": "ruff", "code": "B006", "message": problem.message}
    task = await KIND.task(page, problem.span, detail, Workshop(ruff, offload))
    check, _rest = task.oracle.checks
    new = ONE.replace("[]", "None").replace('    "Doc.', '    if a is None:\n        a = []\n    "Doc.')
    assert [item.message for item in await check.judge(task, new)] == ["f has lost its docstring."]
    assert not await check.judge(task, ONE.replace("[]", "()"))


async def test_a_finding_about_a_docstring_may_take_it(tmp_path: Path, offload: Offload) -> None:
    task = task_on('def f():\n    ""\n', tmp_path)
    problem = Diagnostic("ruff", "D419", "Docstring is empty", Span(13, 15))
    assert not await DocstringsKept(offload).judge(evolve(task, diagnostics=(problem,)), "def f(): ...\n")


async def test_a_text_that_kills_the_worker_is_refused(tmp_path: Path) -> None:
    task = task_on('def f():\n    "Doc."\n', tmp_path)
    offload = Offload(deadline=0.0001)
    try:
        [finding] = await DocstringsKept(offload).judge(task, "def f(): ...\n")
    finally:
        offload.close()
    assert finding.message.startswith("The docstrings could not be compared: ")
