"""The project's tests, as checks and tiers meet them: whether they can run, which to run, and runs of them.

It decides what may run and what needs no run because its answer is known. How tests run is the
worker's to know, which of them see a change the selector's.
"""

from __future__ import annotations

import asyncio
import hashlib
import os
from collections import OrderedDict
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Protocol

from attrs import define, field, frozen

from lastmile.sandbox import places
from lastmile.sandbox.choose import NoSandbox, Sandbox, choose
from lastmile.testing.guard import Guard
from lastmile.testing.interpreter import too_old, without_pytest
from lastmile.testing.values import Run, Selection, Wanted
from lastmile.testing.worker import state
from lastmile.testing.worker.keeper import Keeper
from lastmile.testing.worker.launch import Site
from lastmile.testing.worker.reading import Told
from lastmile.testing.worker.scratch import encoded
from lastmile.text.edits import Span
from lastmile.text.snapshot import Snapshot

_CACHED_RUNS = 64


class Selector(Protocol):
    """Knows which tests see a change."""

    async def __call__(self, snapshot: Snapshot, target: Span | None) -> Selection:
        """Find the tests that can see a change of the target, or of the whole file where there is none."""


@frozen
class Permission:
    """What the person allows."""

    enabled: bool = True
    trusted: bool = True
    """Whether the workspace is trusted; code of one that is not never runs."""

    unsandboxed: bool = False
    """Whether tests may run where there is no sandbox."""


async def select_nothing(snapshot: Snapshot, target: Span | None) -> Selection:  # noqa: ARG001 - the protocol's
    """Stand where tests are selected elsewhere."""
    return Selection(cut="No tests are selected here.")


@define(eq=False)
class ProjectBench:
    """The bench of one project; for one event loop."""

    site: Site
    selector: Selector = select_nothing
    permission: Permission = Permission()
    idle: float = 600.0
    note: str = ""
    find: Callable[[Mapping[str, str]], Sandbox | NoSandbox] = choose
    _sandbox: Sandbox | NoSandbox | None = field(default=None, init=False)
    """None until somebody looked."""

    known: str = field(default="", init=False)
    """Why no test can run here, when somebody last looked."""

    _able: str = field(default="", init=False)
    """The state of the environment in which tests were last found to be able to run."""

    _keeper: Keeper | None = field(default=None, init=False)
    _guard: Guard = field(factory=Guard, init=False)
    _runs: OrderedDict[str, Run] = field(factory=OrderedDict, init=False)
    _lock: asyncio.Lock = field(factory=asyncio.Lock, init=False)

    @property
    def root(self) -> Path:
        """The folder that node ids are relative to."""
        return self.site.root

    async def absent(self) -> str:
        """Say why no test can run here, and what to do; empty when they can."""
        await self.look()
        self.known = await asyncio.to_thread(self._absent)
        return self.known

    def _absent(self) -> str:
        if not self.permission.enabled:
            return "Tests are switched off."
        if not self.permission.trusted:
            return "The workspace is not trusted, so its tests do not run."
        if self.site.home.is_relative_to(self.site.root):
            return f"The project's root ({self.site.root}) holds the home folder, which tests must not see."
        if missing := _no_pytest(self.site):
            return missing
        if isinstance(self._sandbox, NoSandbox) and not self.permission.unsandboxed:
            return f"Tests run in a sandbox alone, and there is none: {self._sandbox.reason}."
        return ""

    async def look(self) -> None:
        """Find the sandbox, once."""
        async with self._lock:
            if self._sandbox is None:
                self._sandbox = await asyncio.to_thread(self.find, self.site.env)

    async def select(self, snapshot: Snapshot, target: Span | None) -> Selection:
        """Find the tests that can see a change of the target, or of the whole file where there is none."""
        why = await self.absent()
        return Selection(cut=why) if why else await self.selector(snapshot, target)

    async def run(self, wanted: Wanted) -> Run:
        """Run tests on the texts; what ran to its end is not run again while nothing that it depends on changes.

        Tests that are to be run again, to see whether they change their mind, are asked for with another
        ``again``.
        """
        if not self._able and (reason := await self.absent()):
            return Run(trouble=reason)
        if not wanted.tests:
            return Run()
        texts, environment, key = await asyncio.to_thread(self._prepared, wanted)
        if self._able not in {"", environment} and (reason := await self.absent()):
            return Run(trouble=reason)
        self._able = environment
        if (known := self._runs.get(key)) is not None:
            self._runs.move_to_end(key)
            return known
        told = await self._kept().run(wanted, texts, environment)
        run = self._guard.believed(told, undisturbed=not texts, seen=await asyncio.to_thread(self._tests, told, texts))
        if not run.trouble:
            self._runs[key] = run
            if len(self._runs) > _CACHED_RUNS:
                self._runs.popitem(last=False)
        return run

    async def watched(self, wanted: Wanted) -> Run | None:
        """Give what is known of a run; it is not begun here."""
        return self._runs.get((await asyncio.to_thread(self._prepared, wanted))[2])

    async def close(self) -> None:
        """End everything that runs."""
        if self._keeper is not None:
            await self._keeper.close()

    def _kept(self) -> Keeper:
        if self._keeper is None:
            sandbox = self._sandbox if isinstance(self._sandbox, Sandbox) else None
            self._keeper = Keeper(self.site, sandbox, self.idle)
        return self._keeper

    def _tests(self, told: Told, texts: Mapping[Path, str]) -> dict[str, str]:
        """Name the text of the file that each test stands in; blocks."""
        files = {name: self.site.root / name.partition("::")[0] for name in told.marks}
        digests = {file: _text_of(file, texts) for file in set(files.values())}
        return {name: digests[file] for name, file in files.items()}

    def _prepared(self, wanted: Wanted) -> tuple[dict[Path, str], str, str]:
        """Give the texts that differ from the disk, the environment's state, and the key of the answer; blocks."""
        texts, environment = _changed(wanted.texts), state.environment(self.site)
        digest = hashlib.sha256()
        how = (
            wanted.trace,
            wanted.loading,
            wanted.first_failure,
            wanted.forgiven,
            wanted.shuffle,
            wanted.each,
            wanted.again,
        )
        asked = (wanted.tests, *how, sorted(texts.items()))
        for part in (repr(asked), environment, state.project(self.site)):
            digest.update(part.encode("utf-8", "surrogateescape"))
        return texts, environment, digest.hexdigest()


def _changed(texts: Mapping[Path, str]) -> dict[Path, str]:
    """Leave out texts that stand on the disk just so, and name the others by their real path."""
    real = {Path(os.path.realpath(path)): text for path, text in texts.items()}
    return {path: text for path, text in real.items() if not _stands(path, text)}


def _stands(path: Path, text: str) -> bool:
    try:
        return path.read_bytes() == encoded(text)
    except OSError:
        return False


def _text_of(file: Path, texts: Mapping[Path, str]) -> str:
    given = texts.get(Path(os.path.realpath(file)))
    try:
        data = file.read_bytes() if given is None else encoded(given)
    except OSError:
        return ""
    return hashlib.sha256(data).hexdigest()


def _no_pytest(site: Site) -> str:
    if not os.access(site.python, os.X_OK):
        return f"The interpreter {site.python} cannot be run: name another in the settings."
    found = places.of(site.python, site.home)
    if old := too_old(site.python):
        return old
    if any((folder / "pytest" / "__init__.py").exists() for folder in (*found.packages, *found.pointed)):
        return ""
    return without_pytest(site.python, found.packages)
