"""What this room needs of whoever can run programs: many texts against the same tests, and a look at what they do.

The texts are drafts that nobody judged, so whoever implements this runs them contained. Nothing of
what comes back is trusted to be more than words.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Sequence
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import Protocol

from attrs import frozen

from lastmile.repair.values import Observed


@frozen
class Trial:
    """Texts of one file that are to be tried on the same tests."""

    path: Path
    original: str
    """The unchanged text: whoever runs them may load it once and change only what differs."""

    texts: tuple[str, ...]
    tests: tuple[str, ...]
    """Node ids in the order in which they are to run, none of a test that is skipped on the original.

    A text is done with at the first that does not pass.
    """

    seconds: float
    """The processor time that one text may take for all of its tests."""

    wall: float
    """The time that all texts may take together; those not reached are not answered."""

    quick: bool = False
    """Whether a text may be put into what is loaded already: what passes is tried again without it."""


@frozen
class Tried:
    """What became of one text."""

    at: int
    """Its place among the texts."""

    passed: bool
    """Whether every test ran and passed: to skip one is not to pass it."""

    stopped_by: str = ""
    """The test that did not pass; empty where none failed or none ran."""

    late: bool = False
    """Whether that test was killed at its deadline."""


@frozen
class Probe:
    """Texts of one file whose behaviour is to be compared."""

    path: Path
    original: str
    texts: tuple[str, ...]
    tests: tuple[str, ...]
    """Node ids of the tests whose calls are recorded, on the original text."""

    passing: tuple[str, ...]
    """Those of them on which the original is right."""

    wall: float
    """The time that all of it may take."""

    seconds: float = 0.2
    """The processor time that one call may take."""

    inputs: int = 120
    """How many calls are compared at most."""


class Trials(Protocol):
    """Runs texts against tests and calls, each apart from the others and from us."""

    def warm(self, path: Path, original: str, tests: Sequence[str]) -> AbstractAsyncContextManager[Trials]:
        """Load a file and tests ahead, and keep them loaded for the length of a block; all of it ends with that."""

    def try_all(self, trial: Trial) -> AsyncGenerator[Tried, None]:
        """Try every text, each answered as soon as it is known, in any order.

        Never raises for what the texts contain. Raises `ToolError` where nothing can run at all.
        Closing the iterator ends what runs.
        """

    async def observe(self, probe: Probe) -> Observed:
        """Run the same calls on every text; see `inside.probe` for what is called and how it is told.

        Never raises for what the texts contain: what was not seen is missing, with the reason.
        """
