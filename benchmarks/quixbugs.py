"""Repairs of the QuixBugs programs: ``python -m benchmarks.quixbugs CHECKOUT [--visible 3] [--only NAME]``.

CHECKOUT is a checkout of github.com/jkoppel/QuixBugs; nothing of it is committed here. Its tests run with
this interpreter in the product's own sandbox, by the product's own bench and trials. A program is
repaired where a text that passes all its tests was found within the budget;
accepted, where the policy offers one rather than asking. With ``--visible N`` only the first N tests
are shown to the repair, and an accepted text is run on the hidden rest. In both modes an accepted
text is also compared with the repository's correct program, on the calls that the tests make and
calls like them: stricter, for a repair may differ where the description leaves it open.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import statistics
import sys
import time
from pathlib import Path

from attrs import frozen

from lastmile.repair.repairing import Repaired, Repairer
from lastmile.repair.trials import Probe
from lastmile.repair.trying.sandboxed import SandboxTrials
from lastmile.repair.values import Case
from lastmile.testing.bench import ProjectBench
from lastmile.testing.values import Answer, Result, Wanted
from lastmile.testing.worker.launch import Site
from lastmile.tools.offload import Offload

BUDGET = 20.0
REPAIRED, HIDDEN_FAIL = 30, 0.10
EACH = 0.5
"""Processor time of one test, in seconds: many of the programs never end."""


@frozen
class Row:
    """What became of one program."""

    name: str
    seconds: float = 0.0
    repaired: Repaired | None = None
    verdict: str = "no failing test is visible"
    hidden: bool | None = None
    """Whether the accepted text passes every test of the program; None where none was accepted."""

    same: bool | None = None
    """Whether it does what the correct program does."""

    differs: str = ""

    @property
    def found(self) -> bool:
        """Whether a text was found that passes all visible tests."""
        return self.repaired is not None and bool(self.repaired.gathered.passed)


@frozen
class Bugs:
    """The programs, and what repairs them."""

    root: Path
    bench: ProjectBench
    trials: SandboxTrials
    offload: Offload
    visible: int

    async def repair(self, name: str) -> Row:
        """Repair one program and check what was accepted."""
        path = self.root / "python_programs" / f"{name}.py"
        text = path.read_text()
        whole = await self._answers(name, path, text)
        shown = whole[: self.visible] if self.visible else whole
        failing = tuple(item.id for item in shown if item.answer is not Answer.PASSED)
        if not failing:
            return Row(name)
        case = Case(path, text, tuple(item.id for item in shown), failing)
        began = time.monotonic()
        repaired = await Repairer(self.bench, self.trials, self.offload, BUDGET).repair(case)
        row = Row(name, time.monotonic() - began, repaired, _verdict(repaired))
        chosen = repaired.choice.chosen
        return row if chosen is None else await self._checked(row, case, chosen.text, whole)

    async def _answers(self, name: str, path: Path, text: str) -> list[Result]:
        module = f"python_testcases/test_{name}.py"
        run = await self.bench.run(Wanted((module,), {path: text}, seconds=60.0, each=EACH))
        assert not run.trouble, run.trouble
        return [item for item in run.results.values() if item.answer is not Answer.SKIPPED]

    async def _checked(self, row: Row, case: Case, text: str, whole: list[Result]) -> Row:
        tests = tuple(item.id for item in whole)
        run = await self.bench.run(Wanted(tests, {case.path: text}, seconds=40.0))
        hidden = not run.trouble and len(run.passed) == len(tests)
        right = (self.root / "correct_python_programs" / case.path.name).read_text()
        seen = await self.trials.observe(Probe(case.path, case.text, (text, right), tests, (), 20.0, inputs=300))
        if not seen.behaviour:
            return Row(row.name, row.seconds, row.repaired, row.verdict, hidden, None, seen.trouble)
        pairs = zip(*seen.behaviour, seen.inputs, seen.near, strict=True)
        told = [item for item in pairs if item[3] and "late" not in item[:2]]
        unlike = [f"{call}: {one} not {other}" for one, other, call, _near in told if one != other]
        return Row(row.name, row.seconds, row.repaired, row.verdict, hidden, not unlike, (unlike or [""])[0])


def _verdict(repaired: Repaired) -> str:
    if repaired.choice.chosen is not None:
        return "accepted"
    return "surfaced" if repaired.choice.question else "none"


def show(row: Row) -> None:
    """Print one program's line, and what was offered or asked."""
    if row.repaired is None:
        print(f"{row.name:27} {row.verdict}", flush=True)
        return
    gathered, choice = row.repaired.gathered, row.repaired.choice
    marks = {None: "", True: "yes", False: "NO"}
    print(
        f"{row.name:27} {row.verdict:9} {row.seconds:5.1f} s  first {gathered.first:4.1f} s  tried {gathered.tried:4}  "
        f"passed {choice.passed:2} in {len(choice.groups):2} groups  all tests {marks[row.hidden]:3} "
        f"as the correct one {marks[row.same]:3} ({os.getloadavg()[0]:.0f} load)"
    )
    shares = " ".join(f"{group.weight:.2f}" for group in choice.groups[:4])
    print(f"    {shares}  {choice.chosen.label if choice.chosen else choice.question}", flush=True)
    if row.differs:
        print(f"    differs: {row.differs[:200]}", flush=True)


def totals(rows: list[Row], visible: int) -> None:
    """Print the figures beside the bars."""
    seconds = [row.seconds for row in rows if row.repaired is not None]
    accepted = [row for row in rows if row.hidden is not None]
    wrong = [row for row in accepted if not row.hidden]
    unlike = [row for row in accepted if row.same is False]
    surfaced = [row for row in rows if row.verdict == "surfaced"]
    print(f"\n{len(rows)} programs, {len(seconds)} with a failing test visible, $0")
    print(f"passes all visible tests: {sum(row.found for row in rows)} (bar: {REPAIRED} with all visible)")
    print(f"accepted {len(accepted)}, surfaced {len(surfaced)}, none {len(seconds) - len(accepted) - len(surfaced)}")
    print(f"seconds: median {statistics.median(seconds or [0]):.1f}, most {max(seconds or [0]):.1f}")
    share = len(wrong) / len(accepted) if accepted else 0.0
    bar = f" (bar: {HIDDEN_FAIL:.0%})" if visible else ""
    print(f"accepted and failing some test: {len(wrong)} = {share:.0%}{bar}: {', '.join(row.name for row in wrong)}")
    print(f"accepted and unlike the correct program: {len(unlike)}: {', '.join(row.name for row in unlike)}")


async def main() -> None:
    """Repair all programs, or one."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("checkout", type=Path)
    parser.add_argument("--visible", type=int, default=0, help="how many tests are shown to the repair; 0 for all")
    parser.add_argument("--only", help="programs, with commas between")
    given = parser.parse_args()
    root = given.checkout.resolve()
    every = sorted(path.stem[5:] for path in (root / "python_testcases").glob("test_*.py"))
    names = given.only.split(",") if given.only else every
    site = Site(root, Path(sys.executable), Path.home().resolve(), dict(os.environ))
    bench = ProjectBench(site)
    assert not (why := await bench.absent()), why
    bugs = Bugs(root, bench, SandboxTrials(bench, lambda: site, dict), Offload(), given.visible)
    rows = []
    try:
        for name in names:
            rows.append(await bugs.repair(name))
            show(rows[-1])
        totals(rows, given.visible)
    finally:
        await bugs.bench.close()
        bugs.offload.close()


if __name__ == "__main__":
    asyncio.run(main())
