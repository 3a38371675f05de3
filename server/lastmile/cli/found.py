"""Which of the files that were named and found `lastmile fix` works on, and what it says of the others."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from attrs import frozen


@frozen
class Found:
    """The files of one run."""

    files: tuple[Path, ...]
    left_alone: tuple[str, ...]
    """What a person has to know of those that are not worked on, a line each."""


def sort_out(named: Sequence[Path], found: Sequence[Path]) -> Found:
    """Leave out what leads outside of what was named: in a folder, whoever wrote it made the link."""
    places = [_real(path) for path in named]
    real = {path: _real(path) for path in found}
    files = tuple(path for path in found if any(real[path].is_relative_to(place) for place in places))
    return Found(files, (*_missing(zip(named, places, strict=True), {*real.values()}), *_links(found, {*files})))


def _missing(named: Iterable[tuple[Path, Path]], real: set[Path]) -> Iterator[str]:
    for path, place in named:
        if path.is_file() and place not in real:
            yield f"{path} is not Python, or ruff's settings exclude it: it was left alone."


def _links(found: Iterable[Path], files: set[Path]) -> Iterator[str]:
    return (f"{path} is a link that leads out of the folder: it was left alone." for path in found if path not in files)


def _real(path: Path) -> Path:
    return Path(os.path.realpath(path))  # `Path.resolve` raises for links that lead in a circle
