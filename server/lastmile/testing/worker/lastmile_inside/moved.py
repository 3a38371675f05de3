"""Has modules of a copied project loaded from the copy, though the project is installed from its own folder.

An editable install names the project's folder, by a line of a ``.pth`` file or by a finder of its own. A
run in a copy would load what stands there, and judge a draft by the code that it is to replace. What is
loaded from there all the same makes the run void.
"""

from __future__ import annotations

import importlib.util
import os
import sys
from collections.abc import Iterator
from typing import Any


def follow(original: str, copy: str) -> None:
    """Put the copy in the place of the project's folder: in the path of this process and of those that it starts."""
    roots = [place for path in _named() if (place := _copied(path, original, copy))]
    sys.path[:0] = [path for path in dict.fromkeys(roots) if path not in sys.path]
    sys.path[:] = [path for path in sys.path if not _copied(path, original, copy)]
    if roots:
        before = os.environ.get("PYTHONPATH")
        os.environ["PYTHONPATH"] = os.pathsep.join([*dict.fromkeys(roots), *([before] if before else [])])
    sys.meta_path.insert(0, Copied(original, copy))
    importlib.invalidate_caches()


def stray(candidates: list[str]) -> str:
    """Name a candidate's file that was loaded where it stands in the project; empty where none was."""
    files = [getattr(module, "__file__", None) for module in list(sys.modules.values())]
    loaded = {os.path.realpath(file) for file in files if isinstance(file, str)}
    return min(loaded.intersection(candidates), default="")


class Copied:
    """Finds modules as all other finders do, and those of the project in the copy."""

    def __init__(self, original: str, copy: str) -> None:
        self._original = original
        self._copy = copy
        self._busy: set[str] = set()

    def find_spec(self, name: str, path: Any = None, target: Any = None) -> Any:
        """Find a module; None where nobody else finds it, or where it is no file of the project."""
        if name in self._busy:
            return None
        self._busy.add(name)
        try:
            for finder in [finder for finder in sys.meta_path if finder is not self and hasattr(finder, "find_spec")]:
                spec = finder.find_spec(name, path, target)
                if spec is not None:
                    return self._moved(spec)
        finally:
            self._busy.discard(name)
        return None

    def _moved(self, spec: Any) -> Any:
        """Give the same module's place in the copy; None where it has none there, and then others find it."""
        folders = spec.submodule_search_locations
        if spec.origin is None or not spec.has_location:
            moved = [_copied(folder, self._original, self._copy) for folder in folders or ()]
            if any(moved):  # a package without a file
                spec.submodule_search_locations = [new or old for new, old in zip(moved, folders)]
                return spec
            return None
        place = _copied(spec.origin, self._original, self._copy)
        if not place or os.path.realpath(spec.origin) == os.path.realpath(place):
            return None
        inside = None if folders is None else [os.path.dirname(place)]
        return importlib.util.spec_from_file_location(spec.name, place, submodule_search_locations=inside)


def _named() -> Iterator[str]:
    """Give the folders of the project that modules are loaded from, as far as their finders say."""
    yield from sys.path
    for finder in sys.meta_path:
        module = sys.modules.get(getattr(finder, "__module__", ""))
        mapping = getattr(module, "MAPPING", None)  # setuptools keeps it there
        if isinstance(mapping, dict):
            yield from (os.path.dirname(str(place)) for place in mapping.values())


def _copied(path: str, original: str, copy: str) -> str:
    """Give the place in the copy of what lies in the project; empty where it lies elsewhere, or was not copied."""
    real = os.path.realpath(path) if path else ""
    if real != original and not real.startswith(original + os.sep):
        return ""
    place = os.path.join(copy, os.path.relpath(real, original)) if real != original else copy
    return place if os.path.exists(place) else ""
