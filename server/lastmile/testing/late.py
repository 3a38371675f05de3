"""The bench of a project as it stands in a menu's way: made when tests are first asked for, and not before.

Finding the interpreter can take seconds, because poetry and hatch are programs that have to be asked.
It also keeps what tests took, for the selection's time budget, and lets the memory hear what they
told. The selection sees the unsaved texts of open documents; a run sees what it is given, so that runs which are
compared see the same, whatever is typed between them.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict, deque
from collections.abc import Callable, Mapping
from pathlib import Path

from attrs import define, evolve, field

from lastmile import files
from lastmile.errors import RequestError
from lastmile.testing.bench import ProjectBench
from lastmile.testing.memory import Heard, Memory, digest, hear
from lastmile.testing.selection.selector import Selector
from lastmile.testing.values import NoBench, Run, Selection, Wanted
from lastmile.text.edits import Span
from lastmile.text.snapshot import Snapshot

_MOST_DURATIONS = 20_000
_WATCHED = 3.0
"""How much longer a run may take that is watched: a trace function hears of each call in it."""


@define(eq=False)
class LateBench:
    """Satisfies `testing.values.Bench`; for one event loop."""

    root: Path
    selector: Selector
    make: Callable[[], ProjectBench | NoBench]
    """Finds the interpreter and makes the bench; blocks."""

    others: Callable[[], Mapping[Path, str]]
    """Gives the unsaved texts of open documents, for the selection."""

    budget: float = 10.0
    """Seconds that the tests of a selection may take together."""

    note: str = ""
    memory: Memory = field(factory=Memory)
    _bench: ProjectBench | NoBench | None = field(default=None, init=False)
    _seconds: OrderedDict[str, float] = field(factory=OrderedDict, init=False)
    _read: tuple[Wanted, Run, Heard] | None = field(default=None, init=False)
    """The run that was read last: that on the text as it is, which every draft is compared with."""

    _lock: asyncio.Lock = field(factory=asyncio.Lock, init=False)
    _watching: asyncio.Task[None] | None = field(default=None, init=False)
    _given_up: deque[Wanted] = field(factory=lambda: deque(maxlen=8), init=False)
    """Runs that did not come to their end: begun again, they would keep a core busy for nothing."""

    @property
    def known(self) -> str:
        """Why no test can run here, once somebody looked."""
        return "" if self._bench is None else self._bench.known

    async def absent(self) -> str:
        """Say why no test can run here, and what to do; empty when they can."""
        return await (await self._made()).absent()

    async def select(self, snapshot: Snapshot, target: Span | None) -> Selection:
        """Find the tests that can see a change of the target, or of the whole file where there is none."""
        if why := await self.absent():
            return Selection(cut=why)
        found = await self.selector.select(
            snapshot, target, buffers=self.others(), seconds=self._seconds, budget=self.budget
        )
        if target is not None:
            self.memory.select(snapshot, target, found.tests)
        return found

    async def run(self, wanted: Wanted) -> Run:
        """Run tests on the texts."""
        edition = self.memory.edition()
        run = await (await self._made()).run(wanted)
        if wanted.as_it_is and run.results:
            heard = await self._heard(wanted, run)
            if self.memory.edition() == edition:
                self.memory.learn(heard)
        for result in run.results.values():
            self._seconds[result.id.partition("[")[0]] = result.seconds
        while len(self._seconds) > _MOST_DURATIONS:
            self._seconds.popitem(last=False)
        return run

    async def watched(self, wanted: Wanted) -> Run | None:
        """Give what is known of a run, and begin it where nothing is; one at a time, in the background."""
        bench = await self._made()
        if not isinstance(bench, ProjectBench):
            return None
        wanted = evolve(wanted, seconds=wanted.seconds * _WATCHED)
        run = await bench.watched(wanted)
        idle = self._watching is None or self._watching.done()
        if run is None and idle and wanted not in self._given_up:
            self._watching = asyncio.get_running_loop().create_task(self._watch(bench, wanted))
        return run

    @property
    def watching(self) -> asyncio.Task[None] | None:
        """What runs in the background, if it was begun."""
        return self._watching

    async def _watch(self, bench: ProjectBench, wanted: Wanted) -> None:
        if (await bench.run(wanted)).trouble:
            self._given_up.append(wanted)

    async def close(self) -> None:
        """End what runs."""
        if self._watching is not None:
            self._watching.cancel()
        if isinstance(self._bench, ProjectBench):
            await self._bench.close()

    async def _heard(self, wanted: Wanted, run: Run) -> Heard:
        """Read what a run told; the same run again, which is known to hold still, is not read again."""
        if self._read is None or self._read[1] is not run or self._read[0] != wanted:
            self._read = wanted, run, await asyncio.to_thread(self._hear, wanted, run)
        return self._read[2]

    def _hear(self, wanted: Wanted, run: Run) -> Heard:
        """Read what a run told, with the files that its tests stand in as they are on the disk; blocks."""
        paths = {self.root / name.partition("::")[0] for name in run.results}
        texts = {path: digest(text) for path in paths if (text := _text(path)) is not None}
        return hear(self.root, wanted, run, texts)

    async def _made(self) -> ProjectBench | NoBench:
        async with self._lock:
            if self._bench is None:
                self._bench = await asyncio.to_thread(self.make)
        return self._bench


def _text(path: Path) -> str | None:
    try:
        return files.read(path).text
    except RequestError:
        return None
