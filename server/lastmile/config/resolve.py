"""Settings from all their places: defaults, the user's file, the editor, the project, the environment.

Later ones win. Whatever the places say, the result is valid settings and messages for a person.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from attrs import field, frozen

from lastmile.config.convert import plain, structure
from lastmile.config.keys import Path, dotted
from lastmile.config.layers import Layers
from lastmile.config.sources import Problem, Source
from lastmile.config.tree import Settings
from lastmile.config.whole import settle

DEFAULT = "the default"


@frozen
class Resolved:
    """The settings, where each came from, and what was wrong."""

    settings: Settings = field(factory=Settings)
    origins: Mapping[str, str] = field(factory=dict)
    """The place that set a dotted key: a file's path, ``the editor's settings``, ``LASTMILE_PAID``."""

    problems: tuple[Problem, ...] = ()

    def origin(self, key: str) -> str:
        """Name the place that set the key, or say that it is the default."""
        return self.origins.get(key, DEFAULT)


def resolve(*sources: Source | None, kinds: Collection[str] | None = None) -> Resolved:
    """Lay the sources over each other, by their layers and, within one, as they are given.

    None stands for a place that is not there. With ``kinds``, the names of the kinds of tasks, a
    wrong name under ``tasks`` is a problem. Never raises over what a source says.
    """
    layers = Layers(kinds)
    for source in sorted((source for source in sources if source), key=lambda source: source.layer):
        layers.add(source)
    settle(layers)
    values = plain(Settings())
    for path, said in layers.given.items():
        _put(values, path, said[-1].value)
    origins = {dotted(path): said[-1].source.place_of(path) for path, said in layers.given.items()}
    return Resolved(structure(values), origins, tuple(layers.problems))


def _put(values: dict[str, Any], path: Path, value: object) -> None:
    for part in path[:-1]:
        if values.get(part) is None:
            values[part] = {}
        values = values[part]
    values[path[-1]] = value
