"""The kernel's calls that Python has no function for: namespaces, mounts, capabilities, by ctypes.

Each raises `OSError` where the kernel refuses. Policy stands where they are called.
"""

from __future__ import annotations

import ctypes
import os

NEW_MOUNTS, NEW_IPC, NEW_PIDS = 0x00020000, 0x08000000, 0x20000000
"""CLONE_NEWNS, CLONE_NEWIPC and CLONE_NEWPID of <linux/sched.h>."""

READ_ONLY, NO_SUID, NO_DEV, NO_EXEC = 1, 2, 4, 8
REMOUNT, BIND, RECURSIVE, PRIVATE = 0x20, 0x1000, 0x4000, 0x40000
"""MS_* of <linux/mount.h>."""

_PR_SET_DUMPABLE, _PR_CAPBSET_DROP, _PR_SET_NO_NEW_PRIVS, _PR_CAP_AMBIENT = 4, 24, 38, 47
_PR_CAP_AMBIENT_CLEAR_ALL = 4
_MADV_POPULATE_WRITE = 23
_CAPABILITY_VERSION_3 = 0x20080522
_CAPABILITIES = 64
"""More than any kernel has (41 in Linux 6)."""

_libc = ctypes.CDLL(None, use_errno=True)


def unshare(flags: int) -> None:
    """Go into new namespaces; new process ids are those of children alone."""
    _checked(_libc.unshare(flags), "unshare")


def enter(descriptor: int, flags: int) -> None:
    """Go into the namespace that a descriptor of /proc/self/ns stands for."""
    _checked(_libc.setns(descriptor, flags), "setns")


def mount(source: str, target: str, kind: str = "", *, flags: int = 0, data: str = "") -> None:
    """Mount, bind or remount; the error names the target."""
    given = [os.fsencode(item) or None for item in (source, target, kind)]
    _checked(_libc.mount(*given, ctypes.c_ulong(flags), os.fsencode(data) or None), target)


def give_up_capabilities() -> None:
    """Drop every capability for good: of this process, and of whatever it becomes."""
    for number in range(_CAPABILITIES):
        if _prctl(_PR_CAPBSET_DROP, number) != 0:
            break
    _prctl(_PR_CAP_AMBIENT, _PR_CAP_AMBIENT_CLEAR_ALL)
    header = (ctypes.c_uint32 * 2)(_CAPABILITY_VERSION_3, 0)
    _checked(_libc.capset(header, (ctypes.c_uint32 * 6)()), "capset")


def forbid_privileges() -> None:
    """See to it that no program that is started gains any: set-uid bits mean nothing from here on."""
    _checked(_prctl(_PR_SET_NO_NEW_PRIVS, 1), "prctl")


def populate(start: int, size: int) -> None:
    """Write to pages without changing them, so that those that were shared are this process's own."""
    given = ctypes.c_void_p(start), ctypes.c_size_t(size), _MADV_POPULATE_WRITE
    _checked(_libc.madvise(*given), "madvise")


def hide_memory(*, hidden: bool = True) -> None:
    """Keep processes of the same user from looking into this one, or let them again."""
    _checked(_prctl(_PR_SET_DUMPABLE, 0 if hidden else 1), "prctl")


def _prctl(option: int, value: int) -> int:
    result: int = _libc.prctl(option, *(ctypes.c_ulong(item) for item in (value, 0, 0, 0)))
    return result


def _checked(result: int, what: str) -> None:
    if result != 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number), what)
