"""What no rule can do, as far as a finding alone shows."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.support.judging import ruff_in, task_on

from lastmile.text.diagnostic import Diagnostic
from lastmile.text.edits import Span
from lastmile.tiers.rules.proposals import Proposals
from lastmile.tiers.rules.reach import absent, beyond
from lastmile.tools.offload import Offload

NOTHING = "nothing is known that clears {} by rule"
HELD = "ruff's fix of {} was held back: {}"


@pytest.mark.parametrize(
    ("rule", "text", "why"),
    [
        ("F401", "import os\n", ""),
        ("E711", "if a == None:\n    b()\n", ""),
        ("F821", "x = Path()\n", ""),
        ("E501", f"x = '{'a' * 100}'\n", ""),
        ("E722", "try:\n    a()\nexcept:\n    pass\n", ""),
        ("D100", "x = 1\n", NOTHING.format("D100")),
        ("N802", "def aB(): ...\n", NOTHING.format("N802")),
        ("ERA001", "# x = 1\n", HELD.format("ERA001", "ruff itself holds it for wrong in places")),
        (
            "SIM118",
            "a in b.keys()\n",
            HELD.format("SIM118", "it is unsafe, and nothing here shows that it leaves what the code does as it is"),
        ),
    ],
)
async def test_beyond(tmp_path: Path, offload: Offload, rule: str, text: str, why: str) -> None:
    ruff = ruff_in(tmp_path, rule)
    snapshot = task_on(text, tmp_path).snapshot
    [problem] = await ruff.check(snapshot)
    assert beyond(problem) == why
    assert absent(task_on(text, tmp_path, problems=(problem,))) == why
    if why:  # It is no more than the truth.
        assert [draft async for draft in Proposals(ruff, offload, None).of(snapshot, problem)] == []


def test_one_of_several_findings_is_enough(tmp_path: Path) -> None:
    never, perhaps = (Diagnostic("ruff", code, "", Span(0, 1)) for code in ("D100", "E722"))
    assert absent(task_on("x\n", tmp_path, problems=(never, perhaps))) == ""
    assert absent(task_on("x\n", tmp_path, problems=(never, never))) == NOTHING.format("D100")
