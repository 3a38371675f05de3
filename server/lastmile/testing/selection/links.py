"""What symbolic links in a project lead to: a module may be imported by one path and edited by another.

Ruff does not walk into linked folders, and takes a linked module for one of its own. Here each such path
becomes a file that imports the one it leads to, so that who sees the link sees the file.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path, PurePosixPath

from attrs import field, frozen

from lastmile.errors import ToolError

_MOST_LOOKED_AT = 5_000
"""Entries of a linked folder that are looked at: it may lead to a disk of pictures."""

_PYTHON = (".py", ".pyi")
_PASSED_OVER = {"node_modules", "__pycache__"}


@frozen
class Linked:
    """What files import, those behind links among them."""

    imports: Mapping[str, tuple[str, ...]] = field(repr=False)
    links: frozenset[str] = frozenset()
    """The paths that lead through a link."""


def linked(root: Path, imports: Mapping[str, tuple[str, ...]]) -> Linked:
    """Add the files behind links to those that ruff saw, each with the file of the project that it stands for.

    Raises `ToolError` where the project imports from a linked folder that holds too much to look at.
    """
    real = Path(os.path.realpath(root))
    found = dict(imports)
    used = {target for names in imports.values() for target in names}
    links: set[str] = set()
    for link in _links(root, imports):
        for path in _behind(root, link, used):
            place = Path(os.path.realpath(root / path))
            same = place.relative_to(real).as_posix() if place.is_relative_to(real) else ""
            found[path] = (*found.get(path, ()), *([same] if same else []))
            links.add(path)
    return Linked(found, frozenset(links))


def _links(root: Path, paths: Iterable[str]) -> Iterator[str]:
    """Find the links beside the files and above them, by path."""
    for folder in sorted({above.as_posix() for path in paths for above in PurePosixPath(path).parents} | {"."}):
        for name, entry in _entries(root / folder):
            if entry.is_symlink() and (name.endswith(_PYTHON) or _is_folder(Path(entry.path), root)):
                yield name if folder == "." else f"{folder}/{name}"


def _behind(root: Path, link: str, used: Iterable[str]) -> list[str]:
    """Give the Python files that a link leads to, by the paths that go through it."""
    if link.endswith(_PYTHON):
        return [link] if (root / link).is_file() else []
    found: list[str] = []
    waiting, looked = [link], 0
    while waiting:
        folder = waiting.pop()
        for name, entry in _entries(root / folder):
            looked += 1
            if name.endswith(_PYTHON):
                found.append(f"{folder}/{name}")
            elif not entry.is_symlink() and _is_folder(Path(entry.path), root):
                waiting.append(f"{folder}/{name}")
        if looked > _MOST_LOOKED_AT:
            return _too_many(link, used)
    return found


def _too_many(link: str, used: Iterable[str]) -> list[str]:
    """Pass over a large folder that nothing is imported from."""
    if any(path.startswith(f"{link}/") for path in used):
        message = f"`{link}` is a link to a folder of more than {_MOST_LOOKED_AT:,} files; the tests are not selected."
        raise ToolError(message)
    return []


def _entries(folder: Path) -> list[tuple[str, os.DirEntry[str]]]:
    try:
        with os.scandir(folder) as found:
            return [(entry.name, entry) for entry in found]
    except OSError:
        return []


def _is_folder(path: Path, root: Path) -> bool:
    """Tell whether modules may lie in a folder: it is no environment, is not hidden, and does not hold the project."""
    if path.name.startswith(".") or path.name in _PASSED_OVER or not path.is_dir():
        return False
    return not (path / "pyvenv.cfg").exists() and not Path(os.path.realpath(root)).is_relative_to(path.resolve())
