"""What ``lastmile doctor`` says of local models: the machine, llama.cpp's build, the model that is set, what fits.

It downloads nothing, and loads llama.cpp in a process of its own.
"""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Iterable, Iterator, Mapping
from importlib.metadata import PackageNotFoundError, requires, version
from pathlib import Path

from attrs import frozen

from lastmile.config.local import LocalModel
from lastmile.errors import LastmileError
from lastmile.model.header import read
from lastmile.model.shelf.advice import best, install, room
from lastmile.model.shelf.catalogue import catalogue
from lastmile.model.shelf.choosing import usable
from lastmile.model.shelf.here import cells_of
from lastmile.model.shelf.installed import Build, build
from lastmile.model.shelf.machine import Machine, gigabytes, machine, size
from lastmile.model.shelf.places import place_of

_PACKAGE = "llama-cpp-python"


@frozen
class Line:
    """One thing that was looked at."""

    topic: str
    text: str
    wrong: bool = False
    """Whether something is broken, rather than merely not set up."""


async def advise(own: LocalModel, env: Mapping[str, str], trouble: str) -> list[Line]:
    """Look, and advise; ``trouble`` is what is wrong with the model that is set, where something is."""
    return await asyncio.to_thread(lambda: list(_lines(own, env, trouble)))


async def troubles(models: Iterable[LocalModel]) -> dict[Path, str]:
    """Say what is wrong with the models' files, each once; empty where it can be loaded. Nothing is loaded here."""
    files = list(dict.fromkeys(model.file for model in models))
    return dict(zip(files, await asyncio.gather(*(asyncio.to_thread(_trouble, file) for file in files)), strict=True))


def _trouble(file: Path) -> str:
    try:
        usable(file)
    except LastmileError as error:
        return str(error)
    return ""


def _lines(own: LocalModel, env: Mapping[str, str], trouble: str) -> Iterator[Line]:
    there = machine(env)
    yield Line("machine", str(there))
    command = install(there, sys.executable, sys.version_info[:2], _required())
    found: Build | None = None
    try:
        found = build()
    except LastmileError as error:
        yield Line("llama.cpp", f"{error} By: {command}", wrong=True)
    else:
        yield Line("llama.cpp", _built(found, there, command))
    if own.path:
        yield Line("model", trouble, wrong=True) if trouble else _own(own)
    yield Line("best model", _best(own, env, there, offload=found is not None and found.offload))


def _required() -> str:
    """Give what Lastmile says of the library that it needs."""
    return next((each for each in requires("lastmile") or () if each.startswith(_PACKAGE)), _PACKAGE)


def _built(found: Build, there: Machine, command: str) -> str:
    try:
        text = f"{_PACKAGE} {version(_PACKAGE)}, built for {found.kind}"
    except PackageNotFoundError:
        text = f"{_PACKAGE}, built for {found.kind}"
    if there.accelerator is None or found.offload:
        return text
    return f"{text}, though there is {there.accelerator.name}. To make use of that: {command}"


def _own(own: LocalModel) -> Line:
    header = read(own.file)
    return Line("model", f"{header.name or own.name}, {header.architecture}, {size(header.size)}: {own.file}")


def _best(own: LocalModel, env: Mapping[str, str], there: Machine, *, offload: bool) -> str:
    space = room(there, offload=offload)
    entry = best(catalogue(), space, cells_of(own))
    where = "on the accelerator" if space.accelerated else "on processors"
    if entry is None:
        return f"none of the catalogue fits {where}: {gigabytes(space.bytes)} are reckoned for it"
    text = f"{entry.name} is the best of the catalogue {where}, and takes some {gigabytes(entry.needs(cells_of(own)))}"
    place = place_of(entry, env)
    if place.pulled() is None:
        return f"{text}: lastmile model pull {entry.name}"
    if os.path.realpath(place.file) == os.path.realpath(own.file):
        return f"{text}; it is in use"
    return f"{text}; it is here: lastmile model use {entry.name}"
