"""Which tests can see a change: first those that load the file, then those that can reach the symbol.

Pure: all that was read comes in as values.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import PurePosixPath

from attrs import evolve

from lastmile.testing.selection.collecting import Item
from lastmile.testing.selection.contexts import Seen
from lastmile.testing.selection.facts import CLASS, FUNCTION, MODULE, Facts, Unit
from lastmile.testing.selection.order import Rank
from lastmile.testing.selection.reach import Place
from lastmile.testing.selection.scene import Change, Scene
from lastmile.testing.selection.stepping import FAR, steps

_TELLING = 3
"""Letters of a name that says something where it is found in another."""

_CACHING = {"cache", "lru_cache", "cached_property", "fixture", "memoize", "cached"}
_SIGNS = ".'^@"
"""What a mention begins with that is no bare name: of a member, of a string, of ``super()``, of a parameter."""

_NEAR = 1
"""Tests that name the symbol itself run whatever coverage says."""


def changed_units(change: Change, scene: Scene) -> tuple[Place, ...]:
    """Give the units that hold the changed lines; empty where they hold more than units can say."""
    known = scene.index.facts[change.path]
    if change.lines is None or not known.whole:
        return ()
    first, last = change.lines
    touched = [
        (number, unit) for number, unit in enumerate(known.units) if unit.lines[0] <= last and first <= unit.lines[1]
    ]
    inner = [item for item in touched if not _is_around(item[1], touched, change.lines)]
    if any(unit.kind == MODULE and not unit.binds for _, unit in inner):
        return ()
    return tuple((change.path, number) for number, _ in inner)


def rank(change: Change, scene: Scene, seen: Seen | None = None) -> tuple[Rank, ...]:
    """Give the tests that can see the change, each with how near it is."""
    hops = scene.dependents.hops(change.path)
    loading = [item for item in scene.collection.tests if item.path in hops]
    units = changed_units(change, scene)
    found = steps(change, scene, units, loading) if units else {}
    countable = seen if seen is not None and units and _is_countable(units, scene, seen) else None
    if countable is not None:
        found = _seen(found, loading, scene, countable)
    kept = [item for item in loading if item.id in found] or loading
    files = {item.id for item in kept if item.id == item.path}
    kept = [item for item in kept if item.id == item.path or item.path not in files]
    if countable is not None and found:
        kept = [inner for item in kept for inner in _opened(item, countable)]
    names = _names(change, units, scene)
    return tuple(
        _rank(item, found.get(item.id, found.get(item.path, FAR)), hops[item.path], names, scene.failed)
        for item in kept
    )


def _is_countable(units: tuple[Place, ...], scene: Scene, seen: Seen) -> bool:
    """Tell whether coverage saw all that can run the units: functions, run in tests alone, again for each of them."""
    shared = any(unit.shared for known in scene.index.facts.values() for unit in known.units)
    if seen.outside or (seen.around and shared):
        return False
    if not all(_runs_anew(scene.index.facts[path].units[number]) for path, number in units):
        return False
    around = {*units, *filter(None, (_place(path, line, scene) for path, line in seen.callers))}
    return not any(_is_kept(place, scene) for place in (*around, *_called(around, scene)))


def _runs_anew(unit: Unit) -> bool:
    return unit.kind == FUNCTION and _CACHING.isdisjoint(unit.decorators) and not unit.registers


def _place(path: str, line: int, scene: Scene) -> Place | None:
    """Find the function that stands in a line, or the one that it stands in."""
    known = scene.index.facts.get(path, Facts())
    held = [
        (unit.lines[1] - unit.lines[0], number)
        for number, unit in enumerate(known.units)
        if unit.kind == FUNCTION and unit.lines[0] <= line <= unit.lines[1]
    ]
    return (path, min(held)[1]) if held else None


def _called(places: Iterable[Place], scene: Scene) -> Iterator[Place]:
    """Give what the units may hand on what they have: the functions that they name, not those of an object."""
    for path, number in places:
        for word, units in scene.index.facts[path].mentions.items():
            if word[0] not in _SIGNS and number in units:
                yield from scene.index.definers.get(word, ())


def _is_kept(place: Place, scene: Scene) -> bool:
    """Tell whether what a unit does for one test may be met by another."""
    unit = scene.index.facts[place[0]].units[place[1]]
    return unit.kind == FUNCTION and (unit.keeps or not (_CACHING - {"fixture"}).isdisjoint(unit.decorators))


def _seen(near: Mapping[str, int], loading: Iterable[Item], scene: Scene, seen: Seen) -> dict[str, int]:
    found: dict[str, int] = {}
    for item in loading:
        depth = near.get(item.id)
        named = depth is not None and (depth <= _NEAR or not seen.knows(item.id) or item.body in scene.programs)
        if named or seen.ran(item.id):
            found[item.id] = FAR if depth is None else depth
    return found


def _opened(item: Item, seen: Seen) -> list[Item]:
    """Put the tests that coverage knows of in the place of a file that stands for tests which cannot be read."""
    inner = seen.within(item.id) if item.id == item.path else ()
    return [evolve(item, id=name) for name in inner] or [item]


def _is_around(unit: Unit, touched: Iterable[tuple[int, Unit]], lines: tuple[int, int]) -> bool:
    """Tell whether the change lies in a unit that stands inside of this one and holds all of it."""
    return unit.kind in {CLASS, MODULE} and any(
        other is not unit
        and unit.lines[0] <= other.lines[0]
        and other.lines[1] <= unit.lines[1]
        and other.lines[0] <= lines[0]
        and lines[1] <= other.lines[1]
        for _, other in touched
    )


def _names(change: Change, units: Iterable[Place], scene: Scene) -> frozenset[str]:
    own = {scene.index.facts[path].units[number].name for path, number in units}
    return frozenset(name.lower() for name in {*own, PurePosixPath(change.path).stem} if len(name) >= _TELLING)


def _rank(item: Item, steps: int, hops: int, names: frozenset[str], failed: frozenset[str]) -> Rank:
    shown = item.id.lower()
    return Rank(item.id in failed, steps, hops, any(name in shown for name in names), item.id)
