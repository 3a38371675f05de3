"""What an earlier run saw: which tests ran which lines, out of a ``.coverage`` with contexts or a run of ours.

The file is SQLite and is read as such, so the project's version of coverage does not matter (schema 7,
coverage 5.0 and later). Contexts of pytest-cov (``id|run``) and of ``dynamic_context = test_function``
(dotted names) are understood.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing
from pathlib import Path

from attrs import field, frozen

from lastmile.testing.selection.facts import Unit
from lastmile.testing.values import Answer, Run

_TIMEOUT = 0.5
_LINES = (
    "select context.context, line_bits.numbits from line_bits join file on file.id = line_bits.file_id "
    "join context on context.id = line_bits.context_id where file.path in (?, ?)"
)
_ARCS = (
    "select distinct context.context from arc join file on file.id = arc.file_id "
    "join context on context.id = arc.context_id where file.path in (?, ?) "
    "and (abs(arc.fromno) between ? and ? or abs(arc.tono) between ? and ?)"
)


@frozen
class Seen:
    """Who ran some lines."""

    tests: frozenset[str] = frozenset()
    """Node ids without brackets, or dotted names."""

    known: frozenset[str] = frozenset()
    """All tests that the file has contexts of."""

    outside: bool = False
    """Whether the lines also ran outside of any test: on import, most often."""

    around: bool = False
    """Whether they also ran in the set-up or tear-down of a test, which may have been for others too."""

    callers: frozenset[tuple[str, int]] = field(factory=frozenset, repr=False)
    """The functions of the project that their function ran within, by path and first line; where that is known."""

    def ran(self, node: str) -> bool:
        """Tell whether a test, by node id, ran the lines; a class or a file where one of its tests did."""
        return _has(self.tests, node)

    def knows(self, node: str) -> bool:
        """Tell whether the file has a context of a test, or of one in a class or file."""
        return _has(self.known, node)

    def within(self, node: str) -> tuple[str, ...]:
        """Give the tests of a class or file that ran the lines; empty where they are known by dotted names alone."""
        return tuple(sorted(name for name in self.tests if name.startswith(f"{node}::")))


def data_file(root: Path, stamps: Iterable[int]) -> Path | None:
    """Give the project's coverage data, unless a file of the project is younger (nanoseconds)."""
    path = root / ".coverage"
    try:
        made = path.stat().st_mtime_ns
    except OSError:
        return None
    return path if made >= max(stamps, default=0) else None


def seen(data: Path, path: Path, *, root: Path, lines: Iterable[range]) -> Seen | None:
    """Look up who ran some lines of a file; None where the data tells nothing of it."""
    names = (str(path), path.relative_to(root).as_posix())
    try:
        with closing(sqlite3.connect(f"file:{data}?mode=ro", uri=True, timeout=_TIMEOUT)) as database:
            contexts = [name for (name,) in database.execute("select context from context") if name]
            ran = {name for part in lines if part for name in _ran(database, names, part)}
    except sqlite3.Error:
        return None
    if not contexts or not ran:
        return None
    return Seen(
        frozenset(map(_plain, filter(None, ran))),
        frozenset(map(_plain, contexts)),
        outside="" in ran,
        around=any(name.endswith(("|setup", "|teardown")) for name in ran),
    )


def told(run: Run, root: Path, path: str, unit: Unit) -> Seen | None:
    """Look up who ran the body of a function in a run of ours; None where it was not watched to its end."""
    if run.trouble or run.outside is None:
        return None
    wanted, name = frozenset(range(unit.body, unit.lines[1] + 1)), str(root / path)
    within = [call for call in run.callers if call.path == name and unit.lines[0] <= call.line <= unit.lines[1]]
    unsteady = {item.id for item in run.results.values() if item.untold or item.answer is not Answer.PASSED}
    return Seen(
        frozenset(_plain(item.id) for item in run.results.values() if wanted & item.lines.get(name, frozenset())),
        frozenset(map(_plain, run.results)) - frozenset(map(_plain, unsteady)),
        outside=bool(wanted & run.outside.get(name, frozenset())),
        around=any(wanted & item.around.get(name, frozenset()) for item in run.results.values()),
        callers=frozenset(
            (Path(call.caller).relative_to(root).as_posix(), call.caller_line)
            for call in within
            if call.caller.startswith(f"{root}/")
        ),
    )


def _ran(database: sqlite3.Connection, names: tuple[str, str], lines: range) -> Iterator[str]:
    for context, numbits in database.execute(_LINES, names):
        if any(line // 8 < len(numbits) and numbits[line // 8] & (1 << line % 8) for line in lines):
            yield context
    bounds = (lines[0], lines[-1])
    yield from (context for (context,) in database.execute(_ARCS, (*names, *bounds, *bounds)))


def _has(names: frozenset[str], node: str) -> bool:
    spellings = _spellings(node)
    if not names.isdisjoint(spellings):
        return True
    inner = (f"{node}::", *(f"{name.rstrip('.')}." for name in spellings[1:]))
    return "::" not in node.partition("::")[2] and any(name.startswith(inner) for name in names)


def _plain(context: str) -> str:
    return context.partition("|")[0].partition("[")[0]


def _spellings(node: str) -> tuple[str, str, str]:
    """Spell a node id as the contexts may: as it is, with dots, and with dots below the tests' own folder."""
    file, _, rest = node.partition("::")
    dotted = file.removesuffix(".py").replace("/", ".")
    inner = rest.replace("::", ".")
    return node, f"{dotted}.{inner}", f"{dotted.rpartition('.')[2]}.{inner}"
