"""In which order the tests run, and how many of them fit into the time there is."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path

from attrs import frozen

_USUAL = 0.02
"""Seconds that a test is taken to need where nothing is known of it: an assumption, on the long side for unit tests."""


@frozen
class Rank:
    """How likely a test is to fail, the smaller the likelier."""

    failed: bool
    """It failed when it ran last."""

    steps: int
    """Between the change and the test, over names."""

    hops: int
    """Between the changed file and the test's, over imports."""

    namesake: bool
    """The test's name or that of its file holds the changed one's."""

    id: str

    @property
    def key(self) -> tuple[bool, int, bool, int]:
        """Last failed, then nearest; tests that stand equal keep their order."""
        return not self.failed, self.steps, not self.namesake, self.hops


def within(ranked: Iterable[Rank], seconds: Mapping[str, float], *, budget: float) -> tuple[tuple[str, ...], str]:
    """Give the tests that fit, in order, and why others are left out; empty where none are."""
    tests = [item.id for item in sorted(ranked, key=lambda item: item.key)]
    left, kept = budget, 0
    for name in tests:
        left -= seconds.get(name, _USUAL)
        if left < 0:
            break
        kept += 1
    if kept == len(tests):
        return tuple(tests), ""
    return tuple(tests[:kept]), f"{len(tests) - kept} of {len(tests)} tests do not fit into {budget:g} s"


def last_failed(root: Path) -> frozenset[str]:
    """Give the tests that failed when pytest ran last, without brackets; empty where that is not known."""
    try:
        found = json.loads((root / ".pytest_cache" / "v" / "cache" / "lastfailed").read_bytes())
    except (OSError, ValueError, RecursionError):
        return frozenset()
    return frozenset(name.partition("[")[0] for name in found) if isinstance(found, dict) else frozenset()
