"""The project's tests run in the plainest way there is: a copy of the folder, and pytest as a program.

It keeps what it was asked. It contains nothing: only tests of our own making run on it.
"""

from __future__ import annotations

import json
import os
import shutil
import sys
import tempfile
import time
from pathlib import Path

from attrs import define, evolve, field

from lastmile.errors import ToolError
from lastmile.testing.values import Answer, Result, Run, Selection, Wanted
from lastmile.text.edits import Span
from lastmile.text.snapshot import Snapshot
from lastmile.tools.process import run

_HERE = Path(__file__).parents[2]


@define
class PlainBench:
    """A folder with tests."""

    root: Path
    selected: tuple[str, ...] = ()
    """What a selection gives; empty for every test file of the folder."""

    cut: str = ""
    note: str = ""
    why: str = ""
    asked: list[Wanted] = field(factory=list)
    _known: dict[str, Run] = field(factory=dict)

    @property
    def known(self) -> str:
        return self.why

    async def absent(self) -> str:
        return self.why

    async def select(self, snapshot: Snapshot, target: Span | None) -> Selection:  # noqa: ARG002 - the protocol's
        files = tuple(str(path.relative_to(self.root)) for path in sorted(self.root.rglob("test_*.py")))
        return Selection(self.selected or files, total=len(files), cut=self.cut)

    async def run(self, wanted: Wanted) -> Run:
        key = repr(evolve(wanted, as_it_is=False))
        if key not in self._known:
            self.asked.append(wanted)
            self._known[key] = await self._run(wanted)
        return self._known[key]

    async def watched(self, wanted: Wanted) -> Run | None:
        return self._known.get(repr(evolve(wanted, as_it_is=False)))

    async def _run(self, wanted: Wanted) -> Run:
        began = time.monotonic()
        with tempfile.TemporaryDirectory() as place:
            copy, answers = Path(place) / "copy", Path(place) / "answers"
            shutil.copytree(self.root, copy, ignore=shutil.ignore_patterns("__pycache__"))
            for path, text in wanted.texts.items():
                target = copy / path.relative_to(self.root)
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_text(text, encoding="utf-8")
            trouble = await self._pytest(wanted, copy, answers)
            lines = answers.read_text(encoding="utf-8").replace(f"{copy}/", "").splitlines() if answers.exists() else []
        results = {item.id: item for item in (_result(line, self.root) for line in lines)}
        return Run(results, time.monotonic() - began, trouble)

    def _traced(self, wanted: Wanted, copy: Path) -> str:
        return os.pathsep.join(str(copy / path.relative_to(self.root)) for path in wanted.trace)

    async def _pytest(self, wanted: Wanted, copy: Path, answers: Path) -> str:
        call = [
            *("env", "-u", "COVERAGE_PROCESS_CONFIG", "-u", "COVERAGE_PROCESS_START"),  # nothing of ours runs there
            *(f"ANSWERS={answers}", f"TRACED={self._traced(wanted, copy)}"),
            *(f"FORGIVEN={json.dumps(wanted.forgiven) if wanted.first_failure else ''}",),
            *(f"PYTHONPATH={os.pathsep.join((str(copy), str(_HERE)))}", "PYTHONDONTWRITEBYTECODE=1"),
            "PYTEST_DISABLE_PLUGIN_AUTOLOAD=1",  # they take three times as long to load as the rest takes to run
            *(sys.executable, "-m", "pytest", "-q", f"--rootdir={copy}", "-c", os.devnull),
            *("-p", "no:cacheprovider", "-p", "tests.support.answers_plugin"),
            *wanted.tests,
        ]
        try:
            done = await run(call, text="", cwd=copy, deadline=wanted.seconds)
        except ToolError as error:
            return str(error)
        return "" if done.status in {0, 1} else done.out.decode()[-2000:]


def _result(line: str, root: Path) -> Result:
    said = json.loads(line)
    lines = {str(root / path): frozenset(rows) for path, rows in said["lines"].items()}
    return Result(said["id"], Answer(said["answer"]), said["seconds"], said["message"], lines)
