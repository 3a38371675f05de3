"""The small jobs by a model: what it says is kept to, and where it says nothing of use the heuristic does the job."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from attrs import frozen
from hypothesis import given
from hypothesis import strategies as st
from tests.jobs.test_shortening import ASSERTION, CODE, EXCEPTION, FRAME, failures
from tests.support.hosting import Runtime

from lastmile.cascade.context import Bond
from lastmile.cascade.difficulty import Level
from lastmile.errors import ModelError
from lastmile.jobs.asking import ModelJobs
from lastmile.jobs.picking import Candidate, Need
from lastmile.jobs.plain import PlainJobs
from lastmile.jobs.values import Described, Jobs
from lastmile.model.asking import Asker
from lastmile.model.lines import Lines

TASK = Described("Mend it.", "def f():\n    return 1\n", kind=0.2)
LONG = "\n".join(f"line {n}" for n in range(20))
TWO = [Candidate("a a a", Bond.TEST, "a"), Candidate("b b b", Bond.CALLER, "b")]


@frozen
class Says:
    """A model that says one thing, late or never."""

    answer: str | Exception
    late: bool = False

    async def __call__(self, question: str, schema: Mapping[str, Any]) -> str:
        assert question
        assert schema
        if self.late:
            await asyncio.Event().wait()
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer


async def done(jobs: Jobs) -> tuple[Level, str, tuple[int, ...]]:
    picked = await jobs.pick(Need("f()"), TWO, budget=5, count=len)
    return await jobs.level(TASK), await jobs.shorten(LONG, lines=2), picked


async def test_what_the_model_says_is_done() -> None:
    assert await ModelJobs(Says('"hard"')).level(TASK) is Level.HARD
    said = await ModelJobs(Says("[7, 3]")).shorten(LONG, lines=2)
    assert [row for row in said.split("\n") if "left out" not in row] == ["line 3", "line 7"]
    assert await ModelJobs(Says("[1, 0]")).pick(Need("f()"), TWO, budget=5, count=len) == (1,)
    assert await ModelJobs(Says("[9, -1, 1, 1]")).pick(Need("f()"), TWO, budget=50, count=len) == (1,)


@pytest.mark.parametrize(
    "says",
    [
        Says("", late=True),
        Says(ModelError("It is gone.")),
        Says("no JSON"),
        Says("{}"),
        Says('["a"]'),
        Says("[true]"),
        Says('"harder"'),
    ],
)
async def test_the_heuristic_does_what_the_model_does_not(says: Says) -> None:
    assert await done(ModelJobs(says, seconds=0.01 if says.late else 5)) == await done(PlainJobs())


@given(failures(), st.lists(st.integers(-5, 80)), st.integers(1, 12))
def test_what_has_to_stay_stays_whatever_a_model_says(text: str, numbers: list[int], lines: int) -> None:
    said = asyncio.run(ModelJobs(Says(json.dumps(numbers))).shorten(text, lines=lines)).split("\n")
    assert [row for row in said if row in {FRAME, CODE, ASSERTION, EXCEPTION}] == [FRAME, CODE, ASSERTION, EXCEPTION]


@pytest.mark.slow
async def test_a_real_host_keeps_the_schema(hosts: Runtime, tiny: Path) -> None:
    lines = Lines(hosts.host(tiny, context=4096))
    try:
        assert json.loads(await Asker(lines)("Which?", {"type": "string", "enum": ["easy", "hard"]})) in {
            "easy",
            "hard",
        }
        with pytest.raises(ModelError, match="cut off at 1 tokens"):
            await Asker(lines, most=1)("Which?", {"type": "string", "enum": ["easy", "hard"]})
    finally:
        lines.close()


@pytest.mark.parametrize(
    ("task", "level"),
    [
        (TASK, Level.EASY),
        (Described("x", "x\n" * 200, kind=0.2), Level.MEDIUM),
        (Described("x", "x\n" * 200, kind=0.35, spread=5), Level.HARD),
    ],
)
async def test_a_task_is_as_hard_as_its_score(task: Described, level: Level) -> None:
    assert await PlainJobs().level(task) is level
