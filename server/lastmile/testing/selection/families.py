"""Which classes may stand in one line of inheritance, so that ``super()`` in one of them leads to the other."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from collections.abc import Set as AbstractSet

from attrs import field, frozen

from lastmile.testing.selection.facts import CLASS, Facts, Unit


@frozen
class Families:
    """The classes of a project by name; namesakes are taken as one."""

    _together: Mapping[str, AbstractSet[str]] = field(repr=False)
    """The classes that some class has among its ancestors together with one."""

    _open: AbstractSet[str] = field(repr=False)
    """Classes with a descendant whose bases cannot all be told."""

    @staticmethod
    def of(facts: Iterable[Facts]) -> Families:
        """Gather them."""
        known = list(facts)
        bases: defaultdict[str, set[str]] = defaultdict(set)
        for unit in _classes(known):
            bases[unit.name].update(unit.bases)
        other = _other_names(known)
        together: defaultdict[str, set[str]] = defaultdict(set)
        unclear: set[str] = set()
        for name in bases:
            line = _line(name, bases)
            ours = line & bases.keys()
            for member in ours:
                together[member] |= ours
            if "=" in line or not other.isdisjoint(line - ours):
                unclear |= ours
        return Families(together, unclear)

    def may_lead(self, name: str, *, to: str) -> bool:
        """Tell whether ``super()`` in a class may find what another class holds."""
        return name in self._open or to in self._together.get(name, ())


def _classes(known: Iterable[Facts]) -> Iterator[Unit]:
    return (unit for item in known for unit in item.units if unit.kind == CLASS)


def _other_names(known: Iterable[Facts]) -> set[str]:
    """Give the names that may stand for a class of another name: what is assigned, made or renamed on import."""
    found: set[str] = set()
    for item in known:
        imported = {line.bound for line in item.imports if line.bound == line.name}
        found.update(line.bound for line in item.imports if line.bound != line.name)
        for unit in item.units:
            found.update({*unit.binds, *([unit.name] if unit.kind != CLASS else [])} - imported)
    return found


def _line(name: str, bases: Mapping[str, set[str]]) -> set[str]:
    found, waiting = {name}, [name]
    while waiting:
        more = bases.get(waiting.pop(), set()) - found
        found |= more
        waiting += more
    return found
