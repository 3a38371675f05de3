"""What is installed in an environment, read from its files: packages, editable installs, what its hooks name.

A line of a ``.pth`` file may be code, which is not run: what it brings is told by the names that it spells.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping
from functools import cached_property
from pathlib import Path

from attrs import frozen

from lastmile.sandbox import places
from lastmile.verify.modules import standard
from lastmile.verify.modules.folders import Folders, read
from lastmile.verify.modules.standard import Standard

_MOST_FILES = 300
_IMPORTED = re.compile(r"\bimport +([^\W\d]\w*)")
_QUOTED_PATH = re.compile(r"""['"]((?:/|[A-Za-z]:[\\/])[^'"\n]+)['"]""")
_METADATA = (".dist-info", ".egg-info", ".egg", ".egg-link")
_NAMESPACE = "-nspkg.pth"
"""Code that makes one package of folders that lie beside each other, as looking for modules does anyway."""

_NAMESPACE = "-nspkg.pth"
"""Code that makes one package of folders that lie beside each other, as looking for modules does anyway."""

_SEPARATORS = re.compile(r"[-_.]+")


@frozen(slots=False)
class Environment:
    """One environment, as its files are now."""

    python: Path
    place: Path
    """Its folder, or that of the installation."""

    packages: tuple[str, ...]
    """The folders of installed packages."""

    extra: tuple[str, ...]
    """Those that `PYTHONPATH` names."""

    standard: Standard
    folders: Folders

    @property
    def pointers(self) -> tuple[str, ...]:
        """The files that say where other packages are."""
        return tuple(
            file for folder in self.packages for end in (".pth", ".egg-link") for file in self._files(folder, end)
        )

    @cached_property
    def pointed(self) -> tuple[str, ...]:
        """Folders elsewhere that imports come from as well: editable installs."""
        found = (path for folder in self.packages for path in self._pointed(folder))
        return tuple(dict.fromkeys(path for path in (*found, *self._hooked()) if os.path.isdir(path)))  # noqa: PTH112 - of many, as text

    @cached_property
    def hooks(self) -> tuple[str, ...]:
        """The code that runs when its Python starts, and that of the modules that this imports."""
        return tuple(text for folder in self.packages for text in self._hooks(folder))

    @cached_property
    def distributions(self) -> frozenset[str]:
        """The names of what is installed, as `plain` has them."""
        names = (name for folder in self.packages for name in self.folders.of(folder).names)
        stems = (name.removesuffix(end) for name in names for end in _METADATA if name.endswith(end))
        return frozenset(plain(stem.partition("-")[0]) for stem in stems)

    def hooked(self, name: str) -> bool:
        """Tell whether code that runs at the start names a module."""
        named = re.compile(rf"""['"]{re.escape(name)}(?=['".:])""")
        return any(named.search(text) for text in self.hooks)

    def _files(self, folder: str, suffix: str) -> list[str]:
        names = sorted(name for name in self.folders.of(folder).names if name.endswith(suffix))
        return [os.path.join(folder, name) for name in names[:_MOST_FILES]]

    def _lines(self, folder: str) -> Iterator[str]:
        for file in self._files(folder, ".pth"):
            if file.endswith(_NAMESPACE):
                continue
            yield from (line for line in read(file).splitlines() if line.strip() and not line.startswith("#"))

    def _pointed(self, folder: str) -> Iterator[str]:
        for line in self._lines(folder):
            if not _is_code(line):
                yield os.path.join(folder, line.rstrip())
        for file in self._files(folder, ".egg-link"):
            yield from read(file).splitlines()[:1]

    def _hooks(self, folder: str) -> Iterator[str]:
        for line in self._lines(folder):
            if _is_code(line):
                yield line
                for name in _IMPORTED.findall(line):
                    yield read(os.path.join(folder, f"{name}.py"))
                    yield read(os.path.join(folder, name, "__init__.py"))

    def _hooked(self) -> Iterator[str]:
        """Give the folders that hold what code at the start names by its path."""
        for text in self.hooks:
            for path in _QUOTED_PATH.findall(text):
                yield from (path, os.path.dirname(path))  # noqa: PTH120 - of many, as text


def of(python: Path, home: Path, folders: Folders, env: Mapping[str, str]) -> Environment:
    """Look at the environment of an interpreter, which need not work. Blocks for some milliseconds."""
    found = places.of(python, home)
    place = python.parent.parent
    shared = _shared(found.packages)
    windows = place / "Lib" / "site-packages"
    extra = (path for path in env.get("PYTHONPATH", "").split(os.pathsep) if os.path.isabs(path))  # noqa: PTH117 - text
    packages = dict.fromkeys(map(str, (*found.packages, *shared, windows)))
    there = tuple(path for path in packages if os.path.isdir(path) and os.access(path, os.R_OK))  # noqa: PTH112 - of many, as text
    said = read(str(place / "pyvenv.cfg")) or f"version = {python.resolve().name.removeprefix('python')}"
    return Environment(python, place, there, tuple(extra), standard.of(found.folders, said), folders)


def stamp(environment: Environment) -> tuple[int, ...]:
    """Give the times of the files by which it is known."""
    place = environment.place
    known = (environment.python, place, place / "pyvenv.cfg", place / "lib")
    return tuple(_time(path) for path in (*map(str, known), *environment.packages, *environment.pointers))


def _time(path: str) -> int:
    try:
        return os.lstat(path).st_mtime_ns
    except OSError:
        return 0


def _shared(packages: tuple[Path, ...]) -> Iterator[Path]:
    """Give the folders beside the system's own packages, for those that an administrator installed."""
    if any(folder.is_relative_to("/usr") and not folder.is_relative_to("/usr/local") for folder in packages):
        local = Path("/usr/local")
        yield from (*local.glob("lib*/python3*/dist-packages"), *local.glob("lib*/python3*/site-packages"))


def _is_code(line: str) -> bool:
    return line.startswith(("import ", "import\t"))


def plain(name: str) -> str:
    """Write the name of a distribution or a module as they compare: without case and separators."""
    return _SEPARATORS.sub("", name).lower()
