"""From a failing test to the function of the project that is to be mended: the most suspect one that it ran.

The test runs first, and where it fails, its module runs again with the lines of the project's own
files traced. Tests, and what lies in their folders, are never the ones to be mended.
"""

from __future__ import annotations

import asyncio
import os
import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from itertools import islice
from pathlib import Path

from attrs import evolve, frozen

from lastmile import files
from lastmile.errors import RequestError, StaleError
from lastmile.repair.suspects import suspects
from lastmile.tasks.kind import Page, Workshop
from lastmile.testing.memory import qualname
from lastmile.testing.naming import is_test_file
from lastmile.testing.values import Result, Run, Wanted
from lastmile.text.snapshot import Snapshot
from lastmile.text.symbols import Symbol, outline
from lastmile.verify.tests_delta import reason

_MOST_FILES = 3000
"""Files whose lines are traced; the message that asks for it grows with them."""

_TESTS = {"tests", "test"}
_PASSED_OVER = {"__pycache__", "node_modules", "site-packages"}
_WORD = re.compile(r"\w+")


@frozen
class Covered:
    """A function that a failing test runs."""

    page: Page
    """Of the file that the function stands in, as the editor or the disk has it; the test's is among the others."""

    symbol: Symbol
    failing: tuple[Result, ...]
    """The test's failures: several where it has parameters."""


async def covered(page: Page, test: Symbol, workshop: Workshop) -> Covered:
    """Find the function to suspect.

    Raises `RequestError` where the test cannot run or runs nothing of the project, `StaleError`
    where it passes.
    """
    path, bench = page.snapshot.path, workshop.bench
    if why := await bench.absent() or ("The document has no file yet: save it first." if path is None else ""):
        raise RequestError(why)
    assert path is not None  # noqa: S101 - for the type checker: said above
    texts, seconds = {**page.others, path: page.snapshot.text}, page.settings.verify.tests.seconds
    module = await asyncio.to_thread(_module, path, bench.root)
    name = "::".join([module, *test.qualname.split(".")])
    wanted = Wanted((name,), texts, seconds, as_it_is=True)
    failing = _failing(await bench.run(wanted), test)
    names = tuple(item.id for item in failing)
    ours = await asyncio.to_thread(_project, bench.root)
    run = await bench.run(evolve(wanted, tests=(module,), trace=ours))
    if not set(names) <= run.results.keys():
        run = await bench.run(evolve(wanted, trace=ours))
    ran = tuple(file for file in ours if _is_in(file, run, names))
    snapshots = await asyncio.to_thread(_read, ran, page.others)
    words = frozenset(_WORD.findall(test.body.of(page.snapshot.text)))
    sources = {file: snapshot.text for file, snapshot in snapshots.items()}
    found = await workshop.offload.run(suspects, run, sources, names, words)
    if not found:
        message = f"`{test.name}` fails, and runs no function of the project: {_reason(failing)}"
        raise RequestError(message)
    others = {file: text for file, text in texts.items() if file != found[0].path}
    symbols = await workshop.offload.run(outline, sources[found[0].path])
    there = evolve(page, snapshot=snapshots[found[0].path], symbols=symbols, others=others, diagnostics=())
    return Covered(there, found[0].symbol, failing)


def _failing(run: Run, test: Symbol) -> tuple[Result, ...]:
    """Give the failures of the test; raises where there are none."""
    own = [item for item in run.results.values() if qualname(item.id) == test.qualname]
    failing = tuple(item for item in run.broken if item in own)
    if failing:
        return failing
    if own and not run.trouble:
        message = f"`{test.name}` passes: there is nothing to fix."
        raise StaleError(message)
    why = run.trouble or _reason(run.broken) or "it is not among what pytest collects."
    message = f"`{test.name}` could not be run: {why}"
    raise RequestError(message)


def _reason(failing: tuple[Result, ...]) -> str:
    return reason(failing[0]) if failing else ""


def _is_in(file: Path, run: Run, names: tuple[str, ...]) -> bool:
    """Tell whether one of the tests ran lines of the file."""
    return any(run.results[name].lines.get(str(file)) for name in names if name in run.results)


def _module(path: Path, root: Path) -> str:
    """Name a file as node ids do; blocks."""
    return os.path.relpath(os.path.realpath(path), os.path.realpath(root)).replace(os.sep, "/")


def _project(root: Path) -> tuple[Path, ...]:
    """List the project's own Python files, tests aside; blocks."""
    return tuple(islice(_python_files(root), _MOST_FILES))


def _read(paths: Iterable[Path], others: Mapping[Path, str]) -> dict[Path, Snapshot]:
    """Read files as the editor or the disk has them; blocks. What cannot be read is left out."""
    found: dict[Path, Snapshot] = {}
    for path in paths:
        if path in others:
            found[path] = Snapshot(path.as_uri(), others[path], path)
            continue
        with suppress(RequestError):
            found[path] = files.read(path)
    return found


def _python_files(root: Path) -> Iterator[Path]:
    for folder, below, names in os.walk(root):
        place = Path(folder)
        below[:] = sorted(name for name in below if not _is_passed_over(place / name))
        for name in sorted(names):
            if name.endswith(".py") and not is_test_file(name):
                yield place / name


def _is_passed_over(folder: Path) -> bool:
    name = folder.name
    return name.startswith(".") or name in _PASSED_OVER | _TESTS or (folder / "pyvenv.cfg").exists()
