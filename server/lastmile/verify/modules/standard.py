"""The standard library of a Python: by its folder, where that can be found, else by what ours has.

Modules in C are built into some Pythons, and distributions ship some parts apart, so of those the name alone counts.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable
from functools import cache
from pathlib import Path

from attrs import frozen

from lastmile.testing import interpreter
from lastmile.verify.modules.folders import Folders, Listing

_ALWAYS = "__main__"
"""What runs."""

_APART = frozenset({"distutils", "ensurepip", "idlelib", "lib2to3", "test", "tkinter", "turtle", "turtledemo", "venv"})
"""What distributions leave out, or put into a package of its own."""


@frozen
class Standard:
    """One standard library."""

    minor: int | None = None
    """Its Python is 3.minor; None where that is not known."""

    folder: str = ""
    """Where it lies; empty where it was not found."""

    @property
    def name(self) -> str:
        """What a person calls its Python."""
        return "Python" if self.minor is None else f"Python 3.{self.minor}"

    @property
    def known(self) -> bool:
        """Whether it is told what is not in it: one that is newer than ours has what we never heard of."""
        return bool(self.folder) or self.minor is None or self.minor <= sys.version_info.minor

    def has(self, name: str, folders: Folders) -> bool:
        """Tell whether a name is a module of it."""
        places = (self.folder, os.path.join(self.folder, "lib-dynload")) if self.folder else ()
        if any(_lists(folders.of(place), name) for place in places):
            return True
        if name not in sys.stdlib_module_names:
            return name == _ALWAYS or name in sys.builtin_module_names
        is_other = self.folder and self.minor not in {None, sys.version_info.minor}
        return not is_other or not _lists(folders.of(_ours()), name) or name in _APART


def ours() -> Standard:
    """Give the standard library that this runs with."""
    return Standard(sys.version_info.minor, _ours())


def of(roots: Iterable[Path], said: str) -> Standard:
    """Find the standard library of an environment: below what it was made from, by the version that it names."""
    minor = interpreter.minor(said)
    pattern = "lib*/python3*/os.py" if minor is None else f"lib*/python3.{minor}/os.py"
    for root in roots:
        folders = sorted(path.parent for path in root.glob(pattern))
        if len({folder.name for folder in folders}) == 1:
            return Standard(int(folders[0].name.removeprefix("python3.").rstrip("t") or 0), str(folders[0]))
        if (root / "Lib" / "os.py").is_file():
            return Standard(minor, str(root / "Lib"))
    return ours() if minor == sys.version_info.minor else Standard(minor)


def _lists(listing: Listing, name: str) -> bool:
    return name in listing.files or name in listing.folders


@cache
def _ours() -> str:
    import sysconfig  # noqa: PLC0415 - no start needs it

    return sysconfig.get_path("stdlib")
