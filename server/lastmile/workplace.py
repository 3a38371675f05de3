"""What a project has on this machine: its Python, its tests, its type checker, the sandbox.

Nothing is looked for before something needs it. It decides nothing about drafts.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from threading import Lock

from attrs import define, evolve, field

from lastmile import files
from lastmile.config.verifying import Verify
from lastmile.jobs.context import ProjectContext
from lastmile.repair.appraising import OracleGrader
from lastmile.repair.drafts import DraftComparer
from lastmile.repair.repairing import Repairer
from lastmile.repair.trying.sandboxed import SandboxTrials
from lastmile.sandbox.values import Limits
from lastmile.testing import interpreter
from lastmile.testing.bench import Permission, ProjectBench
from lastmile.testing.interpreter import Interpreter, Wish
from lastmile.testing.late import LateBench
from lastmile.testing.memory import Memory
from lastmile.testing.sandboxed_lab import SandboxLab
from lastmile.testing.selection.graph import Graph
from lastmile.testing.selection.selector import Selector
from lastmile.testing.values import Bench, NoBench
from lastmile.testing.worker import state
from lastmile.testing.worker.launch import Site
from lastmile.tools.offload import Offload
from lastmile.tools.process import Runner
from lastmile.verify.command.sandboxed import SandboxShell
from lastmile.verify.modules.modules import Modules
from lastmile.verify.own import Tools
from lastmile.verify.types.importers import GraphImporters, Neighbours

_REPAIRING = 20.0
"""Seconds that the search for a repair may take."""


@define(eq=False)
class Workplace:
    """One project's folder and the settings for judging in it."""

    root: Path
    verify: Verify
    env: Mapping[str, str]
    others: Callable[[], Mapping[Path, str]]
    """Gives the texts of open documents, wherever they lie."""

    _found: Interpreter | None = field(default=None, init=False)
    _imports: Graph | None = field(default=None, init=False)
    _lock: Lock = field(factory=Lock, init=False)

    def python(self) -> Path | None:
        """Give the project's own Python, None where there is none or where its code may not run; blocks."""
        return self.found().python if self.verify.trusted else None

    def site(self) -> Site | None:
        """Give what tests run with, None where there is no Python for them or it may not run; blocks."""
        python = self.python()
        return None if python is None else self._site(python)

    def found(self) -> Interpreter:
        """Find the project's own Python, once; blocks."""
        with self._lock:
            if self._found is None:
                self._found = interpreter.find(self.root, self._wish, Runner())
            return self._found

    def seen(self) -> Path | None:
        """Give its Python as far as files tell, and what was found before; for who only looks. Blocks for a moment."""
        found = interpreter.look(self.root, self._wish) or self._found
        return None if found is None else found.python

    @property
    def _wish(self) -> Wish:
        return Wish(self.verify.tests.environment, environ=self.env)

    def tools(self, *, ruff: str) -> Tools:
        """Give what the checks by the project's own tools are made with."""
        modules = Modules(self.root, self.seen, self._home(), self.env, self.others)
        return Tools(self.python, self.shell(), GraphImporters(self.root, self._graph(ruff)), self.others, modules)

    def shell(self) -> SandboxShell:
        """Give the way to run one command in the sandbox."""
        return SandboxShell(self.root, self._home(), self.env, self.python, self.verify.trusted)

    def lab(self) -> SandboxLab:
        """Give the way to run a script of ours beside the project's code."""
        return SandboxLab(self.root, evolve(self.shell(), memory=Limits().memory), self.python)

    def bench(self, offload: Offload, memory: Memory, *, ruff: str) -> LateBench:
        """Give the project's tests; the memory hears what they tell."""
        tests = self.verify.tests
        return LateBench(
            self.root,
            Selector(self.root.resolve(), offload, self._graph(ruff)),
            self._bench,
            self.others,
            tests.seconds,
            "the network is open" if tests.allow_network else "",
            memory,
        )

    def trials(self, bench: Bench) -> SandboxTrials:
        """Give the way to try many texts on the same tests, and to see what they do."""
        return SandboxTrials(bench, self.site, lambda: files.beneath(self.root, self.others()))

    def repairer(self, bench: Bench, offload: Offload) -> Repairer:
        """Give the search for repairs that cost nothing, which compares drafts of others too."""
        return Repairer(bench, self.trials(bench), offload, _REPAIRING)

    def comparer(self, bench: Bench) -> DraftComparer:
        """Give the one who sees which drafts do the same."""
        return DraftComparer(bench, self.trials(bench))

    def grader(self, bench: Bench, offload: Offload) -> OracleGrader:
        """Give the one who knows how far the project's tests can be trusted."""
        named = partial(state.files, self.root)
        return OracleGrader(bench, self.trials(bench), offload, named, self.verify.tests.grade)

    def context(self, offload: Offload, *, ruff: str) -> ProjectContext:
        """Give the one who finds what other files have to do with a task."""
        return ProjectContext(Neighbours(self.root, self._graph(ruff)), offload, self.others)

    def _graph(self, ruff: str) -> Graph:
        """Give the graph of imports, one for all who ask; blocks for a moment."""
        with self._lock:
            if self._imports is None:
                self._imports = Graph(self.root.resolve(), ruff)
            return self._imports

    def _bench(self) -> ProjectBench | NoBench:
        tests, trusted = self.verify.tests, self.verify.trusted
        if not tests.enabled or not trusted:
            why = (
                "The workspace is not trusted, so its tests do not run." if tests.enabled else "Tests are switched off."
            )
            return NoBench(why, self.root)
        found = self.found()
        if found.python is None:
            return NoBench(found.trouble or "The project has no Python of its own.", self.root)
        site = self._site(found.python)
        return ProjectBench(site, permission=Permission(tests.enabled, trusted, tests.unsandboxed))

    def _site(self, python: Path) -> Site:
        return Site(self.root, python, self._home(), self.env, network=self.verify.tests.allow_network)

    def _home(self) -> Path:
        return Path(self.env.get("HOME") or Path.home()).resolve()
