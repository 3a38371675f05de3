"""The packages that the selection is measured on, made ready: unpacked, installed, their suites run once.

Each has two environments. In ``venv`` are pytest and what the tests import, as in a project that is
worked on; ``tools`` has pytest-cov and pytest-testmon beside these, which would slow every start down.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from attrs import field, frozen

_DOWNLOAD = ("download", "--quiet", "--no-deps", "--no-binary", ":all:", "--dest")
_QUIET = ("-m", "pytest", "-q")
_PLAIN = (*_QUIET, "-p", "no:cacheprovider")
_FAILED = re.compile(r"^(?:FAILED|ERROR) (\S+)", re.MULTILINE)
_PASSED, _NOTHING = 0, 5
"""How pytest ends where all that ran passed, and where no test ran."""


@frozen
class Subject:
    """A package, and where its own code lies in the source distribution."""

    name: str
    code: tuple[str, ...]
    needs: tuple[str, ...] = ()
    """What its tests import beside pytest."""

    def files(self, root: Path) -> list[Path]:
        """Give the files of its own code, tests apart."""
        found = sorted(path for name in self.code for path in (root / name).rglob("*.py"))
        return [path for path in found if "test" not in path.relative_to(root).as_posix()]


SUBJECTS = (
    Subject("boltons==26.2.0", ("boltons",)),
    Subject("marshmallow==4.4.0", ("src/marshmallow",), ("simplejson",)),
    Subject("sqlparse==0.6.1", ("sqlparse",)),
    Subject("humanize==4.17.0", ("src/humanize",), ("freezegun",)),
)


@frozen
class Cold:
    """How a run of the package's own tests ended that was started cold."""

    killed: bool
    """Whether it noticed something: a test failed, a file could not be imported, or it did not end."""

    seconds: float


@frozen
class Place:
    """A package made ready: unpacked, its environments made, its suite run once."""

    root: Path
    python: Path
    env: dict[str, str] = field(repr=False)
    broken: tuple[str, ...]
    """Tests that fail on the unchanged sources: left out of every run."""

    seconds: float
    """The whole suite on the unchanged sources, when the package was made ready."""

    @property
    def home(self) -> Path:
        """A home folder for what runs."""
        return self.root.parent.parent / "home"

    def whole(self) -> Cold:
        """Run the whole suite as a person does, to the first failure."""
        return self._cold((str(self.python), *_PLAIN), self.env)

    def testmon(self) -> Cold:
        """Let pytest-testmon choose, from what it noted on the unchanged sources."""
        folder = self.root.parent.parent
        data = folder / "now.testmondata"
        for suffix in ("-shm", "-wal"):
            data.with_name(data.name + suffix).unlink(missing_ok=True)
        shutil.copyfile(folder / "first.testmondata", data)
        return self._cold(_testmon(self.python, folder), self.env | {"TESTMON_DATAFILE": str(data)})

    def _cold(self, command: tuple[str, ...], env: dict[str, str]) -> Cold:
        call = [*command, "-x", *(f"--deselect={name}" for name in self.broken)]
        began = time.perf_counter()
        status = _status(call, self.root, env, deadline=4 * self.seconds + 20)
        return Cold(status not in {_PASSED, _NOTHING}, time.perf_counter() - began)


def ready(subject: Subject, state: Path) -> Place:
    """Unpack, make the environments and run the suite, each of them only the first time."""
    folder = state.resolve() / subject.name.partition("==")[0]
    python, kept = folder / "venv" / "bin" / "python", folder / "ready.json"
    if not kept.exists():
        shutil.rmtree(folder, ignore_errors=True)
        (folder / "home").mkdir(parents=True)
        subprocess.run([sys.executable, "-m", "pip", *_DOWNLOAD, str(folder / "sdist"), subject.name], check=True)
    # Unpacked anew each time, with the times of the archive: a run that was killed leaves a mutant behind.
    shutil.unpack_archive(next((folder / "sdist").glob("*.tar.gz")), folder / "source")
    root = next(path for path in (folder / "source").iterdir() if path.is_dir())
    env = {key: value for key, value in os.environ.items() if not key.startswith(("PYTEST", "PYTHON", "COV"))}
    env |= {"HOME": str(folder / "home"), "PYTHONHASHSEED": "0"}  # as in the sandbox: sets in one order
    if not kept.exists():
        _install(python, root, subject.needs)
        _install(_tools(python), root, (*subject.needs, "pytest-cov", "pytest-testmon"))
        kept.write_text(json.dumps(_first_run(subject, root, python, env)))
    if (root / ".coverage").exists():
        (root / ".coverage").rename(root / ".covered")
    known = json.loads(kept.read_text())
    return Place(root, python, env, tuple(known["broken"]), known["seconds"])


def versions(place: Place) -> str:
    """Name the versions of what ran."""
    call = [str(_tools(place.python)), "-m", "pip", "list", "--format=freeze"]
    listed = subprocess.run(call, capture_output=True, text=True, check=True).stdout.split()
    return ", ".join(sorted(name for name in listed if name.startswith(("pytest=", "pytest-testmon=", "pytest-cov="))))


def _install(python: Path, root: Path, needs: tuple[str, ...]) -> None:
    """Make an environment with the package in it, as it is worked on: its sources stay where they are."""
    subprocess.run([sys.executable, "-m", "venv", python.parent.parent], check=True)
    subprocess.run([python, "-m", "pip", "install", "--quiet", "pytest", *needs, "--editable", root], check=True)


def _tools(python: Path) -> Path:
    return python.parent.parent.with_name("tools") / "bin" / "python"


def _testmon(python: Path, folder: Path) -> tuple[str, ...]:
    """Give the command; testmon ends in an error where the plugin for caches is switched off."""
    return str(_tools(python)), *_QUIET, "-o", f"cache_dir={folder / 'cache'}", "--testmon"


def _first_run(subject: Subject, root: Path, python: Path, env: dict[str, str]) -> dict[str, Any]:
    """Find the tests that fail as it is, write what coverage and testmon note, and time the whole suite."""
    folder = root.parent.parent
    broken = sorted(set(_FAILED.findall(_ran([python, *_PLAIN, "-rfE"], root, env).stdout)))
    skipped = [f"--deselect={name}" for name in broken]
    sources = [f"--cov={name}" for name in subject.code]
    _ran([_tools(python), *_PLAIN, *skipped, *sources, "--cov-context=test", "--cov-report="], root, env)
    (root / ".coverage").rename(root / ".covered")
    _ran([*_testmon(python, folder), *skipped], root, env | {"TESTMON_DATAFILE": str(folder / "first.testmondata")})
    assert (folder / "first.testmondata").exists(), f"testmon noted nothing of {subject.name}"
    began = time.perf_counter()
    done = _ran([python, *_PLAIN, *skipped], root, env)
    assert done.returncode == 0, f"the suite of {subject.name} does not pass: {done.stdout[-500:]}"
    return {"broken": broken, "seconds": time.perf_counter() - began, "said": done.stdout.splitlines()[-1]}


def _ran(call: list[Any], root: Path, env: dict[str, str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(call, cwd=root, env=env, capture_output=True, text=True, check=False, timeout=600)


def _status(call: list[str], root: Path, env: dict[str, str], *, deadline: float) -> int:
    """Run and give the exit status; what does not end is ended, and counts as noticed."""
    with subprocess.Popen(
        call, cwd=root, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True
    ) as process:
        try:
            return process.wait(deadline)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, 9)
            return 1
