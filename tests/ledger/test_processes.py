"""Several processes on one ledger, processes that are killed, and a disk that takes no more."""

import asyncio
import json
import subprocess
import sys
from pathlib import Path

import pytest
from tests.support.ledger import opened
from tests.support.ledger_hammer import UNIT, WORST_CASE
from tests.support.ledger_steps import AFTER, PAID_BEFORE, Holds

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]
LATER = 7200.0


def start(module: str, *arguments: object) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", f"tests.support.{module}", *map(str, arguments)]
    return subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


def set_off(hammers: list[subprocess.Popen[str]]) -> None:
    """Let hammers begin side by side, once each has opened the ledger."""
    for hammer in hammers:
        assert hammer.stdout is not None
        assert hammer.stdout.readline() == "ready\n"
    for hammer in hammers:
        assert hammer.stdin is not None
        hammer.stdin.write("go\n")
        hammer.stdin.flush()


async def holds(path: Path, at: float) -> Holds:
    """Open a ledger that a killed process left, an hour later, and say what is in it."""
    async with opened(path, clock=lambda: at) as ledger:
        assert ledger.problem == ""
        total = (await ledger.bill()).total
    assert total.open_calls == 0
    return Holds(round(total.spent * 100), total.attempts, total.tasks, total.lost_calls)


def check_survivors(folder: Path) -> set[int]:
    """Look into each ledger of the folder; gives how many steps had been taken in each."""
    seen = set()
    for log in sorted(folder.glob("*.log")):
        done = log.stat().st_size
        found = asyncio.run(holds(log.with_suffix(".sqlite3"), log.stat().st_mtime + LATER))
        # The step that was under way is there whole or not at all.
        assert found in AFTER[done : done + 2], log.stem
        assert found.cents >= PAID_BEFORE[done], log.stem
        seen.add(done)
    return seen


@pytest.mark.parametrize(
    ("first", "stride", "prepared", "reached"),
    [
        pytest.param(1, 2, "prepared", set(range(len(AFTER))), id="at every other line"),
        pytest.param(1, 7, "fresh", set(range(len(AFTER))), id="while the ledger is made"),
    ],
)
def test_a_process_that_is_killed_leaves_nothing_lost_and_nothing_twice(
    tmp_path: Path, first: int, stride: int, prepared: str, reached: set[int]
) -> None:
    with start("ledger_kill", tmp_path, first, stride, prepared) as killer:
        assert killer.wait(300) == 0
    assert check_survivors(tmp_path) == reached


def test_several_processes_never_pass_the_budget(tmp_path: Path) -> None:
    path = tmp_path / "ledger.sqlite3"
    hammers = [start("ledger_hammer", path, 1.0, seed) for seed in range(4)]
    set_off(hammers)
    said = [hammer.communicate(timeout=60)[0].split("\n") for hammer in hammers]
    assert [hammer.returncode for hammer in hammers] == [0] * 4
    costs = [int(line) for lines in said for line in lines if line.isdigit()]
    most = [int(line.removeprefix("most ")) for lines in said for line in lines if line.startswith("most")]
    assert max(most) <= UNIT
    assert asyncio.run(spent_in_units(path)) == (sum(costs), len(costs))
    # The last one was refused with less than a call's worst case left: the budget could be used.
    assert UNIT - WORST_CASE < sum(costs) <= UNIT


def test_a_process_that_is_killed_amid_others_cannot_make_them_pass_the_budget(tmp_path: Path) -> None:
    path = tmp_path / "ledger.sqlite3"
    victim = start("ledger_hammer", path, 1.0, 1)
    other = start("ledger_hammer", path, 1.0, 2)
    set_off([victim, other])
    assert victim.stdout is not None
    lines = [victim.stdout.readline() for _ in range(5)]
    victim.kill()
    lines += victim.communicate(timeout=60)[0].splitlines()
    lines += other.communicate(timeout=60)[0].splitlines()
    charged = sum(int(line) for line in lines if line.strip().isdigit())
    counted, _ = asyncio.run(spent_in_units(path))
    assert charged <= counted <= UNIT


async def spent_in_units(path: Path) -> tuple[int, int]:
    async with opened(path) as ledger:
        total = (await ledger.bill()).total
    return round((total.spent + total.open_cost) * UNIT), total.attempts


def test_a_disk_that_takes_no_more_stops_the_money_and_nothing_else(tmp_path: Path) -> None:
    with start("ledger_full", tmp_path / "ledger.sqlite3") as child:
        assert child.stdout is not None
        told = json.loads(child.stdout.read())
    assert "disk" in told["problem"]
    assert told["refused"] == told["problem"]
    assert told["attempts"] > 0
    # The file is whole, and the call whose end could not be written counts its worst case.
    assert asyncio.run(spent_in_units(tmp_path / "ledger.sqlite3"))[0] == UNIT // 4
