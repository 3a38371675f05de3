"""The check of tests: those that can see the change pass after the draft as they did before.

The same tests run on the unchanged text first. A test that changes its mind there when it is run
again is set aside and named. Which tests are chosen, and how they run, is the business of `testing`.
"""

from __future__ import annotations

from asyncio import gather
from collections.abc import Mapping, Sequence
from pathlib import Path

from attrs import evolve, field, frozen

from lastmile.cascade.task import Task
from lastmile.cascade.verdict import Finding, Ruling
from lastmile.testing.values import Bench, Grader, Run, Selection, Wanted
from lastmile.text.edits import Span
from lastmile.text.snapshot import Snapshot
from lastmile.verify.tests_delta import CHECK, SHOWN, Lost, findings, function_of, lost, reason, strangers
from lastmile.verify.tests_reaching import passed_again, reaching
from lastmile.verify.tests_stages import belonging, joined, stages, within

_AGAIN = 2
"""How often a lost test is run again on the old text before it counts as lost; the runs go side by side.

Where it is known to have passed there twice, when the old text was judged and when it was noted what it runs, once
less.
"""


@frozen
class _Loss:
    """What came of one stage."""

    ran: Run
    flaky: frozenset[str]
    told: Sequence[Finding]


@frozen
class TestsCheck:
    """Judges by running tests, before and after."""

    __test__ = False  # pytest would take it for a test

    bench: Bench
    selection: Selection
    others: Mapping[Path, str] = field(factory=dict, repr=False)
    """Unsaved texts of other documents, which the tests see too."""

    must_pass: tuple[str, ...] = ()
    """Tests that the draft is to mend: they have to pass, whatever they did before."""

    seconds: float = 10.0
    """The time budget of one run."""

    name: str = CHECK

    async def judge(self, task: Task, text: str) -> Sequence[Finding]:
        """Run the tests on both texts; what the draft loses is run again before it counts.

        The nearest tests run first, and where some of those are lost, the others do not run at all. Of
        the others, the first that fails is the last that runs.
        """
        path = task.snapshot.path
        if path is None:
            return (Finding(CHECK, "The document has no file yet, so no test can import it: save it first."),)
        ran, flaky = Run(), frozenset[str]()
        before, due = await self._due(task.snapshot, path, text)
        for wanted in due:
            loss = await self._loss(wanted, before, {path: task.snapshot.text})
            ran, flaky = joined(ran, loss.ran), flaky | loss.flaky
            if loss.told:
                return self._ruling(loss.told, ran, flaky)
        adrift = set(self.must_pass).difference(*(belonging(self.must_pass, wanted.tests) for wanted in due))
        told = tuple(Finding(CHECK, f"{name} has to pass and is not among the tests.") for name in sorted(adrift))
        return self._ruling(told, ran, flaky)

    async def answers(self, task: Task, text: str) -> Run:
        """Give what the tests answer on a text that they passed; that is known, unless much happened since."""
        ran = Run()
        if task.snapshot.path is not None:
            _before, due = await self._due(task.snapshot, task.snapshot.path, text)
            for wanted in due:
                ran = joined(ran, await self.bench.run(wanted))
        return ran

    async def _due(self, snapshot: Snapshot, path: Path, text: str) -> tuple[Run, tuple[Wanted, ...]]:
        """Give what the tests answer on the text as it is, and the runs on the draft that judge it, in their order."""
        wanted = self._wanted(self.selection.tests, {path: snapshot.text})
        before = await self.bench.run(evolve(wanted, as_it_is=True))
        forgiven = tuple(item.id for item in before.broken if item.id not in self.must_pass)
        near = await reaching(self.bench, wanted, before, path, text)
        nearest, *others = (self._wanted(stage, {path: text}) for stage in stages(wanted.tests, before, near))
        return before, (nearest, *(evolve(wanted, first_failure=True, forgiven=forgiven) for wanted in others))

    async def _loss(self, wanted: Wanted, before: Run, old: Mapping[Path, str]) -> _Loss:
        """Run a stage on the draft; where it stopped at what says nothing, all of it."""
        after = await self.bench.run(wanted)
        stopped = wanted.stopped(after.results.values())
        gone = lost(within(before, wanted.tests), after, belonging(self.must_pass, wanted.tests))
        gone = evolve(gone, missing=()) if stopped else gone
        aside = await self._flaky(gone, before, old)
        told = findings(gone.without(aside).joined(strangers(before, after, aside)), after.trouble)
        if stopped and not told:
            whole = await self._loss(evolve(wanted, first_failure=False), before, old)
            return evolve(whole, flaky=whole.flaky | aside)
        return _Loss(after, aside, told)

    def _ruling(self, told: Sequence[Finding], ran: Run, flaky: frozenset[str]) -> Ruling:
        note = f", {self.bench.note}" if self.bench.note else ""
        return Ruling(tuple(told), f"{self._counts(ran)}{note}{_aside(flaky)}")

    async def _flaky(self, gone: Lost, before: Run, old: Mapping[Path, str]) -> frozenset[str]:
        """Find out which of the lost tests fail now and then on the old text too.

        One that fails on the new text alone is the draft's doing, though it may pass the next time:
        a draft that brings chance in is refused. Once as many are sure as a finding names, those after them
        are not asked for: they change nothing, and running them again takes longest where most is broken.
        """
        flaky: frozenset[str] = frozenset()
        waiting = tuple(name for name in gone.names if name not in self.must_pass)
        if not waiting:
            return flaky
        (path,), wanted, due = old, self._wanted(self.selection.tests, old), SHOWN
        again = await passed_again(self.bench, wanted, before, path)
        while waiting and due:
            asked, waiting = waiting[:due], waiting[due:]
            times = _AGAIN - again.issuperset(asked)
            unsteady = await self._unsteady(asked, old, frozenset(gone.missing), times=times)
            flaky |= unsteady
            due -= len(asked) - len(unsteady)
        return flaky

    async def _unsteady(
        self, asked: tuple[str, ...], old: Mapping[Path, str], missing: frozenset[str], *, times: int
    ) -> frozenset[str]:
        """Run tests again on the old text, and give those that fail there, or go by another name each time.

        What is missing is asked for by its function: a name that is gone finds nothing at all.
        """
        names = tuple(dict.fromkeys(function_of(name) if name in missing else name for name in asked))
        wanted = self._wanted(names, old)
        found: frozenset[str] = frozenset()
        for back in await gather(*(self.bench.run(evolve(wanted, again=again)) for again in range(1, 1 + times))):
            found |= {result.id for result in back.broken if result.id in asked}
            found |= {name for name in asked if not back.trouble and name not in back.results}
        return found

    def _wanted(self, tests: tuple[str, ...], texts: Mapping[Path, str]) -> Wanted:
        return Wanted(tests, {**self.others, **texts}, seconds=self.seconds)

    def _counts(self, ran: Run) -> str:
        count, total = len(ran.results), max(self.selection.total, len(ran.results))
        cut = f" ({self.selection.cut})" if self.selection.cut else ""
        return f"{count} of {total} tests, {ran.seconds:.1f} s{cut}"


