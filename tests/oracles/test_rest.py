"""A fix together with what follows from it: the findings that a tool's own fix brings may be mended with it."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.support.judging import ruff_in, task_on

from lastmile.oracles.checks import RestCheck
from lastmile.oracles.fixing import Place
from lastmile.tools.offload import Offload

LONG = "self.how_often"
NAMED = (
    f"class Box:\n    def name(self):\n        if {LONG} > 1:\n"
    f"            found = '{{}}{{}}'.format(self.name, {LONG})\n        else:\n            found = self.name\n"
    "        self.seen.add(found)\n        return found\n"
)
SHORT = f"        found = f'{{self.name}}{{{LONG}}}' if {LONG} > 1 else self.name\n"
MENDED = NAMED[: NAMED.index("        if")] + SHORT + NAMED[NAMED.index("        self.seen") :]
CHAIN = (
    "def f(a):\n    if a == 1:\n        return g(1)\n    elif a == 2:\n        return g(2)\n    else:\n"
    "        b = g(3)\n        h(b)\n        return b\n"
)
FLAT = (
    "def f(a):\n    if a == 1:\n        return g(1)\n    if a == 2:\n        return g(2)\n"
    "    b = g(3)\n    h(b)\n    return b\n"
)


@pytest.mark.parametrize(
    ("old", "new", "changes", "stays"),
    [
        pytest.param(NAMED, MENDED, (), True, id="a line that is short enough now"),
        pytest.param(NAMED, MENDED, ((SHORT, SHORT.replace(" > 1", " >  1")),), True, id="laid out otherwise"),
        pytest.param(NAMED, MENDED, (("        self.seen.add(found)\n", ""),), False, id="a statement behind it gone"),
        pytest.param(NAMED, MENDED, (("return found", "return self.name"),), False, id="another answer"),
        pytest.param(CHAIN, FLAT, (), True, id="an else that is left"),
        pytest.param(CHAIN, FLAT, (("    h(b)\n", ""),), False, id="a call of that else gone"),
        pytest.param(CHAIN, FLAT, (("return g(1)", "return g(0)"),), False, id="a branch beside it changed"),
    ],
)
async def test_what_follows_from_a_fix(
    tmp_path: Path,
    offload: Offload,
    old: str,
    new: str,
    changes: tuple[tuple[str, str], ...],
    stays: bool,  # noqa: FBT001 - a row of the table
) -> None:
    ruff = ruff_in(tmp_path, "RET505", "SIM108", "UP032", settings="line-length = 88")
    task = task_on(old, tmp_path)
    problem = next(item for item in await ruff.check(task.snapshot) if item.code in {"UP032", "RET505"})
    for before, after in changes:
        assert new.count(before) == 1
        new = new.replace(before, after)
    found = await RestCheck(offload, ruff, Place.of(problem)).judge(task, new)
    assert (not found, {item.check for item in found}) == (stays, set() if stays else {"rest"})
