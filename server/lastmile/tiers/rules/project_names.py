"""What the project's own files define and import, by name, read with a few patterns.

A pattern is enough: it proposes an import, and the checks decide. Files are read again only when
their time or size changed; folders of environments and caches are not entered.
"""

from __future__ import annotations

import os
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from stat import S_ISREG

from attrs import define, field, frozen

_MOST_FILES = 3000
_MOST_BYTES = 400_000
_SKIPPED = {"node_modules", "site-packages", "__pycache__", "build", "dist", "venv"}
# Files that nobody imports.
_NOT_IMPORTED = {"setup", "conftest", "__main__"}
# Functions and classes, and what is written like a constant or a type: a variable's name says nothing.
_DEFINES = re.compile(r"^(?:(?:async )?def|class) +([^\W\d]\w*)|^([A-Z]\w*) *(?::[^=\n]+)?= *[^=]", re.MULTILINE)
_FROM = re.compile(r"^from +([\w.]+) +import +(\([^)]*\)|[^\n#]+)", re.MULTILINE)
_IMPORT = re.compile(r"^import +([\w.]+)(?: +as +(\w+))?[ \t]*(?:#.*)?$", re.MULTILINE)
_COMMENT = re.compile(r"#[^\n]*")


@frozen
class FileNames:
    """What one file defines and imports."""

    stamp: tuple[int, int]
    """Modification time in nanoseconds and size in bytes."""

    defines: frozenset[str]
    imports: tuple[tuple[str, str], ...]
    """The name that an import statement binds, and the statement."""


@define
class ProjectNames:
    """The names of the files below one folder."""

    root: Path
    _files: dict[Path, FileNames] = field(factory=dict, init=False)

    def statements(self, name: str, asking: Path | None) -> tuple[str, ...]:
        """List import statements that bind the name, likeliest first; reads the disk.

        The statement that most other files use comes first, then the modules that define the name,
        where only one does. The asking file itself does not count.
        """
        self._refresh()
        others = {path: names for path, names in self._files.items() if path != asking}
        itself = "" if asking is None else module_name(asking)[0]
        used = Counter(
            text
            for names in others.values()
            for bound, text in names.imports
            if bound == name and not text.startswith(f"from {itself} import ")
        )
        first, second = (*used.most_common(2), ("", 0), ("", 0))[:2]
        ranked = [first[0]] if first[1] > second[1] else []
        homes = [path for path, names in others.items() if name in names.defines and not name.startswith("_")]
        if len(homes) == 1 and (module := self._importable(homes[0], asking)):
            ranked.append(f"from {module} import {name}")
        return tuple(dict.fromkeys(ranked))

    def _importable(self, path: Path, asking: Path | None) -> str:
        """Give the name by which one file can import another; empty where there is none."""
        module, top = module_name(path)
        places = {self.root, self.root / "src", self.root / "lib", None if asking is None else asking.parent}
        return module if top in places and path.stem not in _NOT_IMPORTED else ""

    def _refresh(self) -> None:
        found: dict[Path, FileNames] = {}
        for path, stamp in _python_files(self.root):
            known = self._files.get(path)
            found[path] = known if known is not None and known.stamp == stamp else _read(path, stamp)
        self._files = found


def module_name(path: Path) -> tuple[str, Path]:
    """Give the dotted name of a file and the folder that it begins at; the name is empty where it has none."""
    parts = [] if path.stem == "__init__" else [path.stem]
    folder = path.parent
    while (folder / "__init__.py").is_file():
        parts.insert(0, folder.name)
        folder = folder.parent
    return ".".join(parts) if all(part.isidentifier() for part in parts) else "", folder


def _python_files(root: Path) -> Iterator[tuple[Path, tuple[int, int]]]:
    left = _MOST_FILES
    for folder, folders, files in os.walk(root):
        folders[:] = sorted(
            name
            for name in folders
            if not name.startswith(".")
            and name not in _SKIPPED
            and not os.path.exists(os.path.join(folder, name, "pyvenv.cfg"))  # noqa: PTH110 - thousands of them
        )
        for name in files:
            if not name.endswith(".py"):
                continue
            path = Path(folder, name)
            try:
                state = path.stat()
            except OSError:
                continue
            # A pipe would never be read to its end.
            if S_ISREG(state.st_mode) and state.st_size <= _MOST_BYTES:
                yield path, (state.st_mtime_ns, state.st_size)
            left -= 1
            if not left:
                return


def _read(path: Path, stamp: tuple[int, int]) -> FileNames:
    try:
        text = path.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return FileNames(stamp, frozenset(), ())
    defines = frozenset(first or second for first, second in _DEFINES.findall(text))
    return FileNames(stamp, defines, tuple(_imports(text)))


def _imports(text: str) -> Iterator[tuple[str, str]]:
    for module, alias in _IMPORT.findall(text):
        if alias or "." not in module:
            yield alias or module, f"import {module}" + (f" as {alias}" if alias else "")
    for module, names in _FROM.findall(text):
        if module.startswith(".") or module == "__future__":
            continue
        for item in _COMMENT.sub("", names).strip("()\n ").split(","):
            name, _as, alias = item.strip().partition(" as ")
            if name.isidentifier():
                bound = alias.strip() or name
                yield bound, f"from {module} import {item.strip()}"
