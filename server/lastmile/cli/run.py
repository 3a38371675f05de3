"""One run of ``lastmile fix``: tasks over files and folders, shown as they go.

What becomes of the files is `kept`'s.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Awaitable
from pathlib import Path

import click
from attrs import define, field, frozen

from lastmile.batch.sweeper import Mended, Sweeper
from lastmile.cascade.outcome import Outcome
from lastmile.cli.asking import TerminalConsent
from lastmile.cli.bar import is_terminal, progress
from lastmile.cli.found import sort_out
from lastmile.cli.kept import Kept
from lastmile.cli.show import Shown, as_json, relative
from lastmile.cli.waiting import opened, told
from lastmile.errors import LastmileError, RequestError, ToolError
from lastmile.service import Service
from lastmile.tasks.kind import Kind
from lastmile.text.snapshot import Snapshot


@frozen
class Options:
    """What was asked on the command line."""

    paths: tuple[Path, ...]
    select: tuple[str, ...]
    kind: Kind
    write: bool
    json: bool


@frozen(eq=False)
class Opened:
    """A file that is being swept."""

    sweeper: Sweeper
    snapshot: Snapshot
    """As it was."""


@define
class Run:
    """One run of the command. Ctrl-c and SIGTERM cancel it."""

    options: Options
    service: Service
    base: Path = field(factory=Path.cwd)
    kept: Kept = field(init=False)
    shown: Shown = field(init=False)
    consent: TerminalConsent = field(init=False)
    _mended: Mended = field(factory=dict, init=False)
    _open: list[Opened] = field(factory=list, init=False)
    """Files with tasks that another model of ours is to go on with, once all files have come as far."""

    def __attrs_post_init__(self) -> None:
        """Find out whether anybody can be asked, and let tests see what was accepted."""
        self.shown = Shown(self.base, sys.stdout)
        self.kept = Kept(self.service.ledger, self.options.write, self.base)
        self.service.others = self.kept.texts.copy
        self.service.edition = lambda: len(self.kept.tally.outcomes)
        self.consent = TerminalConsent(is_terminal(sys.stdin) and not self.options.json)

    async def run(self) -> int:
        """Do the files in order; an interruption leaves each file old or new, and the total true."""
        try:
            await self._rules()
            async with told():
                await self._files()
        except asyncio.CancelledError:
            self.kept.tally.interrupted = True
        except (RequestError, ToolError) as error:
            self.kept.tally.failure = str(error)
        finally:
            await self._leave()
            await self._price()
            await self.service.close()
        return self._finish()

    async def _rules(self) -> None:
        problem = await self.service.unknown_rules(self.options.select)
        if problem:
            raise click.BadParameter(problem, param_hint="'--select'")

    async def _files(self) -> None:
        found = sort_out(self.options.paths, await self.service.python_files(self.options.paths))
        self._note(await opened(self.service.ledger.ready()))
        self.kept.tally.errors.extend(found.left_alone)
        with progress(len(found.files)) as advance:
            for path in found.files:
                await self._file(path)
                advance()
            while self._open:
                for item in tuple(self._open):
                    await self._stretch(item, item.sweeper.go_on())
        self._note(self.service.ledger.problem)

    async def _file(self, path: Path) -> None:
        try:
            snapshot = self.kept.read(path)
            sweeper = await self._sweeper(path)
        except LastmileError as error:
            self.kept.tally.errors.append(str(error))
            return
        item = Opened(sweeper, snapshot)
        self._open.append(item)
        await self._stretch(item, sweeper.sweep(snapshot) if sweeper.alone else sweeper.begin(snapshot))

    async def _stretch(self, item: Opened, work: Awaitable[object]) -> None:
        """Do a part of a file's tasks, and count what became of it where that is all."""
        try:
            await work
        except LastmileError as error:
            self.kept.tally.errors.append(str(error))
            await item.sweeper.leave()
        if item.sweeper.more:
            self.kept.show(item.sweeper.so_far(item.snapshot))
        else:
            self._open.remove(item)
            self.kept.keep(item.sweeper.so_far(item.snapshot))

    async def _leave(self) -> None:
        """Be done with what an interruption left open: what was accepted counts, and was perhaps paid for."""
        while self._open:
            item = self._open.pop(0)
            await item.sweeper.leave()
            self.kept.keep(item.sweeper.so_far(item.snapshot))

    async def _sweeper(self, path: Path) -> Sweeper:
        project = await self.service.project(path)
        for problem in project.problems:
            self._note(problem)
        if self.options.kind.name not in project.kinds:
            message = f"{path} was left alone: its settings switch the kind {self.options.kind.name} off."
            raise RequestError(message)
        sweeper = Sweeper(project, self.options.kind, self.consent, self.options.select, done=self._done)
        sweeper.called = lambda snapshot: relative(snapshot.path, self.base)
        sweeper.others, sweeper.mended = self.kept.texts, self._mended
        return sweeper

    def _done(self, outcome: Outcome) -> None:
        self.kept.ended(outcome)
        if not self.options.json:
            self.shown.outcome(outcome, self.kept.tally.lines[-1])

    def _note(self, note: str) -> None:
        if note and note not in self.kept.tally.notes:
            self.kept.tally.notes.append(note)

    async def _price(self) -> None:
        settings = (await self.service.resolved(self.base)).settings
        prices = [self.service.top_tier_cost(outcome, settings) for outcome in self.kept.tally.outcomes]
        known = [price for price in prices if price is not None]
        self.kept.tally.top_tier = sum(known) if len(known) == len(prices) else None

    def _finish(self) -> int:
        """Print the total; gives the exit code."""
        tally = self.kept.tally
        if self.options.json:
            click.echo(as_json(tally, self.base))
        else:
            self.shown.total(tally, self.options.kind, wrote=self.options.write)
        if tally.failure:
            click.echo(f"lastmile: {tally.failure}", err=True)
            return 3
        if tally.interrupted:
            return 130
        return 1 if tally.after.total() or tally.errors or tally.notes else 0
