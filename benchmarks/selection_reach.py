"""Whether each test that runs a function is among those that the selection by the sources finds for it.

A fault in a function can be noticed by no test but those that run it. Which those are is what coverage
saw, in the data that `benchmarks.selection` wrote; the selection is asked without that data. No test is
run, so every function of the packages is looked at: a sharper question than a sample of mutants, but for
faults outside of functions.
"""

from __future__ import annotations

import argparse
import asyncio
import shutil
import statistics
import time
from collections.abc import Iterator
from pathlib import Path

from attrs import frozen

from benchmarks.selection_subjects import SUBJECTS, Place, Subject, ready
from lastmile.files import read
from lastmile.testing.selection import contexts
from lastmile.testing.selection.selector import Selector
from lastmile.text.symbols import Symbol, outline
from lastmile.tools.offload import Offload


@frozen
class Look:
    """One function, and who runs it."""

    name: str
    ran: frozenset[str]
    missing: frozenset[str]
    """The tests that run it and are not selected."""

    share: float
    """Of the project's tests, those selected."""

    seconds: float


def main() -> None:
    """Look at every function and print."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--state", type=Path, default=Path("/tmp/lastmile-selection"))  # noqa: S108 - kept on purpose
    state = parser.parse_args().state
    print(
        "| package | functions that tests run | pairs of test and function | not selected | selected | asking takes |"
    )
    print("|---|---|---|---|---|---|")
    for subject in SUBJECTS:
        looks = asyncio.run(_package(subject, ready(subject, state)))
        pairs, missing = sum(len(look.ran) for look in looks), sum(len(look.missing) for look in looks)
        share = statistics.median(look.share for look in looks)
        took = statistics.median(look.seconds for look in looks) * 1000
        print(f"| {subject.name} | {len(looks)} | {pairs} | {missing} | {share:.1%} at the median | {took:.0f} ms |")
        for look in looks:
            if look.missing:
                print(f"missing: {look.name}: {', '.join(sorted(look.missing)[:3])}")


async def _package(subject: Subject, place: Place) -> list[Look]:
    data = shutil.copy(place.root / ".covered", place.root.parent.parent / "covered")
    offload = Offload(deadline=60.0)
    try:
        selector = Selector.of(place.root, offload)
        return [look for path in subject.files(place.root) for look in await _file(selector, place, path, Path(data))]
    finally:
        offload.close()


async def _file(selector: Selector, place: Place, path: Path, data: Path) -> list[Look]:
    snapshot = read(path)
    found: list[Look] = []
    for symbol, lines in _functions(snapshot.text):
        seen = contexts.seen(data, path, root=place.root, lines=[lines])
        ran = frozenset(filter(None, seen.tests)) if seen else frozenset()
        if ran:
            began = time.perf_counter()
            chosen = await selector.select(snapshot, symbol.span, budget=1e9)
            took = time.perf_counter() - began
            missing = frozenset(name for name in ran if not _is_in(name, set(chosen.tests)))
            found.append(Look(f"{path.name} {symbol.qualname}", ran, missing, len(chosen.tests) / chosen.total, took))
    return found


def _functions(text: str) -> Iterator[tuple[Symbol, range]]:
    """Give the functions and the lines of their bodies, from 1."""
    for symbol in outline(text):
        if symbol.kind == "function":
            first, last = (text.count("\n", 0, offset) + 1 for offset in (symbol.body.start, symbol.body.end))
            yield symbol, range(first, last + 1)


def _is_in(test: str, chosen: set[str]) -> bool:
    """Tell whether a test, its class or its file is among those chosen."""
    return not chosen.isdisjoint({test, test.rpartition("::")[0], test.partition("::")[0]})


if __name__ == "__main__":
    main()
