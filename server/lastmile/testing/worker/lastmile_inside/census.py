"""Counts the processes and the memory of a run from outside of it, in /proc.

A limit of processes does not hold for root, and a limit of memory is each process's own.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import NamedTuple

_PAGE = os.sysconf("SC_PAGE_SIZE")
_LEAST_FREE = 0.04
"""The share of the machine's memory below which the greediest has to go: what lies in no process counts here."""


class Person(NamedTuple):
    """A process."""

    pid: int
    parent: int
    pages: int
    """Those that are its own."""


def people() -> list[Person]:
    """List the processes that can be seen here."""
    found = (_person(name) for name in os.listdir("/proc") if name.isdigit())
    return [person for person in found if person is not None]


def family(first: int, everyone: list[Person]) -> list[Person]:
    """Give a process and all that come of it."""
    children: dict[int, list[Person]] = {}
    for person in everyone:
        children.setdefault(person[1], []).append(person)
    return [person for person in everyone if person[0] == first] + list(_below(first, children))


def excess(members: list[Person], limits: dict[str, int]) -> str:
    """Name what a run has too much of; empty where it keeps to its limits."""
    if len(members) > limits["processes"]:
        return "processes"
    if sum(pages for _, _, pages in members) * _PAGE <= limits["memory"]:
        return ""
    return "memory" if sum(map(_proportional, members)) > limits["memory"] else ""


def is_short() -> bool:
    """Tell whether the whole machine runs out of memory."""
    with open("/proc/meminfo", encoding="ascii") as file:
        sizes = {line.split(":")[0]: int(line.split()[1]) for line in file if line.startswith("Mem")}
    return sizes.get("MemAvailable", 1) < _LEAST_FREE * sizes.get("MemTotal", 1)


def _below(first: int, children: dict[int, list[Person]]) -> Iterator[Person]:
    waiting = [first]
    while waiting:
        for person in children.pop(waiting.pop(), []):
            yield person
            waiting.append(person[0])


def _person(name: str) -> Person | None:
    try:
        with open(f"/proc/{name}/stat", "rb") as file:
            parent = int(file.read().rpartition(b")")[2].split()[1])
        with open(f"/proc/{name}/statm", "rb") as file:
            _, resident, shared = file.read().split()[:3]
    except OSError:
        return None  # it is gone
    return Person(int(name), parent, int(resident) - int(shared))


def _proportional(person: Person) -> int:
    """Give a process's memory in bytes, each page shared among those that have it.

    One that does not let itself be looked into counts with all that is its own.
    """
    try:
        with open(f"/proc/{person.pid}/smaps_rollup", "rb") as file:
            return sum(int(line.split()[1]) for line in file if line.startswith(b"Pss:")) * 1024
    except OSError:
        return person.pages * _PAGE if os.path.exists(f"/proc/{person.pid}") else 0
