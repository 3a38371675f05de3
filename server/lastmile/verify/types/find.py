"""Finds the type checker that judges a document, in the project's own environment.

The environment is given by its interpreter; how that is found is not known here.
"""

from __future__ import annotations

import shutil
import sys
from collections import OrderedDict
from collections.abc import Callable, Mapping
from contextlib import suppress
from hashlib import sha256
from pathlib import Path
from threading import Lock
from types import MappingProxyType
from typing import Any

from attrs import define, field

from lastmile.errors import ToolError
from lastmile.verify.types.configured import configured
from lastmile.verify.types.importers import Importers, no_importers
from lastmile.verify.types.mypy import Mypy
from lastmile.verify.types.server import ServerChecker
from lastmile.verify.types.session import Session
from lastmile.verify.types.values import Checker

AUTO, OFF = "auto", "off"
_KEPT_CACHES = 8
_MOST_CHECKERS = 4
_FIRST, _LONGEST = 5, 600.0
"""How many times the time of a run the first one in a project may take, because it reads all that is imported, and
the seconds beyond which it may take no longer than any other."""


@define(eq=False)
class Checkers:
    """The type checkers of one project, made when a document first needs one."""

    root: Path | None
    interpreter: Callable[[], Path | None]
    """Finds the project's own Python; gives None where it has none, or where the workspace is not trusted."""

    wanted: str = AUTO
    """``auto``, ``off`` or a name."""

    deadline: float = 60.0
    """Seconds for one run; the first in a project has up to five times as many."""

    importers: Importers = no_importers

    cache: Path | None = None
    """The folder for what checkers remember; None for the user's cache folder."""

    _made: OrderedDict[tuple[Path, Path], Checker] = field(factory=OrderedDict, init=False)
    _closed: bool = field(default=False, init=False)
    _lock: Lock = field(factory=Lock, init=False)
    """Held while a checker is made: tasks ask in threads, and two of one project must not have two servers."""

    def of(self, path: Path) -> Checker | None:
        """Give the checker for a document, None where nobody wants one; reads the disk.

        Raises `ToolError` where one is wanted and not there.
        """
        found = self._candidates(path)
        if found is None:
            return None
        folder, names = found
        interpreter = self.interpreter()
        if interpreter is None:
            raise ToolError("No Python environment of the project is known.")
        for name in names:
            program = beside(interpreter, _PROGRAMS[name])
            if program is not None:
                return self._kept(name, folder, program, interpreter)
        message = f"The project wants {' or '.join(names)}, which {interpreter.parent} has not. Install it there."
        raise ToolError(message)

    def wants(self, path: Path) -> bool:
        """Tell whether one is wanted for a document, which may not be there; reads the disk.

        To look for one is more: tools that are asked for the project's environment (hatch) load code of it.
        """
        return self._candidates(path) is not None

    async def close(self) -> None:
        """End those that are kept warm, and make none any more."""
        with self._lock:
            self._closed = True
            made, self._made = self._made, OrderedDict()
        for checker in made.values():
            await checker.close()

    @property
    def _first(self) -> float:
        return max(self.deadline, min(_FIRST * self.deadline, _LONGEST))

    def _candidates(self, path: Path) -> tuple[Path, tuple[str, ...]] | None:
        if self.wanted == OFF:
            return None
        found = configured(path, self.root)
        if self.wanted != AUTO:
            return (found[0] if found else self.root or path.parent), (self.wanted,)
        return found if found is not None and found[1] else None

    def _kept(self, name: str, folder: Path, program: Path, interpreter: Path) -> Checker:
        with self._lock:
            if self._closed:
                message = f"{name} was ended."
                raise ToolError(message)
            made = self._made.get((program, folder))
            if made is None:
                if len(self._made) >= _MOST_CHECKERS:
                    raise ToolError("More folders of the project configure type checkers than are kept.")
                made = self._made[program, folder] = self._make(name, folder, program, interpreter)
        return made

    def _make(self, name: str, folder: Path, program: Path, interpreter: Path) -> Checker:
        if name == "mypy":
            cache = cache_of(folder, self.cache)
            return Mypy(program, folder, cache, self.deadline, self._first, self.importers)
        words, settings = _SERVERS[name]
        session = Session((str(program), *words), folder, interpreter, settings(interpreter))
        return ServerChecker(name, session, self.deadline, self._first, self.importers)


def _of_pyright(interpreter: Path) -> dict[str, Any]:
    analysis = {"diagnosticMode": "openFilesOnly", "autoSearchPaths": True, "useLibraryCodeForTypes": True}
    return {"python": {"pythonPath": str(interpreter), "analysis": analysis}, "python.analysis": analysis}


def _of_basedpyright(interpreter: Path) -> dict[str, Any]:
    settings = _of_pyright(interpreter)
    analysis = settings["python.analysis"]
    return {**settings, "basedpyright": {"analysis": analysis}, "basedpyright.analysis": analysis}


def _of_ty(_interpreter: Path) -> dict[str, Any]:
    return {"ty": {"diagnosticMode": "openFilesOnly"}}


_SERVERS: Mapping[str, tuple[tuple[str, ...], Callable[[Path], dict[str, Any]]]] = MappingProxyType(
    {
        "basedpyright": (("--stdio",), _of_basedpyright),
        "pyright": (("--stdio",), _of_pyright),
        "ty": (("server",), _of_ty),
    }
)
_PROGRAMS: Mapping[str, str] = MappingProxyType(
    {"mypy": "mypy", "basedpyright": "basedpyright-langserver", "pyright": "pyright-langserver", "ty": "ty"}
)


def beside(interpreter: Path, name: str) -> Path | None:
    """Find a program in the environment of an interpreter, which is not followed out of it."""
    program = interpreter.parent / (f"{name}.exe" if sys.platform == "win32" else name)
    return program if program.is_file() else None


def cache_of(folder: Path, parent: Path | None = None) -> Path:
    """Make a cache folder for a project's folder, and remove those that were used longest ago."""
    if parent is None:
        from platformdirs import user_cache_path  # noqa: PLC0415 - most starts check no types

        parent = user_cache_path("lastmile") / "mypy"
    mine = parent / sha256(str(folder).encode("utf-8", "surrogateescape")).hexdigest()[:16]
    try:
        mine.mkdir(parents=True, exist_ok=True)
        mine.touch()
        others = sorted(parent.iterdir(), key=lambda place: place.stat().st_mtime, reverse=True)
    except OSError as error:
        message = f"The cache folder {mine} cannot be used: {error.strerror}."
        raise ToolError(message) from error
    for stale in others[_KEPT_CACHES:]:
        with suppress(OSError):
            shutil.rmtree(stale)
    return mine
