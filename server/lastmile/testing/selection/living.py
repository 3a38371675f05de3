"""Which classes a test has to get hold of before a change can matter to it.

A method runs on a class, or on an object of it. Whoever has one got it, over however many steps, from a
unit that names the class or one of its subclasses; unless a class announces itself where it is made.
"""

from __future__ import annotations

import builtins
import sys
from collections.abc import Iterable, Iterator

from lastmile.testing.selection.facts import CLASS, Unit
from lastmile.testing.selection.reach import Index, Name, Place, is_quiet

_MOST_CLASSES = 12
"""Classes of which any will do above which hardly a test does without one, and looking costs more than it saves."""


def needed(units: Iterable[Place], index: Index) -> tuple[Name, ...] | None:
    """Give the names of classes of which a test needs one; None where it may do without."""
    places: dict[Place, None] = {}
    for path, number in units:
        unit = index.facts[path].units[number]
        if not unit.owner:
            return None
        places |= dict.fromkeys(_named(path, unit.owner, index))
    found = _with_subclasses(places, index)
    if not found or len(found) > _MOST_CLASSES or any(_announces_itself(place, index) for place in found):
        return None
    return tuple(_name(place, index) for place in found)


def _named(path: str, qualname: str, index: Index) -> Iterator[Place]:
    for number, unit in enumerate(index.facts[path].units):
        if unit.kind == CLASS and unit.qualname == qualname:
            yield path, number


def _name(place: Place, index: Index) -> Name:
    unit = _unit(place, index)
    return Name(place[0], unit.name, member=bool(unit.owner))


def _with_subclasses(places: Iterable[Place], index: Index) -> dict[Place, None]:
    """Add whatever may inherit, by the names of bases; an alias of a class is named by whoever makes it."""
    found = dict.fromkeys(places)
    waiting = list(found)
    while waiting:
        name = _unit(waiting.pop(), index).name
        more = [place for place in index.subclasses.get(name, ()) if place not in found]
        found |= dict.fromkeys(more)
        waiting += more
    return found


def _announces_itself(place: Place, index: Index) -> bool:
    """Tell whether making the class may leave it where others find it: a decorator, a metaclass, a base's hook."""
    waiting, seen = [place], {place}
    while waiting:
        here = waiting.pop()
        unit = _unit(here, index)
        if unit.registers or _has_hook(here, index):
            return True
        for base in unit.bases:
            ours = _classes(here[0], base, index)
            if not ours and not _is_harmless(here[0], base, index):
                return True
            waiting += [item for item in ours if item not in seen]
            seen.update(ours)
    return False


def _classes(path: str, base: str, index: Index) -> tuple[Place, ...]:
    """Give the classes that a base's name can stand for in a file: its own, where it has one."""
    named = index.classes.get(base, ())
    return tuple(place for place in named if place[0] == path) or named


def _has_hook(place: Place, index: Index) -> bool:
    owner = _unit(place, index).qualname
    return any(unit.owner == owner and unit.name == "__init_subclass__" for unit in index.facts[place[0]].units)


def _is_harmless(path: str, base: str, index: Index) -> bool:
    """Tell whether a base of elsewhere keeps no list of its subclasses: what Python brings does not."""
    if is_quiet(base) or hasattr(builtins, base):
        return True
    origins = {item.module.partition(".")[0] for item in index.facts[path].imports if item.bound == base}
    return bool(origins) and origins <= sys.stdlib_module_names


def _unit(place: Place, index: Index) -> Unit:
    return index.facts[place[0]].units[place[1]]
