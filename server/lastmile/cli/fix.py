"""``lastmile fix``: tasks over files and folders, shown as they go, written only when asked."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path

import click
from attrs import define, field, frozen

from lastmile import files
from lastmile.batch import Sweeper, Swept
from lastmile.cascade.events import dollars
from lastmile.cascade.policy import Paid
from lastmile.cascade.protocols import ConsentRequest
from lastmile.cascade.values import Outcome
from lastmile.cli.show import Shown, Tally, as_json, relative
from lastmile.errors import RequestError
from lastmile.service import Overrides, Service

_FILES_FOR_A_BAR = 2


@frozen
class Options:
    """What was asked on the command line."""

    paths: tuple[Path, ...]
    select: tuple[str, ...]
    kind: str
    write: bool
    paid: str | None
    budget: float | None
    json: bool


@frozen
class TerminalConsent:
    """Asks at the terminal, where there is one; elsewhere nothing is paid for."""

    interactive: bool

    async def ask(self, request: ConsentRequest) -> bool:
        """Ask whether the tier may be paid for this task."""
        if not self.interactive:
            return False
        tried = "; ".join(dict.fromkeys(attempt.reason for attempt in request.attempts if attempt.reason))
        question = (
            f"{request.task.title}\n  Refused so far: {tried or 'nothing was drafted free'}\n"
            f"  Ask {request.tier} ({request.model}), up to {dollars(request.worst_case)}?"
        )
        return await asyncio.to_thread(click.confirm, question, default=False, err=True)


@click.command()
@click.argument("paths", nargs=-1, required=True, type=click.Path(exists=True, path_type=Path))
@click.option("--select", default="", metavar="CODES", help="Only findings of these rules, comma separated: F401,E7.")
@click.option("--kind", default="fix", show_default=True, help="What to do: fix, fix-all, docstring.")
@click.option("--write", is_flag=True, help="Write the accepted edits; otherwise files stay as they are.")
@click.option("--paid", type=click.Choice(["never", "auto"]), help="Whether paid tiers may be used; else settings say.")
@click.option("--budget", type=click.FloatRange(min=0), metavar="USD", help="The most that this run may spend.")
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
    options = Options(paths, codes, kind, write, paid, budget, as_json_)
    overrides = Overrides(Paid(paid) if paid else None, budget, codes)
    return asyncio.run(Run(options).run(Service.open(os.environ, overrides=overrides)))


@define
class Run:
    """One run of the command."""

    options: Options
    base: Path = field(factory=Path.cwd)
    tally: Tally = field(factory=Tally)
    interrupted: bool = False

    async def run(self, service: Service) -> int:
        """Do the files in order; an interruption leaves each file old or new, and the total true."""
        task = asyncio.current_task()
        assert task is not None  # noqa: S101 - a coroutine that runs is a task
        asyncio.get_running_loop().add_signal_handler(signal.SIGINT, task.cancel)
        try:
            await self._files(service)
        except asyncio.CancelledError:
            self.interrupted = True
            self.tally.notes.append("Interrupted: every file is as it was or whole with its accepted edits.")
        finally:
            await self._price(service)
            await service.close()
        return self._finish()

    async def _files(self, service: Service) -> None:
        found = await service.python_files(self.options.paths)
        if problem := await service.ledger.ready():
            self.tally.notes.append(problem)
        with self._progress(len(found)) as advance:
            for path in found:
                await self._file(service, path)
                advance()

    async def _file(self, service: Service, path: Path) -> None:
        try:
            swept = await self._sweep(service, path)
            self.tally.add(swept, relative(path, self.base))
            if swept.changed and self.options.write:
                files.write(swept.snapshot, swept.text)
        except RequestError as error:
            self.tally.notes.append(str(error))

    async def _sweep(self, service: Service, path: Path) -> Swept:
        snapshot = files.read(path)
        project = await service.project(path)
        for problem in project.problems:
            if problem not in self.tally.notes:
                self.tally.notes.append(problem)
        consent = TerminalConsent(sys.stdin.isatty() and not self.options.json)
        sweeper = Sweeper(project, self.options.kind, consent, self.options.select, done=self._done)
        return await sweeper.sweep(snapshot)

    def _done(self, outcome: Outcome) -> None:
        self.tally.outcomes.append(outcome)
        if not self.options.json:
            Shown(self.base, sys.stdout).outcome(outcome)

    async def _price(self, service: Service) -> None:
        settings = (await service.resolved(self.base)).settings
        prices = [service.top_tier_cost(outcome, settings) for outcome in self.tally.outcomes]
        known = [price for price in prices if price is not None]
        self.tally.top_tier = sum(known) if len(known) == len(prices) else None

    def _finish(self) -> int:
        wrote = self.options.write
        if self.options.json:
            click.echo(as_json(self.tally, self.base, wrote=wrote))
        else:
            Shown(self.base, sys.stdout).total(self.tally, wrote=wrote)
        if self.interrupted:
            return 130
        return 1 if self.tally.after.total() or self.tally.notes else 0

    def _progress(self, total: int) -> AbstractContextManager[Callable[[], None]]:
        """Show a bar on a terminal; nothing where the output is read by a program."""
        if not sys.stderr.isatty() or total < _FILES_FOR_A_BAR:
            return nullcontext(lambda: None)
        return _bar(total)


@contextmanager
def _bar(total: int) -> Iterator[Callable[[], None]]:
    from rich.console import Console  # noqa: PLC0415 - only a terminal needs it
    from rich.progress import Progress  # noqa: PLC0415 - as above

    with Progress(console=Console(stderr=True), transient=True) as progress:
        bar = progress.add_task("files", total=total)
        yield lambda: progress.advance(bar)
