"""Finds and reads the settings files: the user's own, and the nearest one above a file of a project.

Reading touches the disk, so the event loop never does it: call this in a thread. What was read is
kept until the file changes. Nothing here judges what a file says.
"""

from __future__ import annotations

import os
import stat
from collections import OrderedDict
from collections.abc import Iterator, Sequence
from pathlib import Path
from threading import Lock

from attrs import define, field

from lastmile.config.environment import FILE_VARIABLE
from lastmile.config.sources import Layer, Source
from lastmile.config.toml_file import parse

FILE_NAMES = ("lastmile.toml", "pyproject.toml")
"""What an editor is asked to watch. In one folder the first wins."""

_KEPT = 256
_MOST_BYTES = 1 << 20
Stamp = tuple[int, ...]


@define
class SettingsFiles:
    """The settings files of this machine; safe to share between threads."""

    user_path: Path
    """The user's own file, which never counts as a project's; it need not be there."""

    named: bool = False
    """Whether the person named that file, so that a word is due where it is not there."""

    home: Path = field(factory=Path.home)
    """Outside a workspace, files in this folder and above it are nobody's project."""

    _kept: OrderedDict[Path, tuple[Stamp, Source | None]] = field(factory=OrderedDict, init=False)
    _lock: Lock = field(factory=Lock, init=False)

    def user(self) -> Source | None:
        """Read the user's own file; None where there is none, and nobody said that there is."""
        source = self._read(self.user_path, Layer.USER)
        there = source is not None or self.user_path.exists()
        if source is not None or not (there or self.named):
            return source
        what = "is no regular file, and is ignored" if there else f"is not there, though {FILE_VARIABLE} names it"
        return Source(Layer.USER, str(self.user_path), trouble=what)

    def project(self, path: Path | None, folders: Sequence[Path] = ()) -> Source | None:
        """Read the project file that counts for a file or a folder; None where there is none.

        The nearest upwards counts, alone, and the search ends with the innermost of the workspace
        folders that holds the path. A document without a path belongs to the workspace's only folder.
        """
        if path is None:
            return self.project(folders[0], folders) if len(folders) == 1 else None
        for folder in self._upwards(_plain(path), [_plain(folder) for folder in folders]):
            for name in FILE_NAMES:
                source = self._read(folder / name, Layer.PROJECT)
                if source is not None:
                    return source
        return None

    def _upwards(self, path: Path, folders: Sequence[Path]) -> Iterator[Path]:
        holding = [folder for folder in folders if path.is_relative_to(folder)]
        last = max(holding, key=lambda folder: len(folder.parts), default=None)
        for folder in (path, *path.parents):
            if last is None and folder == self.home:
                return
            yield folder
            if folder == last:
                return

    def _read(self, path: Path, layer: Layer) -> Source | None:
        stamp = _stamp(path)
        if stamp is None or (layer is Layer.PROJECT and path == self.user_path):
            return None
        with self._lock:
            kept = self._kept.get(path)
            if kept is not None and kept[0] == stamp:
                self._kept.move_to_end(path)
                return kept[1]
        source = _source(path, layer)
        with self._lock:
            self._kept[path] = (stamp, source)
            if len(self._kept) > _KEPT:
                self._kept.popitem(last=False)
        return source


def _source(path: Path, layer: Layer) -> Source | None:
    try:
        with path.open("rb") as file:
            data = file.read(_MOST_BYTES + 1)
    except OSError as error:
        return Source(layer, str(path), trouble=f"cannot be read ({error.strerror}), and is ignored")
    if len(data) > _MOST_BYTES:
        return Source(layer, str(path), trouble="is larger than a megabyte, and is ignored")
    return parse(path, data, layer)


def _stamp(path: Path) -> Stamp | None:
    """Say which state of the file this is; None where there is no regular file, for a pipe would never end."""
    try:
        found = os.stat(path)
    except (OSError, ValueError):  # A path of an editor's may hold a null character.
        return None
    if not stat.S_ISREG(found.st_mode):
        return None
    return (found.st_mtime_ns, found.st_ctime_ns, found.st_size)


def _plain(path: Path) -> Path:
    return Path(os.path.abspath(path))  # noqa: PTH100 - Path.absolute keeps "..", and resolve() follows links
