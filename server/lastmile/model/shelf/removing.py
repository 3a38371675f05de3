"""Deletes what `pulling` brought, and nothing else: what has no note beside it, and is no part, is somebody's own."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from lastmile.model.shelf.catalogue import Entry
from lastmile.model.shelf.places import place_of
from lastmile.model.shelf.pulling import alone


def ours(entry: Entry, env: Mapping[str, str]) -> list[Path]:
    """List the files of a model that were pulled: the model, or parts of it."""
    place = place_of(entry, env)
    had = place.had()
    return [*([had] if had is not None and not had.is_symlink() else []), *place.parts()]


def removed(entry: Entry, env: Mapping[str, str]) -> None:
    """Delete them, and the folder where nothing else is in it. Raises `ModelError` where it is just being pulled."""
    place = place_of(entry, env)
    with alone(place):
        for file in (*ours(entry, env), place.note, place.lock):
            file.unlink(missing_ok=True)
    with suppress(OSError):  # Something of the person's own lies there.
        place.folder.rmdir()
