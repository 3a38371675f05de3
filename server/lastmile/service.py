"""The service: one a process, behind the server and the command line. The one place that wires.

It finds the settings that hold for a place, makes a project of them, and keeps what projects share:
the ledger, the worker process, the environment. It knows nothing of LSP and prints nothing.
"""

from __future__ import annotations

import asyncio
import os
from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from attrs import define, evolve, field, frozen

from lastmile.cascade.outcome import Outcome
from lastmile.cascade.policy import Paid
from lastmile.complete.values import Filler
from lastmile.config.environment import from_environment, is_named, user_file
from lastmile.config.project_files import SettingsFiles
from lastmile.config.resolve import Resolved, resolve
from lastmile.config.sources import Source, from_editor
from lastmile.config.tree import Settings
from lastmile.errors import RequestError
from lastmile.ledger.purse import Allowance, Purse
from lastmile.ledger.store import Ledger, default_path
from lastmile.model.client import HostFiller
from lastmile.project import Project
from lastmile.tasks.registry import kinds
from lastmile.testing.interpreter import nearest
from lastmile.tools.offload import Offload
from lastmile.tools.process import Completed, run
from lastmile.tools.report import failure
from lastmile.tools.ruff import bundled
from lastmile.wiring import Shared, SystemClock, parts, top_rates, top_tier

_CACHED_PROJECTS = 32
_LISTING_DEADLINE = 120.0
_PYTHON_SUFFIXES = {"", ".py", ".pyi", ".pyw"}
_MARKS = ("lastmile.toml", "pyproject.toml", "ruff.toml", ".ruff.toml", ".git")


@frozen
class Overrides:
    """What a command line says over all settings."""

    paid: Paid | None = None
    budget: float | None = None
    """The most that the run may spend, in US dollars."""

    extend: tuple[str, ...] = ()
    """Ruff rules that come to each project's own selection."""

    def over(self, settings: Settings) -> Settings:
        """Lay the overrides over resolved settings."""
        return settings if self.paid is None else evolve(settings, paid=self.paid)


