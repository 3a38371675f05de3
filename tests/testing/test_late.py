"""The bench that a project's tasks share: what one verdict compares has seen the same texts, whatever is typed."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, cast

import pytest
from attrs import define, field
from tests.support.bench import World
from tests.support.judging import task_on
from tests.support.programs import BUBBLEWRAP

from lastmile.cascade.verdict import Ruling
from lastmile.files import read
from lastmile.repair.trials import Trial, Tried
from lastmile.repair.trying.sandboxed import SandboxTrials
from lastmile.testing.late import LateBench
from lastmile.testing.memory import Memory
from lastmile.testing.values import Selection, Wanted
from lastmile.verify.tests import TestsCheck

pytestmark = [
    pytest.mark.skipif(BUBBLEWRAP.is_missing(), reason="bubblewrap is not there; the report's header says so"),
    pytest.mark.slow,
]

MOD = "from rates import rate\n\n\ndef total(items):\n    return rate() * sum(items)\n"
FILES = {
    "mod.py": MOD,
    "rates.py": "def rate():\n    return 2\n",
    "test_mod.py": "from mod import total\n\n\ndef test_total():\n    assert total([1, 2]) == 3\n",
}
RIGHT, WRONG = "def rate():\n    return 1\n", "def rate():\n    return 3\n"
TEST = "test_mod.py::test_total"


@define
class Typing:
    """A person who types: each look at the open documents finds the next text of a file, and then the last."""

    path: Path
    texts: list[str]
    looks: int = field(default=0, init=False)

    def __call__(self) -> Mapping[Path, str]:
        self.looks += 1
        return {self.path: self.texts[min(self.looks, len(self.texts)) - 1]}


async def test_what_is_typed_between_two_runs_is_seen_by_neither(tmp_path: Path) -> None:
    """A document that was not open when the check was made is opened and changed: no test is flaky for that."""
    bench = World(tmp_path, files={**FILES, "rates.py": RIGHT}).bench()
    typing = Typing(bench.root / "rates.py", [RIGHT, WRONG])
    late = LateBench(bench.root, cast("Any", None), lambda: bench, typing)
    try:
        check = TestsCheck(late, Selection((TEST,)))
        found = await check.judge(task_on(MOD, bench.root), f"{MOD}\n# Something else.\n")
    finally:
        await late.close()
    assert isinstance(found, Ruling)
    assert (found.findings, "flaky" in found.summary) == ((), False)


async def test_texts_that_are_tried_see_what_was_typed_when_it_began(tmp_path: Path) -> None:
    bench = World(tmp_path, files=FILES).bench()
    path = bench.root / "mod.py"
    trials = SandboxTrials(bench, lambda: bench.site, Typing(bench.root / "rates.py", [RIGHT, WRONG]))
    try:
        texts = tuple(f"{MOD}\n# {at}\n" for at in range(3))
        found = [item async for item in trials.try_all(Trial(path, MOD, texts, (TEST,), 5.0, 60.0))]
    finally:
        await bench.close()
    assert sorted(found, key=lambda item: item.at) == [Tried(at, passed=True) for at in range(3)]


async def test_what_is_known_is_remembered_anew_after_a_document_changed(tmp_path: Path) -> None:
    bench, edition = World(tmp_path, files=FILES).bench(), [0]
    memory = Memory(bench.root, lambda: edition[0])
    late = LateBench(bench.root, cast("Any", None), lambda: bench, dict, memory=memory)
    tests = read(bench.root / "test_mod.py")
    try:
        for edition[0] in range(1, 4):
            assert not memory.standing(tests).own
            run = await late.run(Wanted((TEST,), {bench.root / "mod.py": MOD}, 20.0, as_it_is=True))
            assert [item.id for item in run.broken] == [TEST]
            assert memory.standing(tests).own == {"test_total": True}
    finally:
        await late.close()
