"""Tries texts of unknown worth on the project's tests, and compares what they do; all of it in the sandbox.

It satisfies `repair.trials.Trials`. One warm process tries the many (`trial_host`), and what it says is a
hint, because texts share its sandbox: what passes there counts once it has passed in a run of its own.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Iterable, Mapping, Sequence
from contextlib import aclosing, asynccontextmanager
from pathlib import Path

from attrs import define, evolve, field, frozen

from lastmile.repair import inside
from lastmile.repair.trials import Probe, Trial, Tried
from lastmile.repair.trying.asked import Asked, files
from lastmile.repair.values import Observed
from lastmile.sandbox.choose import NoSandbox, Sandbox, choose
from lastmile.testing.trial_host import TrialHost
from lastmile.testing.values import Answer, Bench, Wanted
from lastmile.testing.worker.launch import Site

_AT_ONCE = 2
_WALL, _STARTING = 3.0, 1.0
"""How much longer than its processor time a run may take by the clock, and seconds beside that."""

_LOADING = 30.0
"""Seconds that the project and the tests may take to load."""

_TEST_SECONDS = 0.3
"""Processor time of one test while its calls are recorded."""


@frozen
class SandboxTrials:
    """Runs texts against tests and calls, each apart from the others."""

    bench: Bench
    site: Callable[[], Site | None]
    """Gives the project and what its tests are run with; None where there is nothing to run them with; blocks."""

    others: Callable[[], Mapping[Path, str]]
    """Gives the unsaved texts of other open documents."""

    find: Callable[[Mapping[str, str]], Sandbox | NoSandbox] = choose
    few: int = 48
    """So many texts are tried in runs of their own where nothing is loaded: to load it takes as long as dozens."""

    @asynccontextmanager
    async def warm(self, path: Path, original: str, tests: Sequence[str]) -> AsyncIterator[WarmTrials]:
        """Begin to load a file and tests, and keep what is loaded as long as this is open."""
        warm = WarmTrials(self._as_of_now(), path, original, tests)
        try:
            yield warm
        finally:
            await asyncio.shield(warm.close())

    async def try_all(self, trial: Trial) -> AsyncGenerator[Tried, None]:
        """Try every text, each answered as soon as it is known, until the time is up."""
        if len(trial.texts) <= self.few:
            until = asyncio.get_running_loop().time() + trial.wall
            async with aclosing(self._as_of_now().in_runs(trial, range(len(trial.texts)), until)) as answers:
                async for tried in answers:
                    yield tried
            return
        async with self.warm(trial.path, trial.original, trial.tests) as warm, aclosing(warm.try_all(trial)) as answers:
            async for tried in answers:
                yield tried

    async def in_runs(
        self, trial: Trial, places: Iterable[int], until: float, *, at_once: int = _AT_ONCE
    ) -> AsyncGenerator[Tried, None]:
        """Try texts in runs of their own, as drafts are tried."""
        loop, waiting = asyncio.get_running_loop(), iter(places)
        running: set[asyncio.Task[Tried]] = set()
        try:
            while True:
                while len(running) < at_once and loop.time() < until and (at := next(waiting, None)) is not None:
                    running.add(loop.create_task(self._tried(trial, at)))
                if not running:
                    return
                done, running = await asyncio.wait(running, return_when=asyncio.FIRST_COMPLETED)
                for task in done:
                    yield task.result()
        finally:
            for task in running:
                task.cancel()
            await asyncio.gather(*running, return_exceptions=True)

    def _as_of_now(self) -> SandboxTrials:
        """Hold the unsaved texts as they are, so that what is compared has seen the same."""
        texts = dict(self.others())
        return evolve(self, others=lambda: texts)

    async def _tried(self, trial: Trial, at: int) -> Tried:
        texts = {**self.others(), trial.path: trial.texts[at]}
        wanted = Wanted(trial.tests, texts, seconds=trial.seconds * _WALL + _STARTING, first_failure=True)
        run = await self.bench.run(wanted)
        stopped = next((item.id for item in run.results.values() if item.answer is not Answer.PASSED), "")
        late = next((name for name in trial.tests if name not in run.results), "") if run.trouble else ""
        return Tried(at, not stopped and not run.trouble and bool(run.results), stopped or late, late=bool(late))

    async def observe(self, probe: Probe) -> Observed:
        """Run the same calls on every text, in one process."""
        async with self.warm(probe.path, probe.original, probe.tests) as warm:
            return await warm.observe(probe)


@define(eq=False)
class WarmTrials:
    """The trials of one search; for one event loop."""

    of: SandboxTrials
    path: Path
    original: str
    tests: Sequence[str]
    """What is loaded ahead; a trial of something else is loaded when it comes."""

    _beginning: asyncio.Task[TrialHost | str] = field(init=False)
    _unable: set[tuple[Path, str]] = field(factory=set, init=False)
    """Files, with their texts, whose tests could not be loaded to try others on."""

    def __attrs_post_init__(self) -> None:
        """Begin to load what everything needs, while whoever asks has other things to do."""
        self._beginning = asyncio.get_running_loop().create_task(self._begun())

    @asynccontextmanager
    async def warm(self, path: Path, original: str, tests: Sequence[str]) -> AsyncIterator[WarmTrials]:  # noqa: ARG002 - the protocol's
        """Stay as it is."""
        yield self

    async def close(self) -> None:
        """End what is kept."""
        self._beginning.cancel()
        done = (await asyncio.gather(self._beginning, return_exceptions=True))[0]
        if isinstance(done, TrialHost):
            await done.close()

    async def try_all(self, trial: Trial) -> AsyncGenerator[Tried, None]:
        """Try every text, each answered as soon as it is known, until the time is up."""
        now = asyncio.get_running_loop().time
        until = now() + trial.wall
        host, asked = await asyncio.shield(self._beginning), Asked(trial)
        if not isinstance(host, TrialHost) or (trial.path, trial.original) in self._unable:
            asked.give_up()
        while isinstance(host, TrialHost) and asked.waiting and now() < until:
            async with aclosing(host.ask("try", asked.request(until - now()))) as rows:
                async for row in rows:
                    if (tried := asked.hear(row)) is not None:
                        yield tried
        if asked.unable:
            self._unable.add((trial.path, trial.original))
        for places, at_once in ((asked.in_runs, _AT_ONCE), (asked.suspects, 1)):
            async with aclosing(self.of.in_runs(trial, places, until, at_once=at_once)) as answers:
                async for tried in answers:
                    yield tried

    async def observe(self, probe: Probe) -> Observed:
        """Run the same calls on every text, in one process."""
        host = await asyncio.shield(self._beginning)
        if not isinstance(host, TrialHost):
            return Observed(trouble=host)
        request = {
            "path": str(probe.path),
            "original": probe.original,
            "files": files(probe.tests),
            "text": probe.original,
            "texts": probe.texts,
            "tests": probe.tests,
            "passing": probe.passing,
            "wall": probe.wall,
            "call_seconds": probe.seconds,
            "test_seconds": _TEST_SECONDS,
            "inputs": probe.inputs,
            "scripts": dict(inside.scripts()),
        }
        async with aclosing(host.ask("observe", request)) as answers:
            rows = [row async for row in answers]
        if why := next((str(row[key]) for row in rows for key in ("why", "unable", "trouble") if row.get(key)), ""):
            return Observed(trouble=why)
        return inside.read(rows, len(probe.texts))

    async def _begun(self) -> TrialHost | str:
        """Start what tries many texts; gives why there is none where that is so."""
        if why := await self.of.bench.absent():
            return why
        site = await asyncio.to_thread(self.of.site)
        if site is None:
            return "The project has no Python of its own."
        sandbox = await asyncio.to_thread(self.of.find, site.env)
        host = TrialHost(site, sandbox if isinstance(sandbox, Sandbox) else None, self.of.others())
        load = {"path": str(self.path), "original": self.original, "files": files(self.tests), "tests": self.tests}
        try:
            why = await host.absent()
            async with aclosing(host.ask("load", {**load, "wall": _LOADING})) as rows:
                why = why or "".join([str(row.get("why", "")) async for row in rows])
        except asyncio.CancelledError:
            await asyncio.shield(host.close())
            raise
        if why:
            await host.close()
            return why
        return host
