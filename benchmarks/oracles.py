"""Right and subtly wrong drafts of each kind through the judge: right ones refused, wrong ones accepted.

Every draft goes the whole way: a real service over a project in a folder of its own, its tests, examples and
calls in the sandbox. A verdict stops at the first refusal and what runs code comes last, so one pass gives
both figures: what passes without anything that runs, and what passes with it.
"""

from __future__ import annotations

import asyncio
import sys
import tempfile
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import TYPE_CHECKING

from tests.support.cases import judged
from tests.support.fixing import serving
from tests.support.home import home_in
from tests.support.oracle_sets import SETS, Figures, Judged, RealRoom

from lastmile.errors import RequestError, StaleError

if TYPE_CHECKING:
    from benchmarks.oracle_cases import Draft, Subject
    from lastmile.service import Service

_SECONDS = "60"
"""What the tests of a draft may take: the machine may have other work."""


def main() -> None:
    """Measure the kinds named on the command line, or all, and print."""
    print(f"{'kind':<18}{'right':>6}{'wrong':>6}  {'without runs':<34}{'with runs':<34}")
    for kind in sys.argv[1:] or SETS:
        began = time.perf_counter()
        figures = asyncio.run(_measured(SETS[kind]))
        seconds = time.perf_counter() - began
        print(_row(kind, figures), f"  {seconds:.0f} s; refused by {_told(figures)}", flush=True)


async def _measured(subjects: tuple[Subject, ...]) -> Figures:
    figures = Figures()
    with tempfile.TemporaryDirectory(prefix="lastmile-bench-") as place:
        env = {**home_in(Path(place)), "VIRTUAL_ENV": sys.prefix, "LASTMILE_VERIFY__TESTS__SECONDS": _SECONDS}
        async with serving(env) as service:
            for number, subject in enumerate(subjects):
                async for draft, found in _each(subject, Path(place) / str(number), service):
                    figures.add(found)
                    if found.is_misjudged:
                        _tell(subject, draft, found)
    return figures


async def _each(subject: Subject, folder: Path, service: Service) -> AsyncIterator[tuple[Draft, Judged]]:
    try:
        room = await RealRoom.of(subject, folder, service)
    except (RequestError, StaleError) as error:
        print(f"NO TASK in {folder.name}: {error}", file=sys.stderr)
        for what, draft in judged(subject):
            yield draft, Judged(what, None)
        return
    for what, draft in judged(subject):
        yield draft, await room.judged(what, draft)


def _row(kind: str, figures: Figures) -> str:
    columns = [
        f"{figures.refused[name]} right refused, {figures.accepted[name]} wrong pass" for name in ("without", "runs")
    ]
    soft = f" ({figures.accepted['soft']} left to agreement)" if figures.accepted["soft"] else ""
    return f"{kind:<18}{figures.made['right']:>6}{figures.made['wrong']:>6}  {columns[0]:<34}{columns[1] + soft:<34}"


def _told(figures: Figures) -> str:
    return ", ".join(f"{name} {count}" for name, count in figures.by.most_common())


def _tell(subject: Subject, draft: Draft, found: Judged) -> None:
    """Show a draft that was misjudged, where everything that can judge did."""
    verdict = found.verdict
    why = "" if verdict is None else " | ".join(f"{item.check}: {item.message}" for item in verdict.findings)
    print(f"MISJUDGED, {found.what}, {why or 'passed'}:\n{subject.after(draft)}", file=sys.stderr)


if __name__ == "__main__":
    main()
