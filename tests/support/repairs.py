"""A project in a folder, whose tests and trials run in the real sandbox."""

from __future__ import annotations

import os
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path

from attrs import frozen

from lastmile.repair.repairing import Repairer
from lastmile.repair.trying.sandboxed import SandboxTrials
from lastmile.repair.values import Case
from lastmile.testing.bench import ProjectBench
from lastmile.testing.values import Answer, Wanted
from lastmile.testing.worker.launch import Site
from lastmile.tools.offload import Offload


@frozen
class Ground:
    """A folder with one module and its tests."""

    folder: Path
    bench: ProjectBench
    trials: SandboxTrials
    offload: Offload
    seconds: float = 12.0

    @property
    def repairer(self) -> Repairer:
        """What repairs here."""
        return Repairer(self.bench, self.trials, self.offload, self.seconds)

    async def case(self, source: str, tests: str, more: Mapping[str, str] | None = None) -> Case:
        """Write the module and its tests, and find out which fail."""
        for name, text in {"buggy.py": source, "test_buggy.py": tests, **(more or {})}.items():
            (self.folder / name).write_text(text, encoding="utf-8")
        path = self.folder / "buggy.py"
        run = await self.bench.run(Wanted(("test_buggy.py",), {path: source}, seconds=20.0, each=0.3))
        failing = tuple(item.id for item in run.results.values() if item.answer is not Answer.PASSED)
        return Case(path, source, tuple(run.results), failing)


@asynccontextmanager
async def standing(folder: Path) -> AsyncIterator[Ground]:
    """Make the folder a project of its own, with a host for the length of a block."""
    (folder / "pytest.ini").write_text("[pytest]\n", encoding="utf-8")
    (folder / "conftest.py").write_text("", encoding="utf-8")
    site = Site(folder, Path(sys.executable), folder.parent / "home", dict(os.environ))
    bench, offload = ProjectBench(site), Offload()
    try:
        yield Ground(folder, bench, SandboxTrials(bench, lambda: site, dict), offload)
    finally:
        await bench.close()
        offload.close()