@define(eq=False)
class Service:
    """What the projects of this process share, and the way to them. Made by `open`."""

    shared: Shared
    ledger: Ledger
    settings_files: SettingsFiles
    overrides: Overrides = Overrides()
    folders: tuple[Path, ...] = ()
    """The workspace folders; empty on the command line."""

    others: Callable[[], Mapping[Path, str]] = dict
    """Gives the texts of open documents, which tests and type checkers are to see."""

    edition: Callable[[], int] = int
    """Gives another number once a document was opened or changed."""

    filler: Filler | None = None
    """The model that completes while a person types; None where there is none."""

    allowance: Allowance | None = None
    """What this process may spend in all; None for no more than the ledger's budgets."""

    _editor: dict[Path | None, Source] = field(factory=dict, init=False)
    """What the editor set, by workspace folder; None for all of them."""

    _projects: OrderedDict[tuple[Path | None, tuple[Path, ...], str], Project] = field(factory=OrderedDict, init=False)

    @classmethod
    def open(cls, env: Mapping[str, str], *, overrides: Overrides | None = None) -> Service:
        """Open the ledger and get ready. Nothing heavy is imported, no process is started.

        Reads the user's own settings file, so call it before the event loop runs.
        """
        files = SettingsFiles(user_file(env), named=is_named(env))
        base = resolve(files.user(), from_environment(env))
        ledger = Ledger.open(default_path(env), top=top_tier(base.settings))
        log = env.get("LASTMILE_EGRESS_LOG")
        shared = Shared(env, Offload(), SystemClock(), None if not log else Path(log))
        chosen = overrides or Overrides()
        allowance = None if chosen.budget is None else Allowance(chosen.budget)
        return cls(shared, ledger, files, chosen, allowance=allowance)

    def configure(self, values: object, *, folder: Path | None = None) -> None:
        """Take the editor's settings, for one workspace folder or for all."""
        self._editor[folder] = from_editor(values)
        for account in self.shared.accounts.values():
            account.forgive()

    async def resolved(self, path: Path | None) -> Resolved:
        """Find the settings that hold for a file or a folder, and where each came from."""
        return await asyncio.to_thread(self._resolve, path)

    async def project(self, path: Path | None) -> Project:
        """Give the project of a file; the same object while its settings stay the same."""
        found, root = await asyncio.to_thread(self._found, path)
        self._choose(found.settings)
        key = (root, self.folders, repr(found))
        project = self._projects.get(key)
        if project is None:
            project = self._projects[key] = self._make(root, found)
        self._projects.move_to_end(key)
        while len(self._projects) > _CACHED_PROJECTS:
            await self._projects.popitem(last=False)[1].close()
        return project

    async def python_files(self, paths: Sequence[Path]) -> list[Path]:
        """List the Python files at and below the paths, as ruff does: .gitignore and excludes respected.

        A file that has several names, by links, is listed once, under its own where that is among them.

        Raises `RequestError` where they cannot be listed, `ToolError` where ruff cannot be run.
        """
        done = await self._ruff("--show-files", "--", *(str(path) for path in paths))
        if done.status:
            message = f"The files could not be listed: {failure(done)}"
            raise RequestError(message)
        return _each_once(path for path in _listed(done.out) if path.suffix in _PYTHON_SUFFIXES)

    async def unknown_rules(self, rules: Sequence[str]) -> str:
        """Say what is wrong with rules that a person named; empty where ruff knows them all."""
        if not rules:
            return ""
        done = await self._ruff("--isolated", "--exit-zero", f"--select={','.join(rules)}", "-")
        return failure(done) if done.status else ""

    async def _ruff(self, *arguments: str) -> Completed:
        call = [str(bundled()), "check", "--quiet", *arguments]
        return await run(call, text="", cwd=None, deadline=_LISTING_DEADLINE)

    def top_tier_cost(self, outcome: Outcome, settings: Settings) -> float | None:
        """Estimate the cost of one call to the top tier for the task; None where it has no known price."""
        from lastmile.tiers.baseline import one_call  # noqa: PLC0415 - only an ended task needs it

        found = top_rates(settings)
        return None if found is None else found[1].cost(one_call(outcome))

    async def kept(self, task: str, *, kept: bool) -> None:
        """Note whether the edit of a task was still there at the next save."""
        await self.ledger.mark_kept(task, kept=kept)

    async def close(self) -> None:
        """End what runs: connections, the worker process, the ledger. The model's host stays for others."""
        if isinstance(self.filler, HostFiller):
            await self.filler.close()
        for project in self._projects.values():
            await project.close()
        self._projects.clear()
        for account in self.shared.accounts.values():
            await account.close()
        await self.ledger.aclose()
        await asyncio.to_thread(self.shared.offload.close)

    def _choose(self, settings: Settings) -> None:
        """Have completions made by the model that the settings name; nothing is started for that."""
        host = self.shared.host(settings.model) if settings.model.path else None
        if isinstance(self.filler, HostFiller):
            self.filler.host = host
        elif self.filler is None and host is not None:
            self.filler = HostFiller(host)

    def _resolve(self, path: Path | None) -> Resolved:
        folder = self._folder(path)
        sources = (self._editor.get(None), self._editor.get(folder) if folder is not None else None)
        files = self.settings_files
        project = files.project(path, self.folders)
        found = resolve(files.user(), *sources, project, from_environment(self.shared.env), kinds=kinds())
        return evolve(found, settings=self.overrides.over(found.settings))

    def _folder(self, path: Path | None) -> Path | None:
        if path is None:
            return self.folders[0] if len(self.folders) == 1 else None
        holding = [folder for folder in self.folders if path.is_relative_to(folder)]
        return max(holding, key=lambda folder: len(folder.parts), default=None)

    def _found(self, path: Path | None) -> tuple[Resolved, Path | None]:
        """Find settings and root; where a folder below that has an environment and it has none, that folder is it."""
        found, root = self._resolve(path), self._root(path)
        if path is None or root is None or found.settings.verify.tests.environment:
            return found, root
        return found, nearest(path if path.is_dir() else path.parent, root)

    def _root(self, path: Path | None) -> Path | None:
        """Give the workspace folder of a file, else the nearest folder with a project's mark, else its own."""
        folder = self._folder(path)
        if folder is not None or path is None:
            return folder
        start = path if path.is_dir() else path.parent
        above = (place for place in (start, *start.parents) if any((place / mark).exists() for mark in _MARKS))
        return next(above, start)

    def _make(self, root: Path | None, found: Resolved) -> Project:
        settings = found.settings
        bank = self.ledger.bank(settings.budget, str(root or ""), plain_paths=settings.privacy.plain_paths)
        if self.allowance is not None:
            bank = Purse(bank, self.allowance)
        shared = evolve(self.shared, folders=self.folders, edition=self.edition)
        made = parts(settings, root, bank, shared=shared, extend=self.overrides.extend, others=self.others)
        known = {name: kind for name, kind in kinds().items() if settings.kind(name).enabled}
        problems = tuple(problem.message for problem in found.problems)
        return Project(root, settings, problems, found.origins, known, made)


def _listed(out: bytes) -> Iterator[Path]:
    """Read the paths that ruff lists, a line each; they are absolute, so what is not goes on a name with a line end."""
    names: list[str] = []
    for line in out.decode(errors="surrogateescape").split("\n"):
        if names and line and not os.path.isabs(line):  # noqa: PTH117 - of many, as text
            names[-1] += f"\n{line}"
        elif line:
            names.append(line)
    return map(_spelt, names)


def _spelt(name: str) -> Path:
    """Find the file of a name that ruff could not print, because it is not UTF-8: it puts U+FFFD for such bytes."""
    path = Path(name)
    if "\ufffd" not in path.name or path.exists() or not path.parent.is_dir():
        return path
    beside = (item for item in path.parent.iterdir() if os.fsencode(item.name).decode(errors="replace") == path.name)
    return next(beside, path)


def _each_once(paths: Iterable[Path]) -> list[Path]:
    files: dict[str, Path] = {}
    for path in sorted(paths):
        real = os.path.realpath(path)  # unlike Path.resolve, it does not raise over links in a circle
        if real not in files or str(path) == real:
            files[real] = path
    return sorted(files.values())
