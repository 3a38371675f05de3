"""What tests told last, and on which texts: for menus and diagnostics, which run nothing themselves.

What is known of a text holds until a document is opened or changed; what failed holds as long as the
texts of its run are what they were. It runs nothing, and it does not read the disk.
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
_MOST_NAMES = 200_000
"""Names of tests, classes and modules of which it is remembered whether they failed."""

_NOTHING = Standing()


@frozen
class Failure:
    """A test that failed, with the texts that it failed on."""

    result: Result
    digests: Mapping[Path, str] = field(repr=False)
    """Of the tests' own files and of every text that was given, by absolute path."""


@frozen
class Heard:
    """What one run told, ready to be remembered."""

    failed: Mapping[str, bool] = field(repr=False)
    """Whether something failed in it, by the name of each test, class and module that answered."""

    own: Mapping[tuple[Path, str], Mapping[str, bool]] = field(repr=False)
    """The same by the files that tests stand in, named with their digests, and by qualified name."""

    failures: tuple[Failure, ...]


@define(eq=False)
class Memory:
    """What is remembered of one project's tests."""

    root: Path = Path()
    """The folder that node ids are relative to."""

    edition: Callable[[], int] = int
    """Gives another number once a document was opened or changed."""

    version: int = field(default=0, init=False)
    """Another number once other tests are known to fail."""

    _edition: int = field(default=0, init=False)
    _failed: dict[str, bool] = field(factory=dict, init=False)
    _standings: OrderedDict[tuple[Path, str], Standing] = field(factory=OrderedDict, init=False)
    _failures: OrderedDict[str, Failure] = field(factory=OrderedDict, init=False)

    def standing(self, snapshot: Snapshot) -> Standing:
        """Give what is known of a text; looks, and waits for nothing."""
        self._forget()
        if snapshot.path is None or not self._standings:
            return _NOTHING
        known = self._standings.get((snapshot.path, snapshot.digest))
        return _NOTHING if known is None else evolve(known, failed=self._failed)

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

    def learn(self, heard: Heard) -> None:
        """Take note of what a run told that saw the documents as they are now."""
        self._forget()
        if len(self._failed) > _MOST_NAMES:
            self._failed = {}
        self._failed.update(heard.failed)
        for key, own in heard.own.items():
            now = self._standings.get(key, _NOTHING)
            self._keep(key, evolve(now, own={**now.own, **own}))
        self._fail(heard)

    def _fail(self, heard: Heard) -> None:
        before = list(self._failures.items())
        for name in [name for name in self._failures if name in heard.failed]:
            del self._failures[name]
        for failure in heard.failures:
            self._failures[failure.result.id] = failure
        while len(self._failures) > _MOST_FAILURES:
            self._failures.popitem(last=False)
        self.version += before != list(self._failures.items())

    def _forget(self) -> None:
        now = self.edition()
        if now != self._edition:
            self._edition, self._failed = now, {}
            self._standings.clear()

    def _keep(self, key: tuple[Path, str], standing: Standing) -> None:
        self._standings[key] = standing
        self._standings.move_to_end(key)
        while len(self._standings) > _MOST_TEXTS:
            self._standings.popitem(last=False)


def hear(root: Path, wanted: Wanted, run: Run, files: Mapping[Path, str]) -> Heard:
    """Read what a run told; ``files`` are the digests of the files on the disk that its tests stand in.

    It takes long where there are many tests: call it in a thread.
    """
    digests = {**files, **{path: digest(text) for path, text in wanted.texts.items()}}
    own: dict[tuple[Path, str], dict[str, bool]] = {}
    for result in run.results.values():
        path = root / _file(result)
        if path in digests and (name := qualname(result.id)):
            names = own.setdefault((path, digests[path]), {})
            names[name] = names.get(name, False) or _broken(result)
    failures = tuple(Failure(result, digests) for result in run.broken[-_MOST_FAILURES:])
    return Heard(_failed(run), own, failures)


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
