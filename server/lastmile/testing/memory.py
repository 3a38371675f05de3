"""What tests told last, and on which texts: for menus and diagnostics, which run nothing themselves.

What is known of a text holds until a document changes; what failed holds as long as the texts of
its run are what they were. It runs nothing, and it does not read the disk.
"""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from collections.abc import Callable, Mapping
from pathlib import Path

from attrs import define, evolve, field, frozen

from lastmile.testing.values import Answer, Result, Run, Standing, Wanted
from lastmile.text.edits import Span
from lastmile.text.snapshot import Snapshot

_MOST_TEXTS = 256
_MOST_PLACES = 512
_MOST_FAILURES = 64
_NOTHING = Standing()


@frozen
class Failure:
    """A test that failed, with the texts that it failed on."""

    result: Result
    digests: Mapping[Path, str] = field(repr=False)
    """Of the tests' own files and of every text that was given, by absolute path."""


@define(eq=False)
class Memory:
    """What is remembered of one project's tests."""

    root: Path = Path()
    """The folder that node ids are relative to."""

    edition: Callable[[], int] = int
    """Gives another number once a document has changed."""

    version: int = field(default=0, init=False)
    """Another number once other tests are known to fail."""

    _edition: int = field(default=0, init=False)
    _standings: OrderedDict[tuple[Path, str], Standing] = field(factory=OrderedDict, init=False)
    _failures: OrderedDict[str, Failure] = field(factory=OrderedDict, init=False)

    def standing(self, snapshot: Snapshot) -> Standing:
        """Give what is known of a text; looks, and waits for nothing."""
        self._forget()
        if snapshot.path is None or not self._standings:
            return _NOTHING
        return self._standings.get((snapshot.path, snapshot.digest), _NOTHING)

    def failures(self, path: Path | None) -> tuple[Failure, ...]:
        """List the tests of a file that failed when they ran last, whatever has changed since."""
        if path is None or not self._failures:
            return ()
        return tuple(item for item in self._failures.values() if self.root / _file(item.result) == path)

    def select(self, snapshot: Snapshot, place: Span, tests: tuple[str, ...]) -> None:
        """Take note of which tests see a part of a text."""
        self._forget()
        if snapshot.path is not None:
            key = snapshot.path, snapshot.digest
            now = self._standings.get(key, _NOTHING)
            kept = now.selected if len(now.selected) < _MOST_PLACES else {}
            self._keep(key, evolve(now, selected={**kept, place: tests}))

    def learn(self, wanted: Wanted, run: Run, files: Mapping[Path, str]) -> None:
        """Take note of what a run on the person's texts told; ``files`` are digests of the tests' own files."""
        self._forget()
        digests = {**files, **{path: digest(text) for path, text in wanted.texts.items()}}
        failed = _failed(run)
        for key in digests.items():
            now = self._standings.get(key, _NOTHING)
            own = _own(run, self.root, key[0])
            self._keep(key, evolve(now, failed={**now.failed, **failed}, own={**now.own, **own}))
        self._fail(run, digests)

    def _fail(self, run: Run, digests: Mapping[Path, str]) -> None:
        before = list(self._failures.items())
        for name in run.results:
            self._failures.pop(name, None)
        for result in run.broken:
            self._failures[result.id] = Failure(result, digests)
        while len(self._failures) > _MOST_FAILURES:
            self._failures.popitem(last=False)
        self.version += before != list(self._failures.items())

    def _forget(self) -> None:
        now = self.edition()
        if now != self._edition:
            self._edition = now
            self._standings.clear()

    def _keep(self, key: tuple[Path, str], standing: Standing) -> None:
        self._standings[key] = standing
        self._standings.move_to_end(key)
        while len(self._standings) > _MOST_TEXTS:
            self._standings.popitem(last=False)


def digest(text: str) -> str:
    """Name a text as `Snapshot.digest` does."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def qualname(identity: str) -> str:
    """Give the qualified name of the function that a node id names, whatever its parameters."""
    return ".".join(identity.partition("[")[0].split("::")[1:])


def _file(result: Result) -> str:
    return result.id.partition("::")[0]


def _broken(result: Result) -> bool:
    return result.answer in {Answer.FAILED, Answer.ERROR}


def _failed(run: Run) -> dict[str, bool]:
    """Say of each test, and of each function, class and module that they are of, whether something in it failed.

    Where not all answered, only what failed is said of those: the rest might have.
    """
    found: dict[str, bool] = {}
    for result in run.results.values():
        found[result.id] = _broken(result)
        if _broken(result) or not run.trouble:
            for name in _around(result.id):
                found[name] = found.get(name, False) or _broken(result)
    return found


def _around(identity: str) -> list[str]:
    plain, bracket, _ = identity.partition("[")
    parts = plain.split("::")
    above = ["::".join(parts[:end]) for end in range(1, len(parts))]
    return [*above, plain] if bracket else above


def _own(run: Run, root: Path, path: Path) -> dict[str, bool]:
    found: dict[str, bool] = {}
    for result in run.results.values():
        if root / _file(result) == path:
            name = qualname(result.id)
            found[name] = found.get(name, False) or _broken(result)
    return found
