"""How a cold checker gets warm: at whose priority."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest
from attrs import define, field

from lastmile.text.snapshot import Snapshot
from lastmile.tools.behind import behind, is_behind
from lastmile.verify.types.values import Report
from lastmile.verify.types.warming import Reports


@define
class Told:
    """A checker that tells whether its runs stood behind everything else."""

    cold: bool
    name: str = "told"
    seen: list[bool] = field(factory=list)

    async def report(self, snapshot: Snapshot, others: Mapping[Path, str]) -> Report:  # noqa: ARG002 - the protocol's
        self.seen.append(is_behind())
        return Report(seen=True)

    async def close(self) -> None:
        """Nothing is open."""


@pytest.mark.parametrize("cold", [True, False])
async def test_whoever_warms_a_checker_warms_it_for_a_person_who_asks_next(cold: object) -> None:
    checker = Told(bool(cold))
    with behind():
        await Reports().of(checker, Snapshot("file:///x.py", "x = 1\n", Path("/x.py")), {})
    assert checker.seen == [not cold]
