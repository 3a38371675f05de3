"""Forks the processes of a run: the first of its namespaces, and below it that of the tests.

Behind walls, both are forked before it is known what is to be run, and wait for that: so a run begins
with neither a fork nor a mount but those of its own texts.
"""

from __future__ import annotations

import json
import os
import signal
from contextlib import suppress
from typing import Any, NamedTuple

from . import child


class Birth(NamedTuple):
    """The processes of a run that has begun, or that waits to be told what to run."""

    pid: int
    """Of its first process; everything ends with it."""

    results: int
    """Where it says its results, to read from."""

    output: int
    """What it prints, to read from."""

    work: int
    """Where it is told what to run, to write to."""

    status: int
    """Where its first process says how the tests' process ended, to read from; nothing comes without walls."""


def bear(setup: dict[str, Any]) -> Birth:
    """Fork what waits for work. Raises OSError where the kernel refuses another process."""
    results, results_in = os.pipe()
    output, output_in = os.pipe()
    work_out, work = os.pipe()
    status, status_in = os.pipe()
    pid = _first(setup) if setup["isolated"] else os.fork()
    if pid == 0:
        for descriptor in (results, output, work, status):
            os.close(descriptor)
        if setup["isolated"]:
            _look_after_tests(setup, work_out, status_in, results=results_in, output=output_in)
        os.setsid()
        child.run(setup, work_out, results_in, output_in)
    for descriptor in (results_in, output_in, work_out, status_in):
        os.close(descriptor)
    return Birth(pid, results, output, work, status)


def begin(birth: Birth, wanted: bytes) -> None:
    """Tell it what to run. Raises OSError where it is gone."""
    with os.fdopen(os.dup(birth.work), "wb") as file:
        file.write(wanted)
    os.close(birth.work)


def forget(birth: Birth) -> None:
    """End one that was never told anything; it is still to be waited for."""
    for descriptor in birth[1:]:
        os.close(descriptor)
    with suppress(ProcessLookupError):
        os.kill(birth.pid, signal.SIGKILL)


def obstacle(setup: dict[str, Any]) -> str:
    """Try to raise walls, in a process for that alone; gives why it failed, empty where it did not."""
    said, said_in = os.pipe()
    try:
        pid = _first(setup)
    except (OSError, ImportError) as error:
        return str(error) or "no"
    if pid == 0:
        try:
            from . import walls  # noqa: PLC0415 - an interpreter without ctypes cannot load it

            walls.close_in(setup, [], walls.raise_walls(setup))
        except (OSError, ImportError) as error:
            os.write(said_in, str(error).encode() or b"no")
        finally:
            os._exit(0)
    os.waitpid(pid, 0)
    os.close(said_in)
    with os.fdopen(said, "rb") as file:
        return file.read().decode()


def _first(setup: dict[str, Any]) -> int:
    """Fork the first process of new process ids; only its children can see it."""
    from . import kernel  # noqa: PLC0415 - an interpreter without ctypes cannot load it

    if setup["own_pids"] < 0:
        setup["own_pids"] = os.open("/proc/self/ns/pid", os.O_RDONLY)
        try:
            kernel.enter(setup["own_pids"], kernel.NEW_PIDS)
        except OSError:  # these ids belong to another user namespace, so nobody comes back to them
            setup["returns"] = False
    if not setup.get("returns", True):
        return _adopted(kernel)
    kernel.unshare(kernel.NEW_PIDS)
    pid = -1
    try:
        pid = os.fork()
    finally:
        if pid != 0:
            kernel.enter(setup["own_pids"], kernel.NEW_PIDS)
    return pid


def _adopted(kernel: Any) -> int:
    """Fork it by way of a process that goes at once: it becomes a child of this one, the first here."""
    told, told_in = os.pipe()
    between = os.fork()
    if between == 0:
        pid = -1
        try:
            kernel.unshare(kernel.NEW_PIDS)
            pid = os.fork()
        finally:
            if pid != 0:
                os.write(told_in, str(pid).encode())
                os._exit(0)
        os.close(told)
        os.close(told_in)
        return 0
    os.close(told_in)
    os.waitpid(between, 0)
    with os.fdopen(told, "rb") as file:
        pid = int(file.read() or b"-1")
    if pid < 0:
        message = "the kernel refuses new process ids"
        raise OSError(message)
    return pid


def _look_after_tests(setup: dict[str, Any], work: int, status: int, *, results: int, output: int) -> None:
    """Raise the walls, have the tests' process ready, and once there is work see it done; never returns."""
    from . import kernel, walls  # noqa: PLC0415 - an interpreter without ctypes cannot load them

    ended = 1
    nonce = ""
    try:
        os.setsid()
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # the tests could send it
        kernel.hide_memory()
        written = walls.raise_walls(setup)
        handed_out, handed = os.pipe()
        pid = os.fork()
        if pid == 0:
            child.run(setup, handed_out, results, output)
        os.close(handed_out)
        os.close(output)
        with os.fdopen(work, "rb") as file:
            wanted = file.read()
        if not wanted:
            return
        given = json.loads(wanted)
        nonce = given["nonce"]
        walls.close_in(setup, given["texts"], written)
        with os.fdopen(handed, "wb") as file:
            file.write(wanted)
        ended = _reap_until(pid)
        _end_others()
        if changed := [] if written is None else written.changed([target for _, target in given["texts"]]):
            os.write(results, json.dumps([nonce, {"changed": changed}]).encode() + b"\n")
        os.write(status, str(ended).encode())
    except OSError as error:
        trouble = {"trouble": f"The sandbox could not be set up for the run: {error}."}
        with suppress(OSError):  # where that is what failed, nobody hears any more
            os.write(results, json.dumps([nonce, trouble]).encode() + b"\n")
    finally:
        os._exit(ended)


def _end_others() -> None:
    """End what the tests left behind: all that can be seen here but this, the first."""
    with suppress(ProcessLookupError):
        os.kill(-1, signal.SIGKILL)


def _reap_until(pid: int) -> int:
    """Wait for one process, and take note of orphans meanwhile."""
    while True:
        found, status = os.wait()
        if found == pid:
            return 128 + os.WTERMSIG(status) if os.WIFSIGNALED(status) else os.WEXITSTATUS(status)
