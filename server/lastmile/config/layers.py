"""Layers of values by key, and the messages about what they say; `resolve` is the door.

A value that is wrong is as if it had not been said: the layer below counts. What depends on more
than one key is checked in `whole`, when every source has spoken.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from attrs import define, field, frozen

from lastmile.config.convert import convert, from_text
from lastmile.config.keys import ANY, Entry, Path, Value, dotted, keys
from lastmile.config.names import kind_name, known_name, server_name
from lastmile.config.sources import Layer, Problem, Source
from lastmile.config.trust import allow, tighten
from lastmile.config.words import listed, shown
from lastmile.errors import SettingsError

_MOST_PROBLEMS = 20


@frozen
class Given:
    """A value that someone set, and that is right as far as it can be judged alone."""

    source: Source
    value: Value


@define
class Layers:
    """What the sources said so far, lowest first."""

    kinds: Collection[str] | None = None
    """The kinds of tasks that there are; None where any name is taken for one."""

    given: dict[Path, list[Given]] = field(factory=dict)
    problems: list[Problem] = field(factory=list)
    _told: dict[str, int] = field(factory=dict, init=False)

    def add(self, source: Source) -> None:
        """Lay a source over those before it."""
        if source.trouble:
            self.tell(source, (), source.trouble)
        if isinstance(source.values, Mapping):
            self._table(source, (), (), source.values)
        elif source.values is not None:
            self.tell(source, (), f"the settings must be a table, not {shown(source.values)}")

    def top(self, path: Path, entry: Entry) -> Value:
        """Give the value that counts now."""
        said = self.given.get(path)
        return said[-1].value if said else entry.default

    def drop(self, path: Path, why: str) -> None:
        """Refuse the value that counts now; the one below it counts instead."""
        source = self.given[path].pop().source
        if not self.given[path]:
            del self.given[path]
        self.tell(source, path, f"{why}; {self._stays(path)}")

    def tell(self, source: Source, path: Path, what: str) -> None:
        """Keep a problem. A place that is wrong all over is not listed in full."""
        told = self._told[source.place] = self._told.get(source.place, 0) + 1
        if told <= _MOST_PROBLEMS:
            self.problems.append(Problem(dotted(path), source.place_of(path), f"{source.subject(path)} {what}"))
        elif told == _MOST_PROBLEMS + 1:
            self.problems.append(Problem("", source.place, f"{source.place}: has further problems, not listed here"))

    def _table(self, source: Source, path: Path, pattern: Path, values: Mapping[Any, object]) -> None:
        for name, raw in values.items():
            if raw is not None:  # An editor sends null for what nobody set.
                self._item(source, path, pattern, (str(name), raw))

    def _item(self, source: Source, path: Path, pattern: Path, item: tuple[str, object]) -> None:
        name, _, rest = item[0].partition(".")
        raw = {rest: item[1]} if rest else item[1]
        try:
            chosen, part = self._chosen(source, path, pattern, name, raw)
        except SettingsError as error:
            self.tell(source, (*path, *item[0].split(".")), str(error))
            return
        here, there = (*path, chosen), (*pattern, part)
        if there not in keys().tables:
            self._leaf(source, here, keys().entries[there], raw)
        elif isinstance(raw, Mapping):
            self._table(source, here, there, raw)
        else:
            inside = keys().tables[there]
            names = "tables by name" if inside == (ANY,) else f"a table of {listed(inside)}"
            self.tell(source, here, f"must be {names}, not {shown(raw)}")

    def _leaf(self, source: Source, path: Path, entry: Entry, raw: object) -> None:
        in_text = source.layer is Layer.ENVIRONMENT and isinstance(raw, str)
        try:
            if source.layer is Layer.PROJECT:
                allow(path, entry)
            value = convert(entry, from_text(entry, str(raw)) if in_text else raw)
            if source.layer is Layer.PROJECT:
                value = tighten(entry, value, lower=self.top(path, entry))
        except SettingsError as error:
            self.tell(source, path, f"{error}; {self._stays(path)}")
            return
        self.given.setdefault(path, []).append(Given(source, value))

    def _chosen(self, source: Source, path: Path, pattern: Path, name: str, raw: object) -> tuple[str, str]:
        """Find the name in the tree that was meant, and its part of the pattern."""
        inside = keys().tables[pattern]
        if inside != (ANY,):
            # Looking for what was meant takes time, which a place full of unknown names does not get.
            guess = self._told.get(source.place, 0) < _MOST_PROBLEMS
            chosen = known_name(path, inside, name, guess=guess, in_variables=source.layer is Layer.ENVIRONMENT)
            return chosen, chosen
        if path == ("tasks",):
            return kind_name(name, self.kinds), ANY
        taken = [known[len(path)] for known in self.given if known[: len(path)] == path]
        return server_name(name, taken, is_table=isinstance(raw, Mapping)), ANY

    def _stays(self, path: Path) -> str:
        said = self.given.get(path)
        return f"the value from {said[-1].source.place_of(path)} stays" if said else "the default stays"
