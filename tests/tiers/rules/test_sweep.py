"""A whole file at once: what ruff fixes safely, and what proposals clear beyond that."""

from __future__ import annotations

from pathlib import Path

import pytest
from attrs import define
from tests.support.judging import ruff_in, task_on

from lastmile.cascade.verdict import Finding
from lastmile.text.diagnostic import Diagnostic
from lastmile.text.snapshot import Snapshot
from lastmile.tiers.rules.proposals import Proposals
from lastmile.tiers.rules.sweep import Sweep
from lastmile.tools.offload import Offload
from lastmile.tools.ruff import Ruff, RuffOptions
from lastmile.verify.apply import landed

Drafts = list[tuple[str, str]]
FURTHER, SAFE = "ruff's safe fixes and further rules", "ruff's safe fixes"


async def swept(sweep: Sweep, text: str, folder: Path) -> Drafts:
    found: Drafts = []
    snapshot = task_on(text, folder).snapshot
    async for draft in sweep.of(snapshot):
        new = landed(text, draft)
        assert not isinstance(new, Finding)
        found.append((draft.label, new))
    return found


BARE = "try:\n    f()\nexcept:\n    pass\n"
NAMED = BARE.replace("except", "except Exception")


@pytest.mark.parametrize(
    ("old", "expected"),
    [
        pytest.param("x = 1\n", [], id="nothing"),
        pytest.param("l = 1\n", [], id="nothing that a rule can clear"),
        pytest.param("import os\nx = 1\n", [(SAFE, "x = 1\n")], id="safe fixes"),
        pytest.param(BARE, [(FURTHER, NAMED)], id="proposals"),
        pytest.param(f"import os\n{BARE}", [(FURTHER, NAMED), (SAFE, BARE)], id="both, the more the better"),
        pytest.param(BARE * 3, [(FURTHER, NAMED * 3)], id="equal findings on equal lines"),
        pytest.param(
            f"l = 1\nl = 1\n{BARE}l = 1\n", [(FURTHER, f"l = 1\nl = 1\n{NAMED}l = 1\n")], id="among what stays"
        ),
        pytest.param("x = (\n", [], id="a text that does not parse"),
        pytest.param("", [], id="an empty text"),
    ],
)
async def test_sweep(tmp_path: Path, offload: Offload, old: str, expected: Drafts) -> None:
    ruff = ruff_in(tmp_path, "E", "F")
    for end in ("\n", "\r\n"):
        found = await swept(Sweep(ruff, Proposals(ruff, offload, None)), old.replace("\n", end), tmp_path)
        assert found == [(label, text.replace("\n", end)) for label, text in expected]


async def test_a_proposal_that_brings_something_new_is_not_kept(tmp_path: Path, offload: Offload) -> None:
    ruff = ruff_in(tmp_path, "E722", "BLE")
    assert await swept(Sweep(ruff, Proposals(ruff, offload, None)), BARE, tmp_path) == []


async def test_only_the_chosen_rules_are_cleared_and_all_are_judged(tmp_path: Path, offload: Offload) -> None:
    ruff = ruff_in(tmp_path, "E", "F")
    chosen = Ruff(RuffOptions(select=("E711",)))
    old = f"import os\nassert os.sep == None\n{BARE}import re\n"
    found = await swept(Sweep(chosen, Proposals(ruff, offload, None)), old, tmp_path)
    assert found == [(FURTHER, old.replace("== None", "is None"))]


async def test_a_safe_fix_that_brings_something_new_does_not_spoil_the_others(tmp_path: Path, offload: Offload) -> None:
    """An f-string in a call of logging is a finding of its own."""
    ruff = ruff_in(tmp_path, "F", "UP", "G004")
    old = 'import logging\nimport os\n\nx = f"a"\nlogging.info("{}".format(x))\n'
    [(label, text)] = await swept(Sweep(ruff, Proposals(ruff, offload, None)), old, tmp_path)
    assert (label, text) == (FURTHER, old.replace("import os\n", "").replace('f"a"', '"a"'))


UNSAFE = """\


def f_{0}(a, b):
    if a == None:
        return dict(c=1)
    unused = b
    return '%s' % (b,)
"""
CLEARED = """\


def f_{0}(a, b):
    if a is None:
        return {{'c': 1}}
    return f'{{b!s}}'
"""


@define
class CountedRuff(Ruff):
    """Ruff, and how often a text was checked."""

    checks: int = 0

    async def check(self, snapshot: Snapshot) -> tuple[Diagnostic, ...]:
        """Count and check."""
        self.checks += 1
        return await Ruff.check(self, snapshot)


def many(form: str, count: int) -> str:
    return "".join(form.format(number) for number in range(count))


@pytest.mark.slow
async def test_many_findings_are_cleared_together(tmp_path: Path, offload: Offload) -> None:
    """What follows from a repair comes along: ruff has a safe fix for what a format becomes."""
    ruff = CountedRuff(ruff_in(tmp_path, "E711", "F841", "C408", "UP").options)
    [(label, text)] = await swept(Sweep(ruff, Proposals(ruff, offload, None)), many(UNSAFE, 40), tmp_path)
    assert (label, text) == (FURTHER, many(CLEARED, 40))
    assert ruff.checks < 40


@pytest.mark.slow
async def test_repairs_that_spoil_others_are_parted_from_them(tmp_path: Path, offload: Offload) -> None:
    ruff = CountedRuff(ruff_in(tmp_path, "E722", "E711", "PERF203", "BLE001").options)
    good, bad = many("if a_{0} == None:\n    f()\n", 30), BARE
    [(_label, text)] = await swept(Sweep(ruff, Proposals(ruff, offload, None)), good + bad + good, tmp_path)
    assert text == (good + bad + good).replace("== None", "is None")
    assert ruff.checks < 30


@pytest.mark.parametrize(("seconds", "note"), [(60.0, ""), (0.0, "its 0 s with 2 findings not tried")])
async def test_what_the_time_did_not_allow_is_said(tmp_path: Path, offload: Offload, seconds: float, note: str) -> None:
    ruff = ruff_in(tmp_path, "E", "F", "D100")
    sweep = Sweep(ruff, Proposals(ruff, offload, None), seconds=seconds)
    drafts = [draft async for draft in sweep.of(task_on(f"import os\n{BARE}", tmp_path).snapshot)]
    assert [note in draft.note and bool(draft.note) == bool(note) for draft in drafts] == [True] * len(drafts)


async def test_what_was_kept_when_the_time_is_up_is_drafted(tmp_path: Path, offload: Offload) -> None:
    ruff = ruff_in(tmp_path, "E", "F")
    hurried = Sweep(ruff, Proposals(ruff, offload, None), seconds=0.0)
    assert await swept(hurried, f"import os\n{BARE}", tmp_path) == [(SAFE, BARE)]
