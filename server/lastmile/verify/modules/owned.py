"""What lies in the project, wherever, and what its other files import, by walking over it.

Only who is about to refuse a draft looks here: it may take some tenths of a second in a project of thousands of
files, of which those that changed are read again. Folders of environments and caches are not entered.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from threading import Lock

from attrs import define, field, frozen

from lastmile.verify.modules.folders import Folders, read

_MOST_FILES = 5000
_SKIPPED = {"node_modules", "site-packages", "__pycache__"}
_IMPORT = re.compile(
    r"^[ \t]*(?:from[ \t]+(\.*[\w.]*)[ \t]+import[ \t]+(\([^)]{0,2000}\)|[^\n#]+)|import[ \t]+([^\n#]+))", re.MULTILINE
)
_COMMENT = re.compile(r"#[^\n]*")
_SUFFIXES = (".py", ".pyi")


@frozen
class Project:
    """A project's files as they are now."""

    folders: tuple[str, ...] = ()
    """All folders with Python files, and those above them."""

    imports: Mapping[str, frozenset[str]] = field(factory=dict, repr=False)
    """The modules that each file imports, and what they lie in, by the file's path."""

    def imported(self, module: str, *, but: str, beside: Path | None = None) -> bool:
        """Tell whether a file imports a module, other than the one that asks, or one in the folder of that."""
        using = (Path(path) for path, names in self.imports.items() if module in names)
        return any(os.path.realpath(path) != but and beside in {None, path.parent} for path in using)


@define
class Owned:
    """Walks over one project, and remembers what it read."""

    root: Path
    folders: Folders
    _read: dict[str, tuple[tuple[int, int], frozenset[str]]] = field(factory=dict, init=False)
    _lock: Lock = field(factory=Lock, init=False)

    def project(self, others: Mapping[Path, str]) -> Project:
        """Look at the project; ``others`` are texts that need not be saved. Blocks."""
        with self._lock:
            found, holding = {}, dict[str, None]()
            for path, stamp in self._files():
                known = self._read.get(path)
                found[path] = known if known is not None and known[0] == stamp else (stamp, imports(read(path)))
                self._hold(os.path.split(path)[0], holding)
            self._read = found
        unsaved = {str(path): imports(text) for path, text in others.items()}
        return Project(tuple(holding), {path: names for path, (_, names) in found.items()} | unsaved)

    def _hold(self, folder: str, holding: dict[str, None]) -> None:
        """Note a folder with files, and those above it up to the project's own."""
        while folder not in holding and len(folder) >= len(str(self.root)):
            holding[folder] = None
            folder = os.path.split(folder)[0]

    def _files(self) -> Iterator[tuple[str, tuple[int, int]]]:
        left = _MOST_FILES
        for folder, folders, files in os.walk(self.root):
            folders[:] = sorted(name for name in folders if _is_own(folder, name))
            for name in files:
                if not name.endswith(_SUFFIXES):
                    continue
                path = os.path.join(folder, name)
                try:
                    state = os.stat(path)
                except OSError:
                    continue
                yield path, (state.st_mtime_ns, state.st_size)
                left -= 1
                if not left:
                    return


def imports(text: str) -> frozenset[str]:
    """Give the modules that a text imports, and those that they lie in: by a pattern, for a kind look is enough."""
    return frozenset(prefix for module in _modules(text) for prefix in _prefixes(module))


def _is_own(folder: str, name: str) -> bool:
    if name.startswith(".") or name in _SKIPPED:
        return False
    return not os.path.exists(os.path.join(folder, name, "pyvenv.cfg"))  # noqa: PTH110 - of many, as text


def _modules(text: str) -> Iterator[str]:
    for module, names, plain in _IMPORT.findall(text):
        words = (item.split() for item in _COMMENT.sub("", names or plain).strip("() \t\r\n").split(","))
        taken = [item[0] for item in words if item]
        dots = module.endswith(".")
        yield from taken if not module else (f"{module}{name}" if dots else f"{module}.{name}" for name in taken)


def _prefixes(module: str) -> Iterator[str]:
    plain = module.lstrip(".")
    parts, dots = plain.split("."), module[: len(module) - len(plain)]
    yield from (dots + ".".join(parts[: count + 1]) for count in range(len(parts)))
