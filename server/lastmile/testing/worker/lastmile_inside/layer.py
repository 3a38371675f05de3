"""A folder in memory over the project for one run: what tests write there is gone with it, the files stay as they are.

After the run it is told which of the project's own files that decide about tests were changed: a draft
that writes over a test has not passed it.
"""

from __future__ import annotations

import os
import stat
from contextlib import suppress
from typing import Any, Dict, Iterator, List, NamedTuple, Optional, Set

from . import kernel

_PLACE = "/mnt"
_FLAGS = kernel.NO_SUID | kernel.NO_DEV
_CACHES = frozenset({"__pycache__", ".git", ".hypothesis", ".mypy_cache", ".pytest_cache", ".ruff_cache"})
"""Folders of what tools write for themselves; any other file may hold what a test expects."""

_PYTEST_CODE = "-pytest-"
"""Stands in the names of the files in which pytest keeps the code of tests."""

_MOST_TOLD = 200
_OPAQUE = "user.overlay.opaque"


class Layer(NamedTuple):
    """What was laid over the project, and what lies below, as descriptors that no test gets."""

    upper: int
    lower: int
    root: str

    def changed(self, given: List[str]) -> List[str]:
        """Name what was changed of that which decides about tests; ``given`` are the paths of candidate texts."""
        own = {os.path.relpath(path, self.root) for path in given}
        return sorted(set(_changed(self, own)))[:_MOST_TOLD]


def spread(setup: Dict[str, Any]) -> Optional[Layer]:
    """Make the project's folder writable for this process and its children; None where the kernel cannot do it.

    Raises OSError where it was made so, and not all of it could be brought back.
    """
    root, size = setup["root"], setup["limits"]["temporary"]
    lower, held = os.open(root, os.O_PATH), {path: os.open(path, os.O_PATH) for path in _mounted_below(root)}
    kernel.mount("tmpfs", _PLACE, "tmpfs", flags=_FLAGS, data=f"size={size},nr_inodes=100000,mode=755")
    for name in ("upper", "work"):
        os.mkdir(os.path.join(_PLACE, name), stat.S_IMODE(os.stat(root).st_mode))
    upper = os.open(os.path.join(_PLACE, "upper"), os.O_PATH)
    data = f"lowerdir={escaped(root)},upperdir={_PLACE}/upper,workdir={_PLACE}/work,userxattr,xino=off"
    try:
        kernel.mount("overlay", root, "overlay", flags=_FLAGS, data=data)
    except OSError:  # before Linux 5.11 it takes more privileges, and on two layers there is no third
        return None
    finally:
        kernel.mount("tmpfs", _PLACE, "tmpfs", flags=kernel.READ_ONLY, data="size=4k,mode=755")
    for path, descriptor in held.items():  # what is mounted there does not shine through
        kernel.mount(f"/proc/self/fd/{descriptor}", path, flags=kernel.BIND | kernel.RECURSIVE)
        os.close(descriptor)
    return Layer(upper, lower, root)


def escaped(path: str) -> str:
    """Write a path as the options of an overlay have it."""
    return path.replace("\\", "\\\\").replace(":", "\\:").replace(",", "\\,")


def _mounted_below(root: str) -> List[str]:
    """List what is mounted below a folder, without what lies within such again."""
    with open("/proc/self/mountinfo", "rb") as file:
        paths = {os.fsdecode(_plain(line.split(b" ")[4])) for line in file}
    below = sorted(path for path in paths if path.startswith(root.rstrip("/") + "/"))
    found: List[str] = []
    for path in below:
        if not any(path.startswith(other + "/") for other in found) and os.path.exists(path):
            found.append(path)
    return found


def _plain(path: bytes) -> bytes:
    for escape, meant in ((b"\\040", b" "), (b"\\011", b"\t"), (b"\\012", b"\n"), (b"\\134", b"\\")):
        path = path.replace(escape, meant)
    return path


def _changed(layer: Layer, own: Set[str]) -> Iterator[str]:
    for folder, folders, files, at in os.fwalk(".", dir_fd=layer.upper):
        for name in files + folders:
            path = os.path.normpath(os.path.join(folder, name))
            if path in own:
                continue
            gone = _hides(at, name)
            if _is_folder(layer.lower, path):
                yield from _deciding_below(layer.lower, path) if gone else ()
            elif name not in folders or gone:
                yield from [path] if _decides(layer.lower, path, name) else []


def _hides(at: int, name: str) -> bool:
    """Tell whether an entry of the layer stands for what was taken away, or hides all that lies below a folder."""
    found = os.stat(name, dir_fd=at, follow_symlinks=False)
    if not stat.S_ISDIR(found.st_mode):
        return True
    with suppress(OSError):
        return os.getxattr(f"/proc/self/fd/{at}/{name}", _OPAQUE) == b"y"
    return False


def _decides(lower: int, path: str, name: str) -> bool:
    if name == "conftest.py" or (_PYTEST_CODE in name and name.endswith(".pyc")):
        return True
    try:
        os.stat(path, dir_fd=lower, follow_symlinks=False)
    except OSError:
        return False
    return not _is_cache(path)


def _is_folder(lower: int, path: str) -> bool:
    with suppress(OSError):
        return stat.S_ISDIR(os.stat(path, dir_fd=lower, follow_symlinks=False).st_mode)
    return False


def _deciding_below(lower: int, path: str) -> Iterator[str]:
    for folder, _folders, files, _at in os.fwalk(path, dir_fd=lower):
        yield from (each for each in (os.path.join(folder, name) for name in files) if not _is_cache(each))


def _is_cache(path: str) -> bool:
    parts = path.split(os.sep)
    return not _CACHES.isdisjoint(parts) or parts[-1].startswith(".coverage")
