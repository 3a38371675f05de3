"""``lastmile fix``: tasks over files and folders, shown as they go, written only when asked."""

from __future__ import annotations

import asyncio
import math
import os
import sys
from collections.abc import Awaitable, Callable, Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path
from typing import IO, Any

import click
from attrs import define, evolve, field, frozen

from lastmile import files
from lastmile.batch.sweeper import Mended, Sweeper
from lastmile.batch.swept import Changed
from lastmile.cascade.outcome import Outcome
from lastmile.cascade.policy import Paid
from lastmile.cli import interrupting
from lastmile.cli.asking import TerminalConsent
from lastmile.cli.found import sort_out
from lastmile.cli.lines import DiskLines
from lastmile.cli.show import Shown, Tally, as_json, relative
from lastmile.cli.waiting import told
from lastmile.errors import LastmileError, RequestError, ToolError
from lastmile.service import Overrides, Service
from lastmile.tasks.kind import Kind
from lastmile.tasks.registry import kinds
from lastmile.text.snapshot import Snapshot

_FILES_FOR_A_BAR = 2


class Dollars(click.FloatRange):
    """An amount of money; "nan", which is a float and no amount, would be compared with nothing."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:  # noqa: ANN401 - click's form
        """Read an amount, as click asks for it."""
        amount = float(super().convert(value, param, ctx))
        if not math.isfinite(amount):
            self.fail(f"{value} is not an amount of money.", param, ctx)
        return amount


@frozen
class Options:
    """What was asked on the command line."""

    paths: tuple[Path, ...]
    select: tuple[str, ...]
    kind: Kind
    write: bool
    paid: str | None
    budget: float | None
    json: bool


def _over_files(kind: Kind) -> bool:
    """Tell whether a menu offers the kind without a selection."""
    return bool(kind.menus) and not any(menu.startswith("refactor.extract") for menu in kind.menus)


def _known() -> dict[str, Kind]:
    """Give the kinds that can be done over files: those that a menu offers."""
    return {known.name: known for known in kinds().values() if _over_files(known)}


def _kind(name: str) -> Kind:
    """Find a kind that can be done over files."""
    known = _known()
    if name not in known:
        message = f"{name!r} cannot be done over files. Kinds that can: {', '.join(known)}."
        raise click.BadParameter(message, param_hint="'--kind'")
    return known[name]


@click.command()
@click.argument("paths", nargs=-1, required=True, type=click.Path(exists=True, path_type=Path))
@click.option("--select", default="", metavar="CODES", help="Only findings of these rules, comma separated: F401,E7.")
@click.option(
    "--kind", default="fix", show_default=True, metavar="KIND", help=f"What to do, one of: {', '.join(_known())}."
)
@click.option("--write", is_flag=True, help="Write the accepted edits; otherwise files stay as they are.")
@click.option("--paid", type=click.Choice(["never", "auto"]), help="Whether paid tiers may be used; else settings say.")
@click.option("--budget", type=Dollars(min=0), metavar="USD", help="The most that this run may spend.")
@click.option("--json", "as_json_", is_flag=True, help="Print one JSON document instead of text.")
def fix(  # noqa: PLR0913, PLR0917 - one parameter an option
    paths: tuple[Path, ...],
    select: str,
    kind: str,
    write: bool,  # noqa: FBT001 - click passes options by name
    paid: str | None,
    budget: float | None,
    as_json_: bool,  # noqa: FBT001 - as above
) -> int:
    """Do tasks over files; folders are searched as ruff does it, .gitignore respected."""
    codes = tuple(code.strip() for code in select.split(",") if code.strip())
    options = Options(paths, codes, _kind(kind), write, paid, budget, as_json_)
    overrides = Overrides(Paid(paid) if paid else None, budget, codes)
    return interrupting.run(Run(options, Service.open(os.environ, overrides=overrides)).run)


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
    tally: Tally = field(factory=Tally)
    texts: dict[Path, str] = field(factory=dict)
    """The texts of files with accepted edits that are not written, so that later tasks see them."""

    lines: DiskLines = field(factory=DiskLines)
    """Where in the files, as the person sees them, the tasks are."""

    consent: TerminalConsent = field(init=False)
    _mended: Mended = field(factory=dict, init=False)
    _open: list[Opened] = field(factory=list, init=False)
    """Files with tasks that another model of ours is to go on with, once all files have come as far."""

    def __attrs_post_init__(self) -> None:
        """Find out whether anybody can be asked, and let tests see what was accepted."""
        self.service.others = self.texts.copy
        self.service.edition = lambda: len(self.tally.outcomes)
        self.consent = TerminalConsent(_is_terminal(sys.stdin) and not self.options.json)

    async def run(self) -> int:
        """Do the files in order; an interruption leaves each file old or new, and the total true."""
        try:
            await self._rules()
            async with told():
                await self._files()
        except asyncio.CancelledError:
            self.tally.interrupted = True
        except (RequestError, ToolError) as error:
            self.tally.failure = str(error)
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
        self._note(await self.service.ledger.ready())
        self.tally.errors.extend(found.left_alone)
        with self._progress(len(found.files)) as advance:
            for path in found.files:
                await self._file(path)
                advance()
            while self._open:
                for item in tuple(self._open):
                    await self._stretch(item, item.sweeper.go_on())
        self._note(self.service.ledger.problem)

    async def _file(self, path: Path) -> None:
        try:
            snapshot = self._read(path)
            sweeper = await self._sweeper(path)
        except LastmileError as error:
            self.tally.errors.append(str(error))
            return
        item = Opened(sweeper, snapshot)
        self._open.append(item)
        await self._stretch(item, sweeper.sweep(snapshot) if sweeper.alone else sweeper.begin(snapshot))

    async def _stretch(self, item: Opened, work: Awaitable[object]) -> None:
        """Do a part of a file's tasks, and count what became of it where that is all."""
        try:
            await work
        except LastmileError as error:
            self.tally.errors.append(str(error))
            await item.sweeper.leave()
        if item.sweeper.more:
            self._show(item)
        else:
            self._open.remove(item)
            self._keep(item.sweeper, item.snapshot)

    async def _leave(self) -> None:
        """Be done with what an interruption left open: what was accepted counts, and was perhaps paid for."""
        while self._open:
            item = self._open.pop(0)
            await item.sweeper.leave()
            self._keep(item.sweeper, item.snapshot)

    def _show(self, item: Opened) -> None:
        """Let the tests of other files see what was accepted in a file that is not done with."""
        for changed in item.sweeper.so_far(item.snapshot).changes:
            if changed.snapshot.path is not None:
                self.texts[changed.snapshot.path] = changed.text

    def _read(self, path: Path) -> Snapshot:
        """Read a file, with what an earlier file's tasks led to in it where that is not written."""
        snapshot = files.read(path)
        text = None if snapshot.path is None else self.texts.get(snapshot.path)
        return snapshot if text is None else evolve(snapshot, text=text)

    async def _sweeper(self, path: Path) -> Sweeper:
        project = await self.service.project(path)
        for problem in project.problems:
            self._note(problem)
        if self.options.kind.name not in project.kinds:
            message = f"{path} was left alone: its settings switch the kind {self.options.kind.name} off."
            raise RequestError(message)
        sweeper = Sweeper(project, self.options.kind, self.consent, self.options.select, done=self._done)
        sweeper.called = lambda snapshot: relative(snapshot.path, self.base)
        sweeper.others, sweeper.mended = self.texts, self._mended
        return sweeper

    def _keep(self, sweeper: Sweeper, snapshot: Snapshot) -> None:
        """Count what became of a file and of those that its tasks led to, and write them if that was asked for."""
        swept = sweeper.so_far(snapshot)
        self.tally.add(swept, [relative(item.snapshot.path, self.base) for item in swept.changes])
        for item in swept.changes:
            if self.options.write:
                if self._write(item):
                    self._applied(swept.outcomes, item.snapshot.uri)
                elif item.snapshot.uri == swept.snapshot.uri:
                    self.tally.after.update(swept.before - swept.after)  # what was cleared is still in the file
            elif item.snapshot.path is not None:
                self.texts[item.snapshot.path] = item.text

    def _write(self, changed: Changed) -> bool:
        """Write a file; False where that cannot be done, which is then an error of the run."""
        name = relative(changed.snapshot.path, self.base)
        try:
            files.write(changed.snapshot, changed.text)
        except RequestError as error:
            self.tally.errors.append(str(error))
            return False
        if name not in self.tally.written:
            self.tally.written.append(name)
        if changed.snapshot.path is not None:
            self.texts.pop(changed.snapshot.path, None)
            self.lines.wrote(changed.snapshot.path)
        return True

    def _applied(self, outcomes: Iterable[Outcome], uri: str) -> None:
        """Have the bill count the edits that are in a file now."""
        for outcome in outcomes:
            if outcome.accepted is not None and outcome.task.snapshot.uri == uri:
                self.service.ledger.mark_applied(outcome.task.id)

    def _done(self, outcome: Outcome) -> None:
        if outcome.accepted is not None or not self.options.write:
            self.service.ledger.mark_handed(outcome.task.id)
        self.tally.outcomes.append(outcome)
        self.tally.lines.append(self.lines.of(outcome.task))
        self.lines.took(outcome)
        if not self.options.json:
            Shown(self.base, sys.stdout).outcome(outcome, self.tally.lines[-1])

    def _note(self, note: str) -> None:
        if note and note not in self.tally.notes:
            self.tally.notes.append(note)

    async def _price(self) -> None:
        settings = (await self.service.resolved(self.base)).settings
        prices = [self.service.top_tier_cost(outcome, settings) for outcome in self.tally.outcomes]
        known = [price for price in prices if price is not None]
        self.tally.top_tier = sum(known) if len(known) == len(prices) else None

    def _finish(self) -> int:
        if self.options.json:
            click.echo(as_json(self.tally, self.base))
        else:
            Shown(self.base, sys.stdout).total(self.tally, self.options.kind, wrote=self.options.write)
        if self.tally.failure:
            click.echo(f"lastmile: {self.tally.failure}", err=True)
            return 3
        if self.tally.interrupted:
            return 130
        return 1 if self.tally.after.total() or self.tally.errors or self.tally.notes else 0

    def _progress(self, total: int) -> AbstractContextManager[Callable[[], None]]:
        """Show a bar on a terminal; nothing where the output is read by a program."""
        if not _is_terminal(sys.stderr) or total < _FILES_FOR_A_BAR:
            return nullcontext(lambda: None)
        return _bar(total)


def _is_terminal(stream: IO[str] | None) -> bool:
    """Tell whether a person is at the other end; a stream that was closed before the start is None."""
    return stream is not None and stream.isatty()


@contextmanager
def _bar(total: int) -> Iterator[Callable[[], None]]:
    from rich.console import Console  # noqa: PLC0415 - only a terminal needs it
    from rich.progress import Progress  # noqa: PLC0415 - as above

    # What goes to a file must not be sent through the terminal of the bar.
    both = _is_terminal(sys.stdout)
    with Progress(console=Console(stderr=True), transient=True, redirect_stdout=both) as progress:
        bar = progress.add_task("files", total=total)
        yield lambda: progress.advance(bar)
