"""Many fixes of one file, judged as one draft and told of one by one."""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from tests.support.fixing import fill, serving, sweep

from lastmile.batch.together import LEAST
from lastmile.cascade.outcome import Status
from lastmile.service import Service
from lastmile.verify.apply import landed

pytestmark = pytest.mark.slow

GOOD = "if a_{0} == None:\n    b_{0}()\n"
BAD = "try:\n    c()\nexcept:\n    pass\n"


@pytest.fixture
async def service(home_env: dict[str, str]) -> AsyncIterator[Service]:
    async with serving(home_env) as opened:
        yield opened


def many(count: int) -> str:
    return "".join(GOOD.format(number) for number in range(count))


@pytest.mark.parametrize(
    ("count", "together"), [pytest.param(LEAST + 5, LEAST + 5, id="many"), pytest.param(3, 0, id="few")]
)
async def test_each_fix_is_a_task_with_its_own_change(
    service: Service, tmp_path: Path, count: int, together: int
) -> None:
    folder = fill(tmp_path / "project", {"a.py": f"# é\n{many(count)}"}, rules="E711")
    swept = await sweep(service, folder / "a.py")
    assert swept.text == f"# é\n{many(count)}".replace("== None", "is None")
    assert [outcome.status for outcome in swept.outcomes] == [Status.ACCEPTED] * count
    text = swept.snapshot.text
    for number, outcome in enumerate(swept.outcomes):
        assert outcome.accepted is not None and outcome.accepted.draft is not None  # noqa: PT018 - for the type checker
        assert outcome.task.snapshot.text == text
        assert landed(text, outcome.accepted.draft) == outcome.text
        text = outcome.text or ""
        assert text == text.replace(f"a_{number} ==", "")
        assert outcome.task.diagnostics[0].span.of(outcome.task.snapshot.text) in {f"a_{number} == None", "None"}
        assert {run.check for run in outcome.accepted.verdict.runs} >= {"scope", "syntax", "lint"}
    told = Counter(note for outcome in swept.outcomes for note in outcome.notes)
    assert told == (Counter({f"judged together with {together - 1} more": together}) if together else Counter())
    assert len({outcome.task.id for outcome in swept.outcomes}) == count


async def test_what_would_spoil_the_others_is_left_to_be_judged_alone(service: Service, tmp_path: Path) -> None:
    """A named exception is a finding of its own here, so that fix never passes."""
    text = many(LEAST) + BAD
    folder = fill(tmp_path / "project", {"a.py": text}, rules="E711,E722,BLE001")
    swept = await sweep(service, folder / "a.py")
    assert swept.text == text.replace("== None", "is None")
    refused = [outcome for outcome in swept.outcomes if outcome.accepted is None]
    assert [outcome.task.diagnostics[0].code for outcome in refused] == ["E722"]
    assert refused[0].attempts[0].verdict.refused_by == "lint"
