"""A small project with tests, a home with secrets, and a bench that runs the one without seeing the other."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

import psutil
from attrs import field, frozen

from lastmile.sandbox.values import MIB, Limits
from lastmile.testing.bench import Permission, ProjectBench
from lastmile.testing.values import Run, Selection, Wanted
from lastmile.testing.worker.launch import Site
from lastmile.text.edits import Span
from lastmile.text.snapshot import Snapshot

SECRET = "sk-ant-very-secret"  # noqa: S105 - a stand-in
HONEST = "def total(items):\n    return sum(items)  # as it should be\n"
FILES = {
    "cart.py": "def total(items):\n    return sum(items)\n",
    "tests/test_cart.py": (
        "from cart import total\n\n\ndef test_total():\n    assert total([1, 2]) == 3\n\n\n"
        "def test_empty():\n    assert total([]) == 0\n"
    ),
}
TESTS = ("tests/test_cart.py::test_total", "tests/test_cart.py::test_empty")
LIMITS = Limits(memory=400 * MIB, processes=40, file=16 * MIB, temporary=32 * MIB, output=4 * MIB)


async def no_selector(snapshot: Snapshot, target: Span | None) -> Selection:  # noqa: ARG001 - the protocol's
    """Select nothing."""
    return Selection()


@frozen
class World:
    """A folder with a project, somebody's home, and another project beside it."""

    folder: Path
    python: Path = Path(sys.executable)
    limits: Limits = LIMITS
    permission: Permission = field(factory=Permission)
    files: Mapping[str, str] = field(factory=lambda: FILES)
    path: str = os.environ["PATH"]

    def __attrs_post_init__(self) -> None:
        for name, text in self.files.items():
            place = self.root / name
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_text(text)
        for place in (self.home / ".ssh/id_ed25519", self.folder / "other/secret.py"):
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_text(SECRET)

    @property
    def root(self) -> Path:
        """The project."""
        return self.folder / "project"

    @property
    def home(self) -> Path:
        """The home."""
        return self.folder / "home"

    def bench(self) -> ProjectBench:
        """Make the bench of the project."""
        env = {"PATH": self.path, "ANTHROPIC_API_KEY": SECRET, "SSH_AUTH_SOCK": "/tmp/agent", "LANG": "C.UTF-8"}  # noqa: S108
        site = Site(self.root, self.python, self.home, env, self.limits)
        return ProjectBench(site, no_selector, self.permission)

    def wanted(self, draft: str = HONEST, *tests: str, seconds: float = 10.0) -> Wanted:
        """Ask for tests on a draft of the module."""
        return Wanted(tests or TESTS, {self.root / "cart.py": draft}, seconds=seconds)


def told(run: Run) -> str:
    """Give all words of a run."""
    return "\n".join([run.trouble, *(f"{item.id} {item.answer.value} {item.message}" for item in run.results.values())])


def below(process: psutil.Process, *, recursive: bool = True) -> list[psutil.Process]:
    """Give all processes that a process started, those that they started among them; none of one that has ended.

    One that ends while they are listed has psutil give up.
    """
    while process.is_running():
        with suppress(psutil.NoSuchProcess):
            return list(process.children(recursive=recursive))
    return []


def sandboxes() -> list[psutil.Process]:
    """Give the sandboxes of this process; whoever ran tests before may have left other children."""
    return [item for item in psutil.Process().children() if _is_sandbox(item)]


def _is_sandbox(process: psutil.Process) -> bool:
    """Tell whether it is one, and has not ended since it was listed: that of another room may end just now."""
    with suppress(psutil.NoSuchProcess):
        return str(process.name()) == "bwrap"
    return False


Shared = tuple[World, ProjectBench]
