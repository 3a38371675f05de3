"""How often what a draft loses is run again on the old text: no oftener than what is known of it asks for."""

from __future__ import annotations

from pathlib import Path

import pytest
from attrs import define, field
from tests.support.judging import task_on

from lastmile.cascade.verdict import Ruling
from lastmile.testing.values import Answer, Result, Run, Selection, Wanted
from lastmile.text.edits import Span
from lastmile.text.snapshot import Snapshot
from lastmile.verify.tests import TestsCheck

OLD, NEW = "VALUE = 1\n", "VALUE = 2\n"
LOST, KEPT = "test_a.py::test_lost", "test_a.py::test_kept"
PASSED, FAILED = Answer.PASSED, Answer.FAILED


def answers(lost: Answer | None, *, seconds: float = 1.0) -> Run:
    told = {LOST: lost, KEPT: PASSED}
    return Run({name: Result(name, answer, seconds) for name, answer in told.items() if answer is not None})


@define
class Told:
    """A bench that knows what its tests answer on each text, and keeps what it was asked."""

    root: Path
    noted: Run | None
    """What the run told that noted lines; None where there was none yet."""

    back: Answer
    """What the lost test answers when it is run again on the old text."""

    seconds: float = 1.0
    note: str = ""
    known: str = ""
    again: list[int] = field(factory=list)

    async def absent(self) -> str:
        return ""

    async def select(self, snapshot: Snapshot, target: Span | None) -> Selection:  # noqa: ARG002 - the protocol's
        return Selection((LOST, KEPT), total=2)

    async def run(self, wanted: Wanted) -> Run:
        if wanted.again:
            self.again.append(wanted.again)
            return answers(self.back, seconds=self.seconds)
        return answers(FAILED if NEW in wanted.texts.values() else PASSED, seconds=self.seconds)

    async def watched(self, wanted: Wanted) -> Run | None:
        assert (wanted.trace, OLD in wanted.texts.values()) == ((self.root / "mod.py",), True)
        return self.noted


@pytest.mark.parametrize(
    ("noted", "seconds", "back", "again", "aside"),
    [
        pytest.param(None, 1.0, PASSED, [1, 2], False, id="nothing was noted yet"),
        pytest.param(answers(PASSED), 1.0, PASSED, [1], False, id="it passed when lines were noted"),
        pytest.param(answers(PASSED), 1.0, FAILED, [1], True, id="it passed then, and fails now"),
        pytest.param(answers(FAILED), 1.0, PASSED, [1, 2], False, id="it failed then, which is no sign of chance"),
        pytest.param(answers(None), 1.0, PASSED, [1, 2], False, id="it went by another name then"),
        pytest.param(answers(PASSED), 0.1, PASSED, [1, 2], False, id="they take so short that lines are not noted"),
    ],
)
async def test_what_is_lost_runs_again_as_often_as_it_has_to(
    tmp_path: Path, noted: Run | None, seconds: float, back: Answer, again: list[int], *, aside: bool
) -> None:
    bench = Told(tmp_path, noted, back, seconds)
    task = task_on(OLD, tmp_path)
    ruling = await TestsCheck(bench, await bench.select(task.snapshot, None)).judge(task, NEW)
    assert isinstance(ruling, Ruling)
    assert sorted(bench.again) == again
    assert ([item.message.partition(" ")[0] for item in ruling], "flaky" in ruling.summary) == (
        ([], True) if aside else ([LOST], False)
    )
