"""Finds the file that a name stands for: a model of the catalogue, another program's, or a path."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from attrs import frozen

from lastmile.config.words import closest
from lastmile.errors import RequestError
from lastmile.model.header import Header, whole
from lastmile.model.shelf.catalogue import Entry, catalogue
from lastmile.model.shelf.found import found
from lastmile.model.shelf.installed import Seen, look
from lastmile.model.shelf.places import place_of


@frozen
class Usable:
    """A model's file that this machine's llama.cpp can load."""

    file: Path
    header: Header
    seen: Seen


def entry_of(name: str) -> Entry:
    """Find a model of the catalogue. Raises `RequestError`."""
    entries = {entry.name: entry for entry in catalogue()}
    if name not in entries:
        meant = closest(name, entries)
        hint = f'did you mean "{meant}"?' if meant else "lastmile model list shows what is."
        message = f"{name} is not in the catalogue; {hint}"
        raise RequestError(message)
    return entries[name]


def file_of(name: str, env: Mapping[str, str]) -> Path:
    """Find the file that a name or a path stands for. Raises `RequestError`."""
    for entry in catalogue():
        if entry.name == name:
            place = place_of(entry, env)
            if place.pulled() is None:
                message = f"{name} is not here yet: lastmile model pull {name} downloads it."
                raise RequestError(message)
            return place.file
    for other in found(env):
        if other.name == name:
            return other.file
    path = Path(name).expanduser().absolute()
    if path.is_file():
        return path
    message = f"{name} is neither a file nor a model that is here; lastmile model list shows the models that are."
    raise RequestError(message)


def usable(file: Path) -> Usable:
    """See that a file is whole, and that llama.cpp knows its kind; blocks. Raises `ModelError` or `RequestError`."""
    header = whole(file)
    if not header.tensors and "split.count" not in header.about:
        message = f"{file} has a vocabulary and no weights: choose another."
        raise RequestError(message)
    return Usable(file, header, look(file))
