"""Keeps the warm worker of a project: started when it is first needed, replaced when it is stale, ended when idle.

Where runs cannot share a worker, each gets one of its own. It runs what it is told to; whether it may
is `bench`'s to say.
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Mapping
from functools import partial
from pathlib import Path

from attrs import define, evolve, field

from lastmile.sandbox.choose import Kind, Sandbox
from lastmile.sandbox.values import Bind
from lastmile.testing.underway import underway
from lastmile.testing.values import Run, Wanted
from lastmile.testing.worker import launch, shadow
from lastmile.testing.worker.imports import Imports
from lastmile.testing.worker.launch import Launch, Site
from lastmile.testing.worker.process import Ended, Worker
from lastmile.testing.worker.reading import Told, begun, told
from lastmile.testing.worker.scratch import Given, Scratch

_START = 60.0
"""Seconds that a worker may take to load pytest and its plugins, on a machine that has much else to do."""

_GRACE = 2.0
"""Seconds past its deadline after which a run that the worker did not end is ended with the worker."""


@define(eq=False)
class _Held:
    """A worker with its folder, and the state of the environment that it was started in."""

    worker: Worker
    scratch: Scratch
    state: str
    foreign: tuple[str, ...]
    isolated: bool
    runs: int = 0

    def end(self) -> None:
        self.worker.close()
        self.worker.join(_GRACE)
        self.scratch.remove()


@define(eq=False)
class Keeper:
    """Runs tests in workers; for one event loop."""

    site: Site
    sandbox: Sandbox | None
    """None where the person allowed to run tests without one."""

    idle: float = 600.0
    """Seconds without a run after which the warm worker ends."""

    _imports: Imports = field(init=False, default=None)
    _held: _Held | None = field(default=None, init=False)
    _cold: bool = field(default=False, init=False)
    """Whether this machine was seen not to let runs share a worker."""

    _rehearses: bool = field(default=True, init=False)
    """False once what is loaded ahead was seen not to end."""

    _lock: asyncio.Lock = field(factory=asyncio.Lock, init=False)
    _timer: asyncio.TimerHandle | None = field(default=None, init=False)

    def __attrs_post_init__(self) -> None:
        self._imports = Imports(self.site.root)
        self._cold = self.sandbox is None or self.sandbox.kind is not Kind.BUBBLEWRAP

    async def run(self, wanted: Wanted, texts: Mapping[Path, str], environment: str) -> Told:
        """Run tests with texts over the real files. Never raises for what they contain.

        ``environment`` names the state of the interpreter: a warm worker of another state is replaced.
        """
        began = time.monotonic()
        try:
            if not self._cold:
                answer = await self._warm_run(wanted, texts, environment, began=began)
                if answer is not None:
                    return answer
            return await self._cold_run(wanted, texts, began)
        except (OSError, RuntimeError) as error:
            return Told(Run({}, time.monotonic() - began, str(error)), {}, "")

    async def close(self) -> None:
        """End the worker and everything of it."""
        held, self._held = self._held, None
        if self._timer is not None:
            self._timer.cancel()
        if held is not None:
            await asyncio.to_thread(held.end)

    async def _warm_run(
        self, wanted: Wanted, texts: Mapping[Path, str], environment: str, *, began: float
    ) -> Told | None:
        """Run in the warm worker; None where there can be none."""
        for last in (False, True):
            held = await self._current(environment)
            if held is None:
                return None
            answer = await self._in(held, wanted, texts, began)
            if answer is not None or last:
                return answer or Told(
                    Run({}, time.monotonic() - began, "the process that runs the tests ended"), {}, ""
                )
        return None

    async def _in(self, held: _Held, wanted: Wanted, texts: Mapping[Path, str], began: float) -> Told | None:
        """Run in a worker; None where the worker was gone before the run began."""
        number, given = await asyncio.to_thread(self._add, held, wanted, texts)
        held.runs += 1
        self._rest()
        try:
            with underway(lambda: begun(given.nonce, held.worker.lines(number)), seconds=wanted.seconds):
                ended = await self._ended(held.worker, number, given.wanted, wanted.seconds)
        finally:
            held.runs -= 1
            self._rest()
            asyncio.get_running_loop().run_in_executor(None, held.scratch.forget, given)
        if ended.status is None and not ended.reason and not ended.lines:
            return None
        return told(wanted, given.nonce, ended, time.monotonic() - began, {})

    def _add(self, held: _Held, wanted: Wanted, texts: Mapping[Path, str]) -> tuple[int, Given]:
        names = self._imports.of(wanted.tests) if self._rehearses else []
        more = {"preload": names, "foreign": held.foreign}
        return held.scratch.add(wanted, self.site.root, texts, more)

    async def _ended(self, worker: Worker, number: int, wanted: str, seconds: float) -> Ended:
        try:
            future = await asyncio.to_thread(worker.run, number, wanted)
            return await asyncio.wait_for(asyncio.wrap_future(future), seconds + _GRACE)
        except TimeoutError:
            # It did not look after the run. Where nothing was heard of that, it may be loading still.
            self._rehearses = self._rehearses and worker.heard(number)
            await asyncio.to_thread(worker.close)
            return Ended((), None, "time")
        except asyncio.CancelledError:
            await asyncio.shield(asyncio.to_thread(worker.kill, number))
            raise

    async def _current(self, now: str) -> _Held | None:
        """Give the warm worker, a new one where there is none or it is stale; None where there can be none."""
        async with self._lock:
            held = self._held
            if held is not None and held.worker.alive and held.state == now:
                return held
            if held is not None:
                self._held = None
                await asyncio.to_thread(held.end)
            assert self.sandbox is not None  # noqa: S101 - without one, no run is warm
            make = partial(launch.sandboxed, evolve(self.site, rehearse=self._rehearses), self.sandbox)
            held = await self._started(make, now)
            if not held.isolated:
                self._cold = True
                await asyncio.to_thread(held.end)
                return None
            self._held = held
            return held

    async def _started(self, make: partial[Launch], now: str) -> _Held:
        """Start a worker and wait until it is ready. Raises RuntimeError with its last words."""
        scratch = await asyncio.to_thread(Scratch)
        made = await asyncio.to_thread(make, scratch.given)
        scratch.seen = made.scratch
        worker = Worker(made, scratch.folder)
        held = _Held(worker, scratch, now, made.foreign, made.isolated)
        worker.start()
        try:
            about = await asyncio.wait_for(asyncio.wrap_future(worker.ready), _START)
        except TimeoutError as error:
            await asyncio.to_thread(held.end)
            self._rehearses = False
            message = f"pytest was not loaded within {_START:g} s."
            raise RuntimeError(message) from error
        except BaseException:
            # However the start ended, also by being cancelled, its process must not outlive it.
            await asyncio.shield(asyncio.to_thread(held.end))
            raise
        held.isolated = made.isolated and not about.get("obstacle")
        return held

    async def _cold_run(self, wanted: Wanted, texts: Mapping[Path, str], began: float) -> Told:
        """Run in a worker for this run alone."""
        copied = self.sandbox is None or self.sandbox.kind is not Kind.BUBBLEWRAP
        site, paths = self.site, dict[str, str]()
        with contextlib.ExitStack() as stack:
            if copied:
                tree = await asyncio.to_thread(shadow.copy, site.root, texts)
                stack.callback(tree.remove)
                site, paths = evolve(site, root=tree.root), tree.paths
                wanted = evolve(wanted, trace=tuple(tree.place(path) for path in wanted.trace))
            return await self._alone(site, wanted, {} if copied else texts, began=began, paths=paths)

    async def _alone(
        self, site: Site, wanted: Wanted, texts: Mapping[Path, str], *, began: float, paths: Mapping[str, str]
    ) -> Told:
        scratch = await asyncio.to_thread(Scratch)
        try:
            moved = [str(self.site.root), *paths.values()] if site.root != self.site.root else []
            more = {"preload": [], "foreign": [], "moved": moved}
            number, given = await asyncio.to_thread(scratch.add, wanted, site.root, texts, more)
            binds = tuple(Bind(given.folder / f"text-{count}", path.resolve()) for count, path in enumerate(texts))
            made = (
                launch.bare(site, scratch.given)
                if self.sandbox is None
                else launch.sandboxed(site, self.sandbox, scratch.given, nested=False, binds=binds)
            )
            file = str(made.scratch / given.folder.name / "wanted.json")
            worker = Worker(made, scratch.folder)
            worker.start()
            try:
                await asyncio.wait_for(asyncio.wrap_future(worker.ready), _START)
                with underway(lambda: begun(given.nonce, worker.lines(number)), seconds=wanted.seconds):
                    ended = await self._ended(worker, number, file, wanted.seconds)
            finally:
                worker.close()
            return told(wanted, given.nonce, ended, time.monotonic() - began, paths)
        finally:
            await asyncio.shield(asyncio.to_thread(scratch.remove))

    def _rest(self) -> None:
        """Count the idle time from now on."""
        if self._timer is not None:
            self._timer.cancel()
        self._timer = asyncio.get_running_loop().call_later(self.idle, self._idle)

    def _idle(self) -> None:
        held = self._held
        if held is not None and held.runs == 0:
            self._held = None
            asyncio.get_running_loop().run_in_executor(None, held.end)
