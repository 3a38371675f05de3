"""The walls of one run: its own mounts and processes, the candidate texts over the real files.

Everything here happens in the first process of the run, before anything of the project runs.
"""

from __future__ import annotations

import os
from contextlib import suppress
from typing import Any

from . import kernel, layer

_SCRATCH_FLAGS = kernel.NO_SUID | kernel.NO_DEV
_SENSITIVE = ("sys", "sysrq-trigger", "irq", "bus", "acpi", "scsi", "fs")
"""Places in /proc that change the machine where the user is root."""

_SYSCTLS = {
    "user/max_user_namespaces": "0",
    "kernel/pid_max": "400",
    "kernel/shmall": "65536",
}
"""Of these namespaces alone: none below them, few processes (since Linux 6.14), 256 MiB of System V memory."""


def raise_walls(setup: dict[str, Any]) -> layer.Layer | None:
    """Give this process, the first of its namespaces, a view of its own. Raises OSError where that fails.

    All is done here that does not depend on what is to be run. Nothing of the project may run before
    `close_in`. Gives what lies over the project, so that tests can write there; None where they cannot.
    """
    kernel.unshare(kernel.NEW_MOUNTS | kernel.NEW_IPC)
    kernel.mount("none", "/", flags=kernel.RECURSIVE | kernel.PRIVATE)
    _renew(setup["fresh"], setup["keep"], f"size={setup['limits']['temporary']},nr_inodes=100000,mode=")
    _link_again(setup["links"])
    written = layer.spread(setup)
    _own_proc()
    return written


def close_in(setup: dict[str, Any], texts: list[list[str]], written: layer.Layer | None) -> None:
    """Lay the texts over the real files and hide where they came from. Raises OSError where that fails."""
    lay_over(texts, "" if written is None else written.root)
    kernel.mount("tmpfs", setup["scratch"], "tmpfs", flags=kernel.READ_ONLY, data="size=4k,mode=555")


def lay_over(texts: list[list[str]], writable: str) -> None:
    """Lay each text, a file in the scratch folder, over its path; new files by a layer over their folder.

    Below the folder that is ``writable``, a layer is there already.
    """
    new = [target for _, target in texts if not os.path.exists(target)]
    for target in [target for target in new if writable and target.startswith(writable + "/")]:
        _make(target)
        new.remove(target)
    for folder in sorted({_existing(target) for target in new}):
        _layer(folder, [target for target in new if _existing(target) == folder])
    for source, target in texts:
        kernel.mount(source, os.path.realpath(target), flags=kernel.BIND)


def _make(place: str) -> None:
    os.makedirs(os.path.dirname(place), exist_ok=True)
    os.close(os.open(place, os.O_CREAT | os.O_WRONLY, 0o644))


def _existing(target: str) -> str:
    """Give the nearest folder above a file that is there."""
    folder = os.path.dirname(target)
    while not os.path.isdir(folder):
        folder = os.path.dirname(folder)
    return folder


def _layer(folder: str, new: list[str]) -> None:
    """Put empty files where new ones are to lie; a folder in memory is the upper layer."""
    kernel.mount("tmpfs", "/mnt", "tmpfs", flags=_SCRATCH_FLAGS, data="size=1m,mode=755")
    for target in new:
        _make(os.path.join("/mnt", os.path.relpath(target, folder)))
    kernel.mount("overlay", folder, "overlay", flags=kernel.READ_ONLY, data=f"lowerdir=/mnt:{layer.escaped(folder)}")


def _renew(fresh: list[str], keep: list[str], options: str) -> None:
    """Mount empty folders, and bring back what has to be seen below them; the outer before the inner."""
    kept = {path: os.open(path, os.O_PATH) for path in keep}
    for path in sorted([*fresh, *keep], key=lambda path: path.count(os.sep)):
        if path in kept:
            _mount_point(path, kept[path])
            kernel.mount(f"/proc/self/fd/{kept[path]}", path, flags=kernel.BIND | kernel.RECURSIVE)
            os.close(kept[path])
        else:
            os.makedirs(path, exist_ok=True)
            mode = "1777" if path in {"/tmp", "/var/tmp", "/dev/shm"} else "700"  # noqa: S108 - their names
            kernel.mount("tmpfs", path, "tmpfs", flags=_SCRATCH_FLAGS, data=options + mode)


def _link_again(links: list[list[str]]) -> None:
    """Make the symbolic links that lay below the folders which are empty now; what is there already stays."""
    for source, target in sorted(links, key=lambda link: link[1].count(os.sep)):
        if not os.path.lexists(target):
            os.makedirs(os.path.dirname(target), exist_ok=True)
            os.symlink(source, target)


def _mount_point(path: str, descriptor: int) -> None:
    if os.path.isdir(f"/proc/self/fd/{descriptor}"):
        os.makedirs(path, exist_ok=True)
    else:
        os.makedirs(os.path.dirname(path), exist_ok=True)
        os.close(os.open(path, os.O_CREAT | os.O_WRONLY, 0o600))


def _own_proc() -> None:
    kernel.mount("proc", "/proc", "proc", flags=kernel.NO_SUID | kernel.NO_DEV | kernel.NO_EXEC)
    for name, value in _SYSCTLS.items():
        with suppress(OSError), open("/proc/sys/" + name, "w") as file:  # an older kernel has not all of them
            file.write(value)
    for name in _SENSITIVE:
        path = "/proc/" + name
        if os.path.exists(path) and os.stat(path).st_uid == os.getuid():  # root's, and so is the draft
            kernel.mount(path, path, flags=kernel.BIND | kernel.RECURSIVE)
            kernel.mount("none", path, flags=kernel.BIND | kernel.REMOUNT | kernel.READ_ONLY | 0b1110)
