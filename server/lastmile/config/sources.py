"""A place that settings come from, and what is wrong with what it says.

Which source wins is decided in `layers`; files and variables are read in `project_files` and
`environment`.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import IntEnum

from attrs import field, frozen

from lastmile.config.keys import Path, variable
from lastmile.config.words import shown_key, shown_name


class Layer(IntEnum):
    """Who speaks. A higher one wins; `PROJECT` alone is not trusted."""

    USER = 1
    EDITOR = 2
    PROJECT = 3
    ENVIRONMENT = 4


@frozen
class Source:
    """What one place says, unchecked."""

    layer: Layer
    place: str
    """As messages name it: a file's path, ``the editor``."""

    values: object = field(factory=dict, repr=False)
    """Nested tables by name; a name may be dotted. Anything else is a problem, and None says nothing."""

    trouble: str = ""
    """Why the place could not be read: a sentence for a person."""

    def place_of(self, path: Path) -> str:
        """Name what set a key here: the variable in the environment, else the place."""
        return variable(path) if self.layer is Layer.ENVIRONMENT else self.place

    def subject(self, path: Path) -> str:
        """Begin a message about a key here, or about the whole place."""
        if self.layer is Layer.ENVIRONMENT:
            return shown_name(variable(path))
        return f"{self.place}: {shown_key(path)}" if path else f"{self.place}:"


@frozen
class Problem:
    """One thing that is wrong with the settings. Everything else counts all the same."""

    key: str
    """Dotted; empty where it is about a whole place."""

    place: str
    message: str
    """What is wrong, where, and what was expected, in sentences."""

    def __str__(self) -> str:
        """Give the message."""
        return self.message


def from_editor(values: object, *, place: str = "the editor's settings") -> Source:
    """Take initialization options or an answer to ``workspace/configuration``.

    They may be wrapped in a table ``lastmile``, or have ``lastmile.`` before each name, as editors
    differ. ``trace`` is the editor's own: its language client reads it and sends it along.
    """
    if not isinstance(values, Mapping):
        return Source(Layer.EDITOR, place, values)
    found: dict[object, object] = {}
    for name, value in values.items():
        if name == "lastmile" and isinstance(value, Mapping):
            found.update(value)
        else:
            found[str(name).removeprefix("lastmile.")] = value
    kept = {name: value for name, value in found.items() if str(name).partition(".")[0] != "trace"}
    return Source(Layer.EDITOR, place, kept)
