"""From changed units to all units that may behave otherwise, by the names that they mention.

What a unit does reaches another only where somebody named it: the caller, or whoever handed it on. So
the units that mention an affected name are affected, and the names that they define are, and so on.
A name says nothing of the object that it is looked up on: this reaches too far rather than too short.
"""

from __future__ import annotations

import sys
from collections import defaultdict, deque
from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property

from attrs import define, field, frozen

from lastmile.testing.selection.facts import CLASS, FUNCTION, MODULE, Facts, Unit

Place = tuple[str, int]
"""A file, and the number of a unit in it."""

# Classes outside of the project that call no method of ours of their own accord.
_QUIET_BASES = {"object", "Exception", "Generic", "Protocol", "ABC", "NamedTuple", "Enum", "IntEnum", "TypedDict"}
_QUIET_BASES |= {"ValueError", "TypeError", "KeyError", "RuntimeError", "LookupError", "AttributeError"}


def is_quiet(base: str) -> bool:
    """Tell whether a class outside of the project calls no method of ours of its own accord."""
    return base in _QUIET_BASES


@frozen
class Name:
    """An affected name."""

    path: str
    text: str
    member: bool
    """Whether it is looked up on an object rather than in a module."""

    fixture: bool = False
    """Whether a parameter of that name asks for it."""

    owner: str = ""
    """The class that it is looked up on, by the last part of its name; empty where that is not known."""


@frozen
class Index:
    """The facts of a project, turned so that the units which mention a name are found at once."""

    facts: Mapping[str, Facts] = field(repr=False)

    @cached_property
    def classes(self) -> Mapping[str, tuple[Place, ...]]:
        """The classes of the project by name."""
        found: defaultdict[str, list[Place]] = defaultdict(list)
        for path, known in self.facts.items():
            for number, unit in enumerate(known.units):
                if unit.kind == CLASS:
                    found[unit.name].append((path, number))
        return {name: tuple(places) for name, places in found.items()}

    @cached_property
    def definers(self) -> Mapping[str, tuple[Place, ...]]:
        """The units that define a name, whatever it belongs to; who imports it does not define it."""
        found: defaultdict[str, list[Place]] = defaultdict(list)
        for path, known in self.facts.items():
            imported = {item.bound for item in known.imports}
            for number, unit in enumerate(known.units):
                for name in {unit.name, *unit.binds} - imported - {""}:
                    found[name].append((path, number))
        return {name: tuple(places) for name, places in found.items()}

    def state_of(self, place: Place) -> Iterator[str]:
        """Give the variables of its module that a unit mentions: where it may keep what it is told."""
        path, number = place
        known = self.facts[path]
        kept = {name for unit in known.units if unit.kind == MODULE and not unit.owner for name in unit.binds}
        return (name for name in kept if number in known.mentions.get(name, ()))

    @cached_property
    def files(self) -> Mapping[str, tuple[str, ...]]:
        """The files in which a word is mentioned."""
        found: defaultdict[str, list[str]] = defaultdict(list)
        for path, known in self.facts.items():
            for word in known.mentions:
                found[word].append(path)
        return {word: tuple(paths) for word, paths in found.items()}

    @cached_property
    def reflecting(self) -> tuple[Place, ...]:
        """The units that may look any name up."""
        return tuple((path, number) for path, known in self.facts.items() for number in known.reflects)

    @cached_property
    def importers(self) -> Mapping[str, tuple[tuple[str, str], ...]]:
        """Who imports a name, and what it is called there; ``*`` for who imports all names of a module."""
        own = {part.removesuffix(".py") for path in self.facts for part in path.split("/")}
        foreign = sys.stdlib_module_names - own
        found: defaultdict[str, list[tuple[str, str]]] = defaultdict(list)
        for path, known in self.facts.items():
            for item in known.imports:
                if item.level or item.module.partition(".")[0] not in foreign:
                    found[item.name].append((path, item.bound))
        return {name: tuple(dict.fromkeys(pairs)) for name, pairs in found.items()}

    def everywhere(self, word: str) -> Iterator[Place]:
        """Give the units that mention a word, in all files."""
        for path in self.files.get(word, ()):
            for number in self.facts[path].mentions[word]:
                yield path, number

    def parts_of(self, name: str) -> Iterator[str]:
        """Give the words of strings that a name may be put together with: ``visit_`` and ``_handler``."""
        for at in range(1, len(name) - 1):
            if name[at] == "_":
                yield from (part for part in (name[: at + 1], name[at:]) if f"'{part}" in self.files)


