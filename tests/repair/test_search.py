"""What a search says of itself that could not try everything, and when it is not begun at all."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from attrs import define
from tests.support.bench import World
from tests.support.plain_bench import PlainBench
from tests.support.programs import BUBBLEWRAP

from lastmile.cascade.task import Oracle, Scope, Task
from lastmile.errors import TierError
from lastmile.repair.repairing import Repairer, nothing
from lastmile.repair.search import Budget, Search
from lastmile.repair.trials import Probe, Trial, Tried
from lastmile.repair.values import Case, Evidence, Observed
from lastmile.testing.values import Selection
from lastmile.text.edits import Span
from lastmile.text.snapshot import Snapshot
from lastmile.tiers.rules.repairs import REPAIRED, Repairs
from lastmile.tools.offload import Offload
from lastmile.verify.tests import TestsCheck

TEXT = "def last(items):\n    return items[0]\n"
PATH = Path("/project/m.py")


@define
class Refusing:
    """Refuses texts, so many a second, and forgets what time there was none for."""

    in_time: int = 1 << 30
    answered: int = 0

    @asynccontextmanager
    async def warm(self, path: Path, original: str, tests: Sequence[str]) -> AsyncIterator[Refusing]:  # noqa: ARG002 - the protocol's
        yield self

    async def try_all(self, trial: Trial) -> AsyncGenerator[Tried, None]:
        for at in range(len(trial.texts)):
            if self.answered == self.in_time:
                await asyncio.sleep(trial.wall)
                return
            self.answered += 1
            yield Tried(at, passed=False, stopped_by="t")

    async def observe(self, probe: Probe) -> Observed:  # noqa: ARG002 - the protocol's
        return Observed(trouble="nothing runs here")


def case(*, failing: float = 0.1, passing: float = 0.1) -> Case:
    takes = {"t::fails": failing, "t::passes": passing}
    return Case(PATH, TEXT, ("t::fails", "t::passes"), ("t::fails",), takes=takes)


@pytest.mark.parametrize(
    ("in_time", "said"),
    [
        (1 << 30, "No small change of the function makes its tests pass."),
        (3, "None of the first 3 small changes makes its tests pass, and there was no time to try them all."),
        (1, "The first small change does not make its tests pass, and there was no time to try them all."),
        (0, "There was no time to try a small change of the function."),
    ],
)
async def test_it_says_whether_all_was_tried(offload: Offload, in_time: int, said: str) -> None:
    trials = Refusing(in_time)
    gathered = await Search(trials, offload, Budget(30.0 if in_time > 100 else 0.3)).gather(case(), Evidence())
    assert (nothing(gathered), gathered.tried) == (said, trials.answered)


@pytest.mark.parametrize(
    ("failing", "passing", "said"),
    [
        pytest.param(0.1, 0.1, "", id="quick"),
        pytest.param(8.0, 0.0, "Its tests take 8 s: too slow to try small changes of the function.", id="slow"),
        pytest.param(1.0, 14.0, "Its tests take 15 s: too slow to try small changes of the function.", id="in sum"),
        pytest.param(1.0, 9.0, "", id="slow and yet in time"),
    ],
)
def test_it_is_begun_where_one_repair_can_be_tried(offload: Offload, failing: float, passing: float, said: str) -> None:
    repairer = Repairer(PlainBench(PATH.parent), Refusing(), offload, 20.0)
    assert repairer.too_slow(case(failing=failing, passing=passing)) == said


@pytest.mark.slow
@pytest.mark.skipif(BUBBLEWRAP.is_missing(), reason="bubblewrap is not there; the report's header says so")
@pytest.mark.parametrize(
    ("test", "said"),
    [
        pytest.param("time.sleep(1.2); assert last([1, 2]) == 2", "Its tests take 1 s: too slow", id="it waits"),
        pytest.param("while last([1, 2]) != 2: pass", "No small change of the function makes", id="it never ends"),
    ],
)
async def test_a_test_that_never_ends_is_no_slow_one(tmp_path: Path, offload: Offload, test: str, said: str) -> None:
    text = f"import time\nfrom m import last\n\n\ndef test_it():\n    {test}\n"
    world = World(tmp_path, files={"m.py": TEXT, "test_m.py": text})
    bench, whole = world.bench(), Span(0, len(TEXT))
    check = TestsCheck(bench, Selection(("test_m.py",), total=1), must_pass=("test_m.py::test_it",))
    snapshot = Snapshot((world.root / "m.py").as_uri(), TEXT, world.root / "m.py")
    task = Task("t", REPAIRED, snapshot, whole, "Fix it.", Scope((whole,)), Oracle((), (check,)))
    repairs = Repairs(Repairer(bench, Refusing(), offload, 3.0), each=1.3)
    with pytest.raises(TierError, match=said):
        [_ async for _ in repairs.of(task)]
    await bench.close()
