"""Forks the processes of a run: the first of its namespaces, and below it that of the tests."""

from __future__ import annotations

import json
import os
import signal
from typing import Any, NamedTuple

from . import child


class Birth(NamedTuple):
    """A run that has begun."""

    pid: int
    """Of its first process; everything ends with it."""

    results: int
    """Where it says its results, to read from."""

    output: int
    """What it prints, to read from."""


def start(setup: dict[str, Any], wanted: dict[str, Any]) -> Birth:
    """Start a run. Raises OSError where the kernel refuses another process."""
    results, results_in = os.pipe()
    output, output_in = os.pipe()
    pid = _first(setup) if setup["isolated"] else os.fork()
    if pid == 0:
        if setup["isolated"]:
            _look_after_tests(setup, wanted, results_in, output_in)
        os.setsid()
        child.run(setup, wanted, results_in, output_in)
    os.close(results_in)
    os.close(output_in)
    return Birth(pid, results, output)


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

            walls.raise_walls(setup, [])
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


def _look_after_tests(setup: dict[str, Any], wanted: dict[str, Any], results: int, output: int) -> None:
    """Raise the walls, start the tests and wait for them; never returns."""
    from . import kernel, walls  # noqa: PLC0415 - an interpreter without ctypes cannot load them

    status = 1
    try:
        os.setsid()
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # the tests could send it
        kernel.hide_memory()
        walls.raise_walls(setup, wanted["texts"])
        pid = os.fork()
        if pid == 0:
            child.run(setup, wanted, results, output)
        os.close(results)
        os.close(output)
        status = _reap_until(pid)
    except OSError as error:
        trouble = {"trouble": f"The sandbox could not be set up for the run: {error}."}
        os.write(results, json.dumps([wanted["nonce"], trouble]).encode() + b"\n")
    finally:
        os._exit(status)


def _reap_until(pid: int) -> int:
    """Wait for one process, and take note of orphans meanwhile."""
    while True:
        found, status = os.wait()
        if found == pid:
            return 128 + os.WTERMSIG(status) if os.WIFSIGNALED(status) else os.WEXITSTATUS(status)
