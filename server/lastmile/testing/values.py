"""What is asked of the project's tests and what they answered, as frozen values.

A test is named by pytest's node id, relative to the root folder: ``tests/test_cart.py::test_total[0]``.
A module or a class can stand for all that is in it where tests are asked for, never in an answer.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import Enum
from pathlib import Path
from typing import Protocol

from attrs import field, frozen

from lastmile.text.edits import Span
from lastmile.text.snapshot import Snapshot


class Answer(Enum):
    """How a test ended; what was expected to fail and did counts as passed."""

    PASSED = "passed"
    FAILED = "failed"
    ERROR = "error"
    """It could not be set up, torn down or collected."""

    SKIPPED = "skipped"
    BARRED = "barred"
    """It failed because it wrote where the sandbox lets nothing be written: it could not be run, which says nothing
    of the code."""


@frozen
class Result:
    """What one test answered."""

    id: str
    answer: Answer
    seconds: float = 0.0
    message: str = ""
    """The assertion or the exception, with the frames that lie in the project; empty where it passed."""

    lines: Mapping[str, frozenset[int]] = field(factory=dict, repr=False)
    """The lines that it ran, from 1, by path; only where they were asked for."""

    unseen: bool = False
    """Whether lines may be missing from those: it started a program or a process, or traced by itself."""


@frozen
class Run:
    """What a set of tests answered."""

    results: Mapping[str, Result] = field(factory=dict)
    """By node id. Tests that were not reached are missing."""

    seconds: float = 0.0
    """Wall time, start and collection included."""

    trouble: str = ""
    """Why the answers are not all there, for a person; empty where they are."""

    loaded: Mapping[str, frozenset[int]] = field(factory=dict, repr=False)
    """The lines of functions that ran while the tests were loaded, by path; only where they were asked for."""

    @property
    def passed(self) -> frozenset[str]:
        """The tests that passed."""
        return frozenset(name for name, result in self.results.items() if result.answer is Answer.PASSED)

    @property
    def broken(self) -> tuple[Result, ...]:
        """The tests that failed or could not run, in the order in which they ran."""
        return tuple(item for item in self.results.values() if item.answer in {Answer.FAILED, Answer.ERROR})


@frozen
class Wanted:
    """What is to be run, on which texts."""

    tests: tuple[str, ...]
    """Node ids of tests, classes or modules, in the order in which they are to run."""

    texts: Mapping[Path, str] = field(factory=dict)
    """What stands in the place of files on the disk, by absolute path: the draft, and unsaved buffers."""

    seconds: float = 10.0
    """The deadline for all of them."""

    trace: tuple[Path, ...] = ()
    """Files whose executed lines are wanted, test by test."""

    loading: bool = False
    """Whether those are wanted too that ran while the tests were loaded."""

    first_failure: bool = False
    """Whether to stop at the first test that fails."""

    forgiven: tuple[str, ...] = ()
    """Tests that may fail without being the first to: it is known that they do."""

    each: float | None = None
    """The processor time that one test may take, in seconds: at that it has failed, and the next one runs."""

    shuffle: int | None = None
    """A seed to run the tests in another order; None for the order given."""

    again: int = 0
    """Answers may be kept by what was asked; another number asks anew."""

    as_it_is: bool = False
    """Whether the texts are the person's own: what the tests answer on them is worth remembering."""

    def stopped(self, results: Iterable[Result]) -> bool:
        """Tell whether a run with these results was to stop, so that tests may be missing from it."""
        broken = {item.id for item in results if item.answer in {Answer.FAILED, Answer.ERROR}}
        return self.first_failure and not broken.issubset(self.forgiven)


@frozen
class Selection:
    """The tests that can see a change, those most likely to fail first."""

    tests: tuple[str, ...] = ()
    total: int = 0
    """How many tests the project has, as far as is known without running it."""

    cut: str = ""
    """Why tests that might see the change are left out, for a person; empty where none are."""

    @property
    def decides(self) -> bool:
        """Whether passing them decides: some were found, and none were left out."""
        return bool(self.tests) and not self.cut


@frozen
class Standing:
    """What tests answered last on one text; empty where none ran on just this text."""

    failed: Mapping[str, bool] = field(factory=dict, repr=False)
    """Whether something failed in it, by the name of each test, class and module that answered."""

    own: Mapping[str, bool] = field(factory=dict, repr=False)
    """The same for the functions of the text that are tests themselves, by qualified name."""

    selected: Mapping[Span, tuple[str, ...]] = field(factory=dict, repr=False)
    """The tests that can see a part of the text, by its place."""

    def fails(self, place: Span) -> bool | None:
        """Tell whether a test that sees the place fails; None where that is not known."""
        tests = self.selected.get(place, ())
        if any(map(self.failed.get, tests)):  # in a menu's way, and there may be thousands
            return True
        return False if tests and all(map(self.failed.__contains__, tests)) else None


class Bench(Protocol):
    """The project's tests as checks and tiers see them."""

    @property
    def root(self) -> Path:
        """The folder that node ids are relative to."""

    @property
    def note(self) -> str:
        """What a verdict has to say of every run: that the network was open; empty for nothing."""

    @property
    def known(self) -> str:
        """Why no test can run here, as far as that is known without looking; for menus, which must not wait."""

    async def absent(self) -> str:
        """Say why no test can run here, and what to do; empty when they can."""

    async def select(self, snapshot: Snapshot, target: Span | None) -> Selection:
        """Find the tests that can see a change of the target, or of the whole file where there is none."""

    async def run(self, wanted: Wanted) -> Run:
        """Run tests on the texts. Never raises for what the texts contain; the working tree stays as it is."""

    async def watched(self, wanted: Wanted) -> Run | None:
        """Give what is known of a run that takes long, as one that notes lines does, without waiting for it.

        What is not known yet is found out in the background, for the next time, where there is room for that.
        """


class Grader(Protocol):
    """Knows how much tests that pass can be trusted with a target."""

    async def doubt(self, snapshot: Snapshot, target: Span, wanted: Wanted) -> str:
        """Say why tests that pass say nothing of the target, or nothing where they do or it is not known.

        ``wanted`` is the run in which they passed. Bounded in time.
        """


@frozen
class NoBench:
    """Stands where no test can run."""

    why: str = "No tests can be run here."
    root: Path = Path()
    note: str = ""

    @property
    def known(self) -> str:
        """Say why."""
        return self.why

    async def absent(self) -> str:
        """Say why."""
        return self.why

    async def select(self, snapshot: Snapshot, target: Span | None) -> Selection:  # noqa: ARG002 - the protocol's
        """Find nothing."""
        return Selection(cut=self.why)

    async def run(self, wanted: Wanted) -> Run:  # noqa: ARG002 - the protocol's
        """Run nothing, and say so."""
        return Run(trouble=self.why)

    async def watched(self, wanted: Wanted) -> Run | None:  # noqa: ARG002 - as above
        """Know nothing."""
        return None
