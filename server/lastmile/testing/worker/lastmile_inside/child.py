"""The process of the tests: gives up what it could do harm with, then lets pytest run.

It says its results on a descriptor that nothing of the project opened. What it says is believed no
further than `docs/security.md` tells.
"""

from __future__ import annotations

import json
import os
import resource
import signal
import sys
from contextlib import suppress
from typing import Any

from . import moved, pages

_MOST_DESCRIPTORS = 1024
_STANDARD = 2
"""The last of the standard descriptors; those that Python opens are inherited by no program."""


def run(setup: dict[str, Any], work: int, results: int, output: int) -> None:
    """Give up what could do harm, wait to be told what to run, run it and end the process; never returns."""
    status = 1
    nonce = ""
    try:
        _close_all_but(work, results, output)
        _harmless(isolated=setup["isolated"])
        if setup["isolated"]:
            with suppress(OSError):  # an older kernel: the run copies its pages as it goes
                pages.make_own()
        with os.fdopen(work, "rb") as file:
            wanted = json.loads(file.read())
        nonce = wanted["nonce"]
        _limit(setup["limits"], wanted["seconds"])
        status = _tests(wanted, results, setup["warmth"])
    except BaseException as error:  # noqa: BLE001 - whatever it was, the process says so and ends here
        _say(results, nonce, {"trouble": f"{type(error).__name__}: {error}"})
    finally:
        os._exit(status)  # what the project registered to run at exit has no say any more


def _tests(wanted: dict[str, Any], results: int, warmth: Any) -> int:
    os.chdir(wanted["root"])
    sys.path.insert(0, wanted["root"])
    original, *candidates = wanted.get("moved") or [""]
    if original:
        moved.follow(original, wanted["root"])
    sys.argv = ["pytest"]
    status = 5  # as pytest says that it found no test
    nonce, dumps, write = wanted["nonce"], json.dumps, os.write

    def say(*values: dict[str, Any]) -> None:
        lines = b"".join(dumps([nonce, value]).encode() + b"\n" for value in values)
        while lines:
            lines = lines[write(results, lines) :]

    import pytest  # noqa: PLC0415 - a broken installation is to be said, not met on import

    from . import timing  # noqa: PLC0415 - it imports pytest
    from .reporting import Reporter  # noqa: PLC0415 - as above

    files = dict.fromkeys(test.partition("::")[0] for test in wanted["tests"])
    found = [name for name in files if os.path.exists(name)]
    if found:  # pytest would run everything
        warmth.give()
        plugins = [Reporter(wanted, say, warmth.take_back, warmth.seal), *timing.plugins(wanted["each"])]
        status = int(pytest.main(_arguments(wanted["root"], found), plugins=plugins))
    if candidates and (file := moved.stray(candidates)):
        say({"void": f"the tests loaded {file} itself, and not the copy with the text to be judged"})
    say({"end": status})
    return status


def _arguments(root: str, found: list[str]) -> list[str]:
    """Ask for whole files: pytest runs nothing at all where one test of many is not there any more."""
    return ["--rootdir=" + root, "--color=no", "-o", "cache_dir=/tmp/pytest-cache", "--", *found]


def _close_all_but(work: int, results: int, output: int) -> None:
    """Keep the standard descriptors, the one that says what to run and the one for results; nobody inherits those."""
    nothing = os.open(os.devnull, os.O_RDWR)
    os.dup2(nothing, 0)
    os.dup2(output, 1)
    os.dup2(output, 2)
    for descriptor in _open():
        if descriptor > _STANDARD and descriptor not in (work, results):
            with suppress(OSError):  # the one that listed them is closed already
                os.close(descriptor)


def _open() -> list[int]:
    """List descriptors that may be open."""
    if os.path.isdir("/proc/self/fd"):
        return [int(name) for name in os.listdir("/proc/self/fd")]
    return list(range(_MOST_DESCRIPTORS))


def _limit(limits: dict[str, int], seconds: float) -> None:
    for name, value in (
        ("RLIMIT_NPROC", limits["processes"] if _counts_by_namespace() else resource.RLIM_INFINITY),
        ("RLIMIT_DATA", limits["memory"]),
        ("RLIMIT_FSIZE", limits["file"]),
        ("RLIMIT_NOFILE", _MOST_DESCRIPTORS),
        ("RLIMIT_CORE", 0),
        ("RLIMIT_CPU", int(seconds) + 2),
    ):
        kind = getattr(resource, name, None)
        if kind is not None:
            _, most = resource.getrlimit(kind)
            least = min((limit for limit in (value, most) if limit != resource.RLIM_INFINITY), default=most)
            with suppress(ValueError, OSError):  # macOS knows some of them and refuses to set them
                resource.setrlimit(kind, (least, least))


def _counts_by_namespace() -> bool:
    """Tell whether processes are counted here alone: before Linux 5.14, all that the user has would count."""
    release = os.uname().release.split(".")
    return sys.platform == "linux" and [int(part) for part in release[:2] if part.isdigit()] >= [5, 14]


def _harmless(*, isolated: bool) -> None:
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.set_wakeup_fd(-1)
    with suppress(ImportError, AttributeError):  # without ctypes, what started the sandbox has seen to it
        from . import kernel  # noqa: PLC0415 - as above

        if isolated:
            kernel.give_up_capabilities()
        kernel.forbid_privileges()
        kernel.hide_memory(hidden=False)  # its first process' stays hidden


def _say(results: int, nonce: str, value: dict[str, Any]) -> None:
    with suppress(OSError):
        os.write(results, json.dumps([nonce, value]).encode() + b"\n")
