"""Looks for modules in folders as Python does, one name after the other.

Kinder than Python: a package counts wherever it lies, so all folders of one name are taken together. A
submodule is missing only where nothing that would be loaded before it could make it as it runs.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

from attrs import field, frozen

from lastmile.verify.modules.folders import STUB, Folders, is_compiled, is_opaque, read
from lastmile.verify.modules.values import Answer, Fate

_LENGTHENS = re.compile(r"\b(?:__path__|meta_path|path_hooks|path_importer_cache|extend_path|declare_namespace)\b")
"""How code says that modules of its package come from elsewhere."""

_SHARED = re.compile(r"\b(?:declare_namespace|extend_path)\b")
"""How a package says that other folders of its name belong to it, where it says no more."""

_SHORT = 1500
"""Characters up to which it says no more."""

_PUTS = re.compile(r"\b(?:sys\.modules|import modules|ModuleType|initpkg|new_module|module_from_spec)\b")
"""How code says that it makes modules itself."""

_BINDS = re.compile(
    r"import\s*\(?\s*\*|\b(?:__getattr__|globals|locals|vars|setattr|exec|eval|__dict__|__class__|import_module"
    r"|__import__|load_module|attach|lazy\w*)\b",
    re.IGNORECASE,
)
"""How code binds names that it does not spell."""


@frozen
class Place:
    """One thing that has a name by which it is imported."""

    path: str
    is_folder: bool = False
    opening: str = ""
    """The file that a folder begins with, where it has one."""


@frozen
class Looker:
    """Looks in folders."""

    folders: Folders
    unsaved: Mapping[str, str] = field(factory=dict, repr=False)
    """The texts of open documents by their paths, which need not be on the disk."""

    def places(self, starts: Iterable[str], name: str, *, typed: bool = False) -> list[Place]:
        """Give all that a name stands for in some folders; stubs among it where only a type checker asks."""
        return [place for start in starts for place in self._in(start, name, typed=typed)]

    def find(self, starts: Sequence[str], parts: Sequence[str], *, typed: bool = False) -> Answer:
        """Follow a dotted name from some folders."""
        places = [Place(start, is_folder=True) for start in starts]
        for at, part in enumerate(parts):
            below = self.places((place.path for place in places if place.is_folder), part, typed=typed)
            if not below:
                return self._ended(places, part, at) if at else Answer(Fate.MISSING)
            places = below
        return Answer(Fate.THERE, len(parts))

    def has(self, starts: Sequence[str], parts: Sequence[str], name: str, *, typed: bool = False) -> Answer:
        """Tell whether a package that is there has a name: a module beneath it, or one that its code may bind."""
        places = [Place(start, is_folder=True, opening=self._opening(start)) for start in starts]
        for part in parts:
            places = self.places((place.path for place in places if place.is_folder), part, typed=typed)
        there, count = Answer(Fate.THERE, len(parts) + 1), len(parts)
        if not places or not all(place.is_folder for place in places) or (name[:2] == name[-2:] == "__"):
            return there
        if self.places((place.path for place in places), name, typed=typed):
            return there
        if any(self._may_bind(place, name) for place in places):
            return Answer(Fate.OPEN, count)
        return self._ended(places, name, count)

    def names(self, starts: Iterable[str], parts: Sequence[str]) -> Iterator[str]:
        """Give the names that are found in a package, or in the folders themselves."""
        places = [Place(start, is_folder=True) for start in starts]
        for part in parts:
            places = self.places((place.path for place in places if place.is_folder), part)
        for place in places:
            listing = self.folders.of(place.path)
            yield from (name for name in (*listing.files, *listing.folders) if name.isidentifier())

    def _ended(self, places: Sequence[Place], part: str, at: int) -> Answer:
        if any(self._may_make(place, part) for place in places):
            return Answer(Fate.OPEN, at)
        return Answer(Fate.MISSING, at, not any(self._is_shared(place) for place in places))

    def _in(self, start: str, name: str, *, typed: bool) -> Iterator[Place]:
        listing = self.folders.of(start)
        for file in listing.files.get(name, ()):
            if typed or not file.endswith(STUB):
                yield Place(os.path.join(start, file))
        below = os.path.join(start, name)
        if f"{below}.py" in self.unsaved and f"{name}.py" not in listing.names:
            yield Place(f"{below}.py")
        if name in listing.folders:
            opening = self._opening(below)
            if opening or typed or self._has_unsaved(below) or self.folders.holds_modules(below):
                yield Place(below, is_folder=True, opening=opening)
        if typed and f"{name}-stubs" in listing.folders:
            yield Place(f"{below}-stubs", is_folder=True)

    def _opening(self, folder: str) -> str:
        files = self.folders.of(folder).files.get("__init__", ())
        return next((os.path.join(folder, file) for file in files if not file.endswith(STUB)), "")

    def _has_unsaved(self, folder: str) -> bool:
        return any(path.startswith(f"{folder}{os.sep}") for path in self.unsaved)

    def _may_make(self, place: Place, name: str) -> bool:
        """Tell whether code that is loaded before a submodule may make it."""
        if not place.is_folder:
            return is_opaque(place.path) or _makes(self._read(place.path), name)
        if self.folders.of(place.path).compiled or (place.opening and is_opaque(place.opening)):
            return True
        if not self._is_shared(place) and _LENGTHENS.search(self._read(place.opening)):
            return True
        return any(_makes(text, name) for text in self.folders.sources(place.path))

    def _may_bind(self, place: Place, name: str) -> bool:
        """Tell whether the code that a package begins with may bind a name."""
        if self._is_shared(place):
            return False
        if is_opaque(place.opening):
            return True
        text = self._read(place.opening)
        return bool(_BINDS.search(text) or _PUTS.search(text)) or _says(text, name)

    def _is_shared(self, place: Place) -> bool:
        """Tell whether other folders of the same name are a part of the package: it begins with nothing of its own."""
        if not place.is_folder or not place.opening or is_compiled(place.opening):
            return place.is_folder and not place.opening
        text = self._read(place.opening)
        return len(text) < _SHORT and bool(_SHARED.search(text))

    def _read(self, path: str) -> str:
        return self.unsaved[path] if path in self.unsaved else read(path)


def _makes(text: str, name: str) -> bool:
    """Tell whether code that makes modules spells this one: in a string, alone or with what it lies in."""
    spelt = re.compile(rf"""['".]{re.escape(name)}['".]""")
    return bool(_PUTS.search(text) or _LENGTHENS.search(text)) and bool(spelt.search(text))


def _says(text: str, name: str) -> bool:
    return bool(re.search(rf"\b{re.escape(name)}\b", text))
