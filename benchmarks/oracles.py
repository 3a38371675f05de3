"""Right and subtly wrong drafts of each kind through the judge: right ones refused, wrong ones accepted.

Every draft goes the whole way, ruff included. First without anything that runs code, then with tests, examples and
calls, over the plain bench and lab of our tests (a copy of the folder, no sandbox: the drafts are our own).
"""

from __future__ import annotations

import asyncio
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

from tests.support.cases import CASES, Counts, Room, judged

from lastmile.errors import RequestError
from lastmile.tools.offload import Offload

if TYPE_CHECKING:
    from benchmarks.oracle_cases import Draft, Subject


def main() -> None:
    """Measure the kinds named on the command line, or all, and print."""
    print(f"{'kind':<18}{'drafts':<22}{'without runs':<34}with runs")
    for kind in sys.argv[1:] or CASES:
        began = time.perf_counter()
        without, with_runs = asyncio.run(_measured(CASES[kind]))
        seconds = time.perf_counter() - began
        print(f"{kind:<18}{without.drafts:<22}{without.told:<34}{with_runs.told}   {seconds:.0f} s")


async def _measured(subjects: tuple[Subject, ...]) -> tuple[Counts, Counts]:
    found = []
    for runs in (False, True):
        counts = Counts()
        offload = Offload(deadline=60.0)
        with tempfile.TemporaryDirectory() as place:
            for number, subject in enumerate(subjects):
                folder = Path(place) / str(number)
                folder.mkdir()
                room = await _room(subject, folder, offload, runs=runs)
                for what, draft in judged(subject):
                    passed = room is not None and (await room.verdict(draft)).passed
                    counts.add(what, passed=passed, hard=room is None or room.task.oracle.hard)
                    _tell(what, subject, draft, passed=passed, runs=runs)
        offload.close()
        found.append(counts)
    return found[0], found[1]


async def _room(subject: Subject, folder: Path, offload: Offload, *, runs: bool) -> Room | None:
    """Make the task; None where the kind refuses to, which refuses every draft."""
    try:
        return await Room.of(subject, folder, offload, runs=runs)
    except RequestError:
        return None


def _tell(what: str, subject: Subject, draft: Draft, *, passed: bool, runs: bool) -> None:
    """Show a draft that was misjudged, where everything that can judge did."""
    if runs and passed != (what == "right"):
        print(f"MISJUDGED, {what}:\n{subject.after(draft)}", file=sys.stderr)


if __name__ == "__main__":
    main()