@frozen
class TestOracle:
    """What tests can say of a task."""

    __test__ = False

    checks: tuple[TestsCheck, ...] = ()
    """One check, or none where no test sees the target."""

    decides: bool = False
    """Whether passing it decides: some test that passed before sees the target, and none was left out."""

    note: str = ""
    """Why it does not decide, for the person."""


async def oracle_for(
    bench: Bench,
    snapshot: Snapshot,
    target: Span | None,
    *,
    others: Mapping[Path, str],
    seconds: float = 10.0,
    grader: Grader | None = None,
) -> TestOracle:
    """Choose the tests that see the target and try them on the text as it is.

    Where the grader says that they are blind to the target, passing them does not decide.
    """
    if why := await bench.absent():
        return TestOracle(note=why)
    selection = await bench.select(snapshot, target)
    if not selection.tests or snapshot.path is None:
        return TestOracle(note=selection.cut or "No test sees it.")
    check = TestsCheck(bench, selection, others, seconds=seconds)
    texts = {**others, snapshot.path: snapshot.text}
    wanted = Wanted(selection.tests, texts, seconds=seconds, as_it_is=True)
    before = await bench.run(wanted)
    if not before.passed:
        return TestOracle(note=before.trouble or _none_passes(before))
    await reaching(bench, evolve(wanted, as_it_is=False), before, snapshot.path, snapshot.text)  # it may take a while
    note = selection.cut or before.trouble
    if not note and grader is not None and target is not None:
        note = await grader.doubt(snapshot, target, wanted)
    return TestOracle((check,), decides=selection.decides and not note, note=note)


def _none_passes(before: Run) -> str:
    """Say why no test passes; most often all fail for one reason, such as a module that is not installed."""
    said = next((why for result in before.broken if (why := reason(result))), "")
    return f"No test that sees it passes as it is{f': {said}' if said else '.'}"


def _aside(flaky: frozenset[str]) -> str:
    return f", set aside as flaky: {', '.join(sorted(flaky))}" if flaky else ""
