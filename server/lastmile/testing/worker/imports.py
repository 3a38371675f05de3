"""What tests import of others' packages, so that the warm process can have it loaded before they start.

Read from the files on the disk, never from a draft: what is loaded here outlives a run. It follows
imports within the project by file name; what it misses is loaded by the run itself.
"""

from __future__ import annotations

import os
import re
from collections import OrderedDict
from collections.abc import Iterable, Iterator
from pathlib import Path
from threading import Lock

from attrs import define, field

_IMPORT = re.compile(r"^[ \t]*(?:from[ \t]+(\.*[\w.]*)[ \t]+import[ \t]+([^#\n]+)|import[ \t]+([^#\n]+))", re.MULTILINE)
_MOST_FILES = 400
_MOST_NAMES = 300
_CACHED = 4000
_LARGEST = 1 << 20


@define
class Imports:
    """Reads files for the names that they import, each once for each state of the file."""

    root: Path
    _cache: OrderedDict[Path, tuple[tuple[int, int], tuple[str, ...]]] = field(factory=OrderedDict, init=False)
    _lock: Lock = field(factory=Lock, init=False)

    def of(self, tests: Iterable[str]) -> list[str]:
        """List what the tests' files, and the project's files that they import, import of others; blocks."""
        waiting = [self.root / name for name in dict.fromkeys(test.partition("::")[0] for test in tests)]
        waiting += [folder / "conftest.py" for folder in dict.fromkeys(self._above(waiting))]
        seen, others = set[Path](), dict[str, None]()
        while waiting and len(seen) < _MOST_FILES:
            file = waiting.pop()
            if file in seen:
                continue
            seen.add(file)
            for name in self._names(file):
                found = self._own(name, file)
                waiting.extend(found)
                if not found and not name.startswith("."):
                    others[name] = None
        return list(others)[:_MOST_NAMES]

    def _above(self, files: list[Path]) -> Iterator[Path]:
        for file in files:
            for folder in file.parents:
                yield folder
                if folder == self.root:
                    break

    def _own(self, name: str, importer: Path) -> list[Path]:
        """Give the project's files that a name may stand for."""
        if name.startswith("."):
            plain = name.lstrip(".")
            bases = [importer.parents[min(len(name) - len(plain), len(importer.parents)) - 1]]
        else:
            plain, bases = name, [self.root, self.root / "src", importer.parent]
        # Hundreds of names are looked up for each run, so these stay text unless there is such a file.
        places = [os.path.join(base, *plain.split(".")) if plain else str(base) for base in bases]
        options = [option for place in places for option in (os.path.join(place, "__init__.py"), f"{place}.py")]
        return [Path(option) for option in options if os.path.isfile(option)]  # noqa: PTH113 - of many, as text

    def _names(self, file: Path) -> tuple[str, ...]:
        try:
            stat = file.stat()
            state = (stat.st_mtime_ns, stat.st_size)
            with self._lock:
                kept = self._cache.get(file)
            if kept is not None and kept[0] == state:
                return kept[1]
            names = tuple(dict.fromkeys(_read(file.read_text("utf-8", "replace")[:_LARGEST])))
        except OSError:
            return ()
        with self._lock:
            self._cache[file] = (state, names)
            if len(self._cache) > _CACHED:
                self._cache.popitem(last=False)
        return names


def _read(text: str) -> Iterator[str]:
    for source, taken, plain in _IMPORT.findall(text):
        if not source:
            yield from (item.split()[0] for item in plain.split(",") if item.split())
            continue
        yield source
        for item in taken.strip("() ").split(","):
            if item.split() and item.split()[0].isidentifier():
                yield f"{source}.{item.split()[0]}" if not source.endswith(".") else source + item.split()[0]
