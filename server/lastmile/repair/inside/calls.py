"""Makes calls like those that were recorded, and some at the edges of what they allow.

Standard library only, for the project's own interpreter. What all recorded calls have in common (types,
signs, order, uniqueness, letters, how a number stands to a length) is taken for what callers keep to;
calls that keep to it are near. Of the others only those are made that a caller could mean: nothing in
a container where every recorded one had something.
"""

# ruff: noqa: ANN401 - values of any type pass through here: they are the project's own

from __future__ import annotations

import copy
import random
from collections.abc import Callable, Iterator
from itertools import combinations
from typing import Any, Dict, Tuple

Given = Dict[str, Any]
Call = Tuple[str, Given, bool, bool]
_TRIES = 3000
_SMALL = 1000
_DEEP = 40
_OF_NOTHING = ("not negative", "positive", "one or more", "small", "not empty", "unique", "sorted", "alike")
"""What holds of each item where there is none."""


def calls(records: list[tuple[str, Given, str]], passing: set[str], most: int) -> list[Call]:
    """Give calls, those of the tests first: function, arguments, whether near, whether a passing test made it."""
    found: dict[str, Call] = {}
    for name, given, test in records:
        key = f"{name}{_key(given)}"
        if key not in found or test in passing:
            found[key] = (name, given, True, test in passing)
    own = list(found.values())
    for name in dict.fromkeys(name for name, *_rest in own):
        mine = [given for other, given, *_rest in own if other == name]
        share = max(10, (most - len(own)) // len({n for n, *_rest in own}))
        _more(name, mine, share, found)
    return list(found.values())[: max(most, len(own))]


def _more(name: str, mine: list[Given], share: int, found: dict[str, Call]) -> None:
    """Add calls of one function."""
    chance = random.Random(0)  # noqa: S311 - the same calls each time
    same = Common(mine)
    edges = share // 6
    for given in _edges(mine):
        if edges and _key(given) and f"{name}{_key(given)}" not in found:
            edges -= 1
            found[f"{name}{_key(given)}"] = (name, given, same.holds(given), False)
    for _ in range(_TRIES):
        if share <= 0:
            break
        given = _varied(mine, chance)
        key = f"{name}{_key(given)}"
        if key not in found and same.holds(given):
            share -= 1
            found[key] = (name, given, True, False)


def _key(given: Given) -> str:
    return repr(sorted(given.items(), key=lambda item: item[0]))[:2000]


def _edges(mine: list[Given]) -> Iterator[Given]:
    """Put nothing, or one thing, in the place of each argument of the shortest call."""
    base = min(mine, key=lambda given: len(_key(given)))
    for name, value in base.items():
        for edge in _nothings(value):
            yield {**copy.deepcopy(base), name: edge}
    if base and all(_nothings(value) for value in base.values()):
        yield {name: _nothings(value)[0] for name, value in base.items()}


def _nothings(value: Any) -> list[Any]:
    """List the edges of a value. Numbers have none of their own: whether zero is meant, the tests' calls tell."""
    if isinstance(value, bool):
        return [not value]
    if isinstance(value, (list, str, tuple)):
        return [value[:0], value[:1]]
    if isinstance(value, (dict, set)):
        return [type(value)()]
    return []


def _varied(mine: list[Given], chance: random.Random) -> Given:
    """Take a recorded call and change one or two of its arguments, by another's or by a little."""
    given = dict(chance.choice(mine))
    names = list(given)
    for name in chance.sample(names, min(len(names), chance.choice((1, 1, 2)))):
        pool = [other[name] for other in mine]
        given[name] = chance.choice(pool) if chance.random() < 0.25 else given[name]  # noqa: PLR2004 - now and then
        for _ in range(chance.choice((1, 1, 2, 3))):
            given[name] = _changed(given[name], pool, chance)
    given = copy.deepcopy(given)
    if objects := reachable(list(given.values())):
        _rewire(given, objects, chance)
    return given


def _rewire(given: Given, objects: list[Any], chance: random.Random) -> None:
    """Change one field of an object that the arguments hold, or which of the objects an argument is."""
    name = chance.choice(list(given))
    same = [item for item in objects if type(item) is type(given[name])]
    if same and chance.random() < 0.5:  # noqa: PLR2004 - evenly
        given[name] = chance.choice(same)
        return
    one = chance.choice(objects)
    field, old = chance.choice(list(vars(one).items()))
    if isinstance(old, list):
        setattr(one, field, chance.choice((old[1:], old[:-1], [*old, chance.choice(objects)])))
    elif old is None or old in objects:
        setattr(one, field, chance.choice((None, chance.choice(objects))))


def reachable(values: list[Any]) -> list[Any]:
    """List the objects of the project's own classes that values hold, each once, those with fields alone."""
    found: list[Any] = []
    seen: set[int] = set()
    left = list(values)
    while left and len(seen) < _SMALL:
        value = left.pop(0)
        if id(value) in seen:
            continue
        seen.add(id(value))
        if isinstance(value, (list, tuple, set)):
            left += value
        elif isinstance(value, dict):
            left += [*value.keys(), *value.values()]
        elif not isinstance(value, type) and getattr(value, "__dict__", None):
            found.append(value)
            left += vars(value).values()
    return found


def _returns(value: Any, above: tuple[int, ...] = ()) -> bool:
    """Tell whether an object can be reached from itself."""
    if id(value) in above or len(above) > _DEEP:
        return True
    if isinstance(value, (list, tuple)):
        return any(_returns(item, above) for item in value)
    return any(_returns(item, (*above, id(value))) for item in getattr(value, "__dict__", {}).values())


def _changed(value: Any, pool: list[Any], chance: random.Random) -> Any:  # noqa: PLR0911 - one a type
    """Change a value a little, keeping its type."""
    if isinstance(value, bool):
        return not value
    if isinstance(value, int):
        return chance.choice((value + 1, value - 1, value + 2, value // 2, value * 2, chance.randint(0, 12), -value))
    if isinstance(value, float):
        return chance.choice((value + 1, value / 2, value * 2, value + 0.5, -value, float(chance.randint(0, 9))))
    if isinstance(value, str):
        letters = "".join(item for item in pool if isinstance(item, str)) or "ab"
        return "".join(_sequence(list(value), lambda _item: chance.choice(letters), chance))
    if isinstance(value, list):
        items = [inner for other in pool if isinstance(other, list) for inner in other]
        return _sequence(value, lambda item: _item(item, items, chance), chance)
    if isinstance(value, tuple) and value:
        at = chance.randrange(len(value))
        return (*value[:at], _changed(value[at], [value[at]], chance), *value[at + 1 :])
    if isinstance(value, dict) and value:
        return _dictionary(value, chance)
    if isinstance(value, set) and value:
        return set(_sequence(sorted(value, key=repr), lambda item: _item(item, [], chance), chance))
    return value


def _item(item: Any, items: list[Any], chance: random.Random) -> Any:
    """Give an item for a sequence: a little other, or one that was seen."""
    return chance.choice(items) if items and chance.random() < 0.5 else _changed(item, items or [item], chance)  # noqa: PLR2004 - evenly


def _sequence(value: list[Any], new: Callable[[Any], Any], chance: random.Random) -> list[Any]:
    items = list(value)
    at = chance.randrange(len(items)) if items else 0
    how = chance.choice(("drop", "put", "add", "swap", "mix", "cut", "order", "turn", "twice"))
    if how == "mix":
        chance.shuffle(items)
    elif how == "order":
        return _ordered(items)
    elif how == "turn":
        items.reverse()
    elif items:
        _changed_at(items, at, how, new)
    return items


def _changed_at(items: list[Any], at: int, how: str, new: Callable[[Any], Any]) -> None:
    """Change a list at one place, or up to it."""
    if how == "drop":
        del items[at]
    elif how == "put":
        items[at] = new(items[at])
    elif how == "add":
        items.insert(at, new(items[at]))
    elif how == "swap" and len(items) > 1:
        items[at - 1], items[at] = items[at], items[at - 1]
    elif how == "cut" and at:
        del items[at:]
    elif how == "twice":
        items.insert(at, items[at])


def _ordered(items: list[Any]) -> list[Any]:
    try:
        return sorted(items)
    except TypeError:
        return items


def _dictionary(value: dict[Any, Any], chance: random.Random) -> dict[Any, Any]:
    items = dict(value)
    key = chance.choice(list(items))
    if chance.random() < 0.3 and len(items) > 1:  # noqa: PLR2004 - less often than changed
        del items[key]
    else:
        items[key] = _changed(items[key], [items[key]], chance)
    return items


class Common:
    """What all recorded calls of a function have in common."""

    def __init__(self, mine: list[Given]) -> None:
        self.marks = {name: frozenset.intersection(*(_marks(given[name]) for given in mine)) for name in mine[0]}
        self.kinds = {name: {_kind(given[name]) for given in mine} for name in mine[0]}
        self.letters = {
            name: frozenset(c for g in mine for c in (g[name] if isinstance(g[name], str) else "")) for name in mine[0]
        }
        self.pairs = frozenset.intersection(*(_pairs(given) for given in mine))

    def holds(self, given: Given) -> bool:
        """Tell whether a call keeps to it."""
        return self.pairs <= _pairs(given) and all(
            self.marks[name] <= _marks(value)
            and _kind(value) in self.kinds[name]
            and (not isinstance(value, str) or set(value) <= self.letters[name])
            for name, value in given.items()
        )


def _kind(value: Any) -> str:
    if isinstance(value, (list, tuple, set)) and value:
        return f"{type(value).__name__} of {' or '.join(sorted({_kind(item) for item in value}))}"
    return type(value).__name__


def _marks(value: Any) -> frozenset[str]:
    """List what is true of a value and may be meant."""
    found: dict[str, bool] = {}
    if isinstance(value, (int, float)):
        found = {
            "not negative": value >= 0,
            "positive": value > 0,
            "one or more": value >= 1,
            "small": abs(value) < _SMALL,
        }
    elif isinstance(value, (str, list, tuple, dict, set)):
        found = {"not empty": len(value) > 0}
    if getattr(value, "__dict__", None):
        found = {"does not return": not _returns(value)}
    if isinstance(value, (list, tuple, dict)):
        items = list(value.values()) if isinstance(value, dict) else list(value)
        ordered = _ordered(items)
        alike = len({type(item) for item in items}) <= 1
        found = {
            **found,
            "sorted": ordered == items,
            "not falling": ordered[::-1] != items or len(items) <= 1,
            "unique": len({repr(item) for item in items}) == len(items),
            "alike": alike,
            "palindrome": items == items[::-1],
            "same lengths": len({len(item) for item in items if isinstance(item, (list, tuple))}) <= 1,
        }
        inner = [_marks(item) for item in items]
        each = frozenset.intersection(*inner) if inner else _OF_NOTHING
        found.update((f"each {mark}", True) for mark in each)
    return frozenset(mark for mark, holds in found.items() if holds)


def _pairs(given: Given) -> frozenset[str]:
    """List how arguments stand to each other."""
    found = set()
    for (one, a), (other, b) in combinations(given.items(), 2):
        for left, x, right, y in ((one, a, other, b), (other, b, one, a)):
            found |= {f"{left} {words} {right}" for words in _relations(x, y)}
    return frozenset(found)


def _relations(x: Any, y: Any) -> Iterator[str]:
    if isinstance(x, (int, float)) and isinstance(y, (int, float)):
        yield from (words for words, holds in (("<", x < y), ("<=", x <= y)) if holds)
    elif isinstance(x, int) and isinstance(y, (list, str, tuple)):
        yield from (words for words, holds in (("< length of", x < len(y)), ("<= length of", x <= len(y))) if holds)
        numbers = [item for item in y if isinstance(item, (int, float))]
        if len(numbers) == len(y):
            yield from (
                words
                for words, holds in (
                    ("in", x in numbers or not numbers),
                    ("above all of", all(x > item for item in numbers)),
                )
                if holds
            )
    elif isinstance(x, (list, str)) and type(x) is type(y) and len(x) <= len(y):
        yield "not longer than"
