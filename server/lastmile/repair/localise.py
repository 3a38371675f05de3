"""Which lines to suspect: those that failing tests ran and passing ones did not.

The measure is Ochiai's: of the formulas for single bugs it places the faulty line first or close to
it most steadily (Abreu, Zoeteweij and van Gemund, 2007; Pearson et al., ICSE 2017, find the formulas
otherwise hardly different on real bugs). A line in which a failing test raised is suspected more.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping
from pathlib import Path

from lastmile.repair.values import Case, Evidence
from lastmile.testing.values import Answer, Run

_RAISED = 1.5
"""How much more a line is suspected in which a failing test raised: such a line is often the fault itself."""

_FLOOR = 0.05
"""The suspicion of a line that no test is known to have run; above zero, for a missing line is run by none."""


def suspicion(evidence: Evidence, lines: int) -> Mapping[int, float]:
    """Give each line of a file of so many lines its suspicion, above 0; the most suspect line has 1."""
    raw = {line: ochiai(line, evidence) for line in range(1, lines + 1)}
    top = max(raw.values(), default=0.0) or 1.0
    return {line: max(_FLOOR, value / top) for line, value in raw.items()}


def ochiai(line: int, evidence: Evidence) -> float:
    """Give the suspicion of a line, from 0; it can be compared between files."""
    known = [ran for ran in evidence.failing if ran]
    if not known:
        return 1.0
    failed = sum(line in ran for ran in known)
    passed = sum(line in ran for ran in evidence.passing)
    score = failed / math.sqrt(len(known) * (failed + passed)) if failed else 0.0
    return score * _RAISED if line in evidence.raised else score


def evidence(case: Case, run: Run) -> Evidence:
    """Read from a traced run on the unchanged text what it tells of the case's file."""
    failing = [run.results[name] for name in case.failing if name in run.results]
    passing = [run.results[name] for name in case.passing if name in run.results]
    took = [item.seconds for item in passing if item.answer is Answer.PASSED]
    return Evidence(
        failing=tuple(_lines(item.lines, case.path) for item in failing),
        passing=tuple(_lines(item.lines, case.path) for item in passing),
        raised=frozenset().union(*(_raised(item.message, case.path) for item in failing)),
        together=sum(took),
    )


def _lines(lines: Mapping[str, Iterable[int]], path: Path) -> frozenset[int]:
    """Find the file's lines, whether it is named from the root or from the top of the disk."""
    found = (rows for name, rows in lines.items() if path == Path(name) or path.as_posix().endswith(f"/{name}"))
    return frozenset(next(found, ()))


def _raised(message: str, path: Path) -> frozenset[int]:
    """Give the line of the last frame in the file, where the traceback ends in it."""
    frames = re.findall(r"^(?:\s*File \")?([^\s\":][^\":\n]*\.py)(?::|\", line )(\d+)", message, re.MULTILINE)
    if frames and Path(frames[-1][0]).name == path.name:
        return frozenset({int(frames[-1][1])})
    return frozenset()
