"""What models there are on this machine, beside the catalogue: everything that a list of them shows, as values."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from pathlib import Path

from attrs import frozen

from lastmile.config.local import LocalModel
from lastmile.errors import ModelError
from lastmile.model.header import whole
from lastmile.model.shelf.advice import Room
from lastmile.model.shelf.catalogue import Entry, catalogue
from lastmile.model.shelf.found import found
from lastmile.model.shelf.places import place_of
from lastmile.model.shelf.weighing import needed_by


@frozen
class Offered:
    """A model of the catalogue."""

    entry: Entry
    file: Path | None
    """Where it was pulled to; None where it was not."""

    began: bool
    """Whether a part of it is here."""

    used: bool
    needs: int
    """Bytes of memory, estimated."""

    fits: bool


@frozen
class Other:
    """A file that is used where it is."""

    name: str
    file: Path
    used: bool
    trouble: str = ""
    """Why it cannot be used."""

    architecture: str = ""
    size: int = 0
    needs: int = 0
    fits: bool = False


def offered(own: LocalModel, room: Room, env: Mapping[str, str]) -> Iterator[Offered]:
    """List the catalogue, the smallest first."""
    cells = cells_of(own)
    for entry in catalogue():
        place = place_of(entry, env)
        file = place.file if place.pulled() else None
        used = file is not None and _same(file, own)
        yield Offered(entry, file, bool(place.parts()), used, entry.needs(cells), room.fits(entry.needs(cells)))


def others(own: LocalModel, room: Room, env: Mapping[str, str]) -> Iterator[Other]:
    """List what other programs have, and the model in use where it is nobody's that is known."""
    pulled = {place_of(entry, env).file for entry in catalogue() if place_of(entry, env).pulled()}
    files = {each.name: each.file for each in found(env)}
    known = {os.path.realpath(file) for file in (*pulled, *files.values())}
    if own.path and os.path.realpath(own.file) not in known:
        files[str(own.file)] = own.file
    for name, file in files.items():
        yield _other(name, file, own, room)


def cells_of(own: LocalModel) -> int:
    """Give how many tokens a host holds in all."""
    return own.context + own.completion_context


def _other(name: str, file: Path, own: LocalModel, room: Room) -> Other:
    used = _same(file, own)
    try:
        header = whole(file)
        needs = needed_by(file, header, cells_of(own))
    except (ModelError, OSError) as error:
        return Other(name, file, used, str(error))
    return Other(name, file, used, "", header.architecture, header.size, needs, room.fits(needs))


def _same(file: Path, own: LocalModel) -> bool:
    return bool(own.path) and os.path.realpath(file) == os.path.realpath(own.file)
