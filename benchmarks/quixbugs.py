"""Repairs of the QuixBugs programs: ``python -m benchmarks.quixbugs CHECKOUT [--visible 3] [--only NAME]``.

CHECKOUT is a checkout of github.com/jkoppel/QuixBugs; nothing of it is committed here. A program
counts as repaired where a text that passes all its tests was found within the budget, with no money.
"""

from __future__ import annotations

import argparse
import asyncio
import time
from pathlib import Path

from attrs import frozen

from benchmarks.fork_trials import ForkTrials
from lastmile.repair.localise import evidence
from lastmile.repair.search import Budget, Gathered, Search
from lastmile.repair.values import Case
from lastmile.testing.values import Answer, Wanted
from lastmile.tools.offload import Offload

BUDGET = 20.0


@frozen
class Row:
    """What became of one program."""

    name: str
    gathered: Gathered
    seconds: float


async def repair(trials: ForkTrials, offload: Offload, root: Path, name: str, visible: int) -> Row:
    """Repair one program."""
    began = time.monotonic()
    path = root / "python_programs" / f"{name}.py"
    text = path.read_text()
    module = f"python_testcases/test_{name}.py"
    run = await trials.run(Wanted((module,), {path: text}, seconds=BUDGET, trace=(path,)))
    results = [item for item in run.results.values() if item.answer is not Answer.SKIPPED]
    shown = results[:visible] if visible else results
    failing = sorted((item for item in shown if item.answer is not Answer.PASSED), key=lambda item: item.seconds)
    if not failing:
        return Row(name, Gathered(), time.monotonic() - began)
    case = Case(path, text, tuple(item.id for item in shown), tuple(item.id for item in failing))
    left = BUDGET - (time.monotonic() - began)
    search = Search(trials, offload, Budget(seconds=left * 0.7))
    gathered = await search.gather(case, evidence(case, run))
    return Row(name, gathered, time.monotonic() - began)


async def main() -> None:
    """Repair all programs, or one."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("checkout", type=Path)
    parser.add_argument("--visible", type=int, default=0)
    parser.add_argument("--only")
    given = parser.parse_args()
    root = given.checkout.resolve()
    names = [given.only] if given.only else sorted(p.stem[5:] for p in (root / "python_testcases").glob("test_*.py"))
    trials, offload = ForkTrials(root), Offload()
    rows = []
    for name in names:
        row = await repair(trials, offload, root, name, given.visible)
        rows.append(row)
        g = row.gathered
        print(f"{name:28} {row.seconds:5.1f}s tried {g.tried:4} first {g.first:5.1f}s passed {len(g.passed)}", [p.label for p in g.passed][:4], flush=True)
    print(sum(bool(row.gathered.passed) for row in rows), "of", len(rows))
    await trials.close()
    offload.close()


if __name__ == "__main__":
    asyncio.run(main())
