"""Long texts are compared away from the event loop."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from tests.support.judging import ruff_in, task_on
from tests.support.stall import no_stall

from lastmile.text.edits import apply, difference
from lastmile.tiers.rules.proposals import Proposals
from lastmile.tiers.rules.sweep import Sweep
from lastmile.tools.compare import differ
from lastmile.tools.offload import Offload


@pytest.mark.parametrize("count", [1, 5000])
async def test_short_or_long_the_difference_is_the_same(offload: Offload, count: int) -> None:
    old, new = "x = f'a'\n" * count, "x = 'a'\n" * count
    found = await differ(offload, old, new)
    assert found == difference(old, new)
    assert apply(old, found) == new


@pytest.mark.slow
async def test_rules_do_not_hold_up_the_loop(tmp_path: Path, offload: Offload) -> None:
    ruff = ruff_in(tmp_path, "F541")
    text = "".join(f"x{number} = f'{number}'\ny{number} = {number}\n" for number in range(15_000))
    sweep = Sweep(ruff, Proposals(ruff, offload, None), seconds=0.0)
    await offload.run(difference, "a", "b")
    async with no_stall():
        drafts = [draft async for draft in sweep.of(task_on(text, tmp_path).snapshot)]
        await asyncio.sleep(0.02)
    assert [len(draft.edits) for draft in drafts] == [15_000]