@define
class Reach:
    """Gathers what is affected."""

    index: Index
    depth: dict[Place, int] = field(factory=dict)
    """The affected units, by how many steps they are away from the change."""

    leaves: frozenset[Place] = frozenset()
    """The tests themselves: nobody is affected by them but who calls them."""

    files: frozenset[str] | None = None
    """The files that are loaded; None for all of the project."""

    _waiting: deque[Place] = field(factory=deque, init=False)
    _names: set[Name] = field(factory=set, init=False)
    _said: set[str] = field(factory=set, init=False)
    _inherited: set[tuple[str, str]] = field(factory=set, init=False)
    _imported: set[str] = field(factory=set, init=False)
    _told: set[Place] = field(factory=set, init=False)

    def spread(self, changed: Iterable[Place]) -> None:
        """Follow the names from the changed units on."""
        for place in changed:
            self._affect(place, 0)
        self._drain()

    def _drain(self) -> None:
        while self._waiting:
            place = self._waiting.popleft()
            for holder in self._set_up_by(place):
                self._affect(holder, self.depth[place])
            for told in self._told_by(place):
                self.depth.setdefault(told, self.depth[place] + 1)
                self._waiting.append(told)  # also where it was met before: then nobody had told it yet
            for name in dict.fromkeys(self._names_of(place)):
                if name not in self._names:
                    self._names.add(name)
                    self._follow(name, self.depth[place] + 1)

    def _affect(self, place: Place, depth: int) -> None:
        if place not in self.depth and (self.files is None or place[0] in self.files):
            self.depth[place] = depth
            self._waiting.append(place)

    def _follow(self, name: Name, depth: int) -> None:
        waiting = [name]
        while waiting:
            here = waiting.pop()
            for place in self._mentioning(here):
                self._affect(place, depth)
            for path, bound in () if here.member else self._importing(here):
                again = Name(path, bound, member=False)
                if again not in self._names:
                    self._names.add(again)
                    waiting.append(again)

    def _mentioning(self, name: Name) -> Iterator[Place]:
        facts = self.index.facts
        yield from ((name.path, number) for number in facts[name.path].mentions.get(name.text, ()))
        if name.fixture:
            yield from self.index.everywhere(f"@{name.text}")
        yield from self._inheriting(name)
        yield from self.index.reflecting
        if name.text in self._said:
            return
        self._said.add(name.text)
        for word in (f".{name.text}", f"'{name.text}"):
            yield from self.index.everywhere(word)
        for part in self.index.parts_of(name.text):
            yield from self.index.everywhere(f"'{part}")

    def _inheriting(self, name: Name) -> Iterator[Place]:
        """Give the methods that find a name by ``super()``."""
        if not name.member or (name.text, name.owner) in self._inherited:
            return
        self._inherited.add((name.text, name.owner))
        yield from self.index.everywhere(f"^{name.text}")

    def _importing(self, name: Name) -> Iterator[tuple[str, str]]:
        """Give the names by which other files know a name of a module; asked once for a name, whoever defines it."""
        if name.text in self._imported:
            return
        self._imported.add(name.text)
        yield from self.index.importers.get(name.text, ())
        for path, _ in self.index.importers.get("*", ()):
            if name.text in self.index.facts[path].mentions:
                yield path, name.text

    def _told_by(self, place: Place) -> list[Place]:
        """Give the units that hear of this one as its module is loaded, and may hand it on to whoever asks them."""
        told = {
            definer for word in self._registered(place) for definer in self.index.definers.get(word.lstrip("."), ())
        } - self._told
        if self.files is not None:
            told = {definer for definer in told if definer[0] in self.files}
        self._told |= told
        return sorted(told)

    def _registered(self, place: Place) -> tuple[str, ...]:
        """Give what hears of a unit as it is loaded; what decorates a test hands it to pytest alone."""
        path, number = place
        unit = self.index.facts[path].units[number]
        return () if place in self.leaves and unit.kind == FUNCTION else unit.registers

    def _set_up_by(self, place: Place) -> Iterator[Place]:
        """Give the class whose tests all begin or end with a method."""
        path, number = place
        units = self.index.facts[path].units
        if units[number].owner and (units[number].everywhere or units[number].shared):
            owners = [
                at for at, unit in enumerate(units) if unit.kind == CLASS and unit.qualname == units[number].owner
            ]
            yield from ((path, at) for at in owners)

    def _names_of(self, place: Place) -> Iterator[Name]:
        path, number = place
        unit = self.index.facts[path].units[number]
        for word in self._registered(place):
            yield Name(path, word.lstrip("."), member=word.startswith("."))
        if place in self._told:
            yield from (Name(path, name, member=False) for name in self.index.state_of(place))
            yield from (Name(path, part, member=False) for part in unit.owner.split(".") if part)
        for bound in unit.binds:
            owner = unit.name or unit.owner
            yield Name(path, bound, member=bool(owner), owner=owner.rpartition(".")[2])
        if unit.name:
            owner = unit.owner.rpartition(".")[2]
            yield Name(path, unit.name, member=bool(owner), fixture=unit.fixture, owner=owner)
        if unit.fixture:
            yield from (Name(path, text, member=False, fixture=True) for text in unit.strings)
        if unit.owner and place not in self.leaves and self._called_unnamed(path, unit):
            yield from (Name(path, part, member=False) for part in unit.owner.split("."))

    def _called_unnamed(self, path: str, unit: Unit) -> bool:
        """Tell whether somebody may use what a class holds without naming it."""
        if unit.kind != FUNCTION:
            return unit.kind == CLASS or not unit.binds
        if unit.name.startswith("__") and unit.name.endswith("__"):
            return True
        return not self._is_named(unit.name) or not self._quiet(path, unit.owner)

    def _is_named(self, name: str) -> bool:
        return any(f"{sign}{name}" in self.index.files for sign in ".^'")

    def _quiet(self, path: str, owner: str) -> bool:
        """Tell whether all bases of a class are classes of the project, or known to call nothing."""
        units = self.index.facts[path].units
        waiting = [unit for unit in units if unit.kind == CLASS and unit.qualname == owner]
        seen: set[str] = set()
        while waiting:
            for base in waiting.pop().bases:
                if base in seen or is_quiet(base):
                    continue
                seen.add(base)
                ours = [self.index.facts[file].units[number] for file, number in self.index.classes.get(base, ())]
                if not ours:
                    return False
                waiting += ours
        return True
