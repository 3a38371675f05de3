"""The tests that a project has, by node id, as pytest would collect them; read, not run.

Parametrised tests stand under the name of their function, without brackets. Where tests are made in ways
that reading cannot follow (``setattr`` on a class, a loop over ``globals``, decorators that rename), the class or the
file stands for what is in it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property

from attrs import field, frozen

from lastmile.testing.selection.facts import CLASS, FUNCTION, MODULE, Facts, Unit
from lastmile.testing.selection.settings import PytestSettings

_CASES = ("TestCase", "IsolatedAsyncioTestCase")
_DEEPEST_BASES = 12
_RENAMING = {"expand", "data", "file_data", "idata"}
"""Decorators of parameterized and ddt, which make tests of other names out of a function."""

_MAKING = {"setattr", "globals", "locals"}
_HARMLESS = {"skip", "skipIf", "skipUnless", "pytest.mark", "patch", "object", "dataclass", "final"}
"""Decorators of classes that leave its tests what they are."""


@frozen
class Item:
    """One test, and the units that make it."""

    id: str
    path: str
    """The file that it is collected from."""

    body: tuple[str, int]
    """The function itself: a file, and the number of the unit in it. For a whole file, its first unit."""

    holder: tuple[str, int] | None = None
    """The class that it is collected from, which need not be the one that defines it."""


@frozen
class Collection:
    """All tests of a project."""

    tests: tuple[Item, ...] = field(default=(), repr=False)

    @cached_property
    def files(self) -> frozenset[str]:
        """The files that tests are collected from."""
        return frozenset(test.path for test in self.tests)


def collect(facts: Mapping[str, Facts], settings: PytestSettings) -> Collection:
    """Find the tests in the files that pytest would look into."""
    classes: defaultdict[str, list[tuple[str, int]]] = defaultdict(list)
    for path, known in facts.items():
        for number, unit in enumerate(known.units):
            if unit.kind == CLASS:
                classes[unit.name].append((path, number))
    reader = _Collector(facts, settings, classes)
    return Collection(tuple(test for path in sorted(facts) for test in reader.of_file(path)))


@frozen
class _Collector:
    facts: Mapping[str, Facts]
    settings: PytestSettings
    classes: Mapping[str, list[tuple[str, int]]]

    def of_file(self, path: str) -> Iterator[Item]:
        known = self.facts[path]
        if self.settings.is_document(path):
            yield Item(path, path, (path, 0))
        if self.settings.doctest_modules and known.doctests and self.settings.is_in_place(path):
            yield Item(path, path, (path, 0))
        if not self.settings.is_test_file(path):
            return
        if not known.whole or self._makes_tests(path, known):
            yield Item(path, path, (path, 0))
        for number, unit in enumerate(known.units):
            if unit.kind == FUNCTION and not unit.owner and self._names_test(unit):
                yield Item(f"{path}::{unit.name}", path, (path, number))
            elif unit.kind == CLASS and self._holds_tests(path, number):
                yield from self._of_class(path, number)

    def _of_class(self, path: str, number: int) -> Iterator[Item]:
        unit = self.facts[path].units[number]
        holder = f"{path}::{unit.qualname.replace('.', '::')}"
        case = self._is_case(path, number)
        seen: set[str] = set()
        for place in self._lineage(path, number):
            for name, method in self._methods(place):
                is_test = name.startswith("test") if case else self.settings.is_test_function(name)
                shown = holder if self._is_renamed(method) else f"{holder}::{name}"
                if is_test and shown not in seen:
                    seen.add(shown)
                    yield Item(shown, path, method, (path, number))

    def _methods(self, place: tuple[str, int]) -> Iterator[tuple[str, tuple[str, int]]]:
        path, number = place
        units = self.facts[path].units
        owner = units[number].qualname
        for index, unit in enumerate(units):
            if unit.owner == owner and unit.kind == FUNCTION and not unit.fixture:
                yield unit.name, (path, index)

    def _holds_tests(self, path: str, number: int) -> bool:
        unit = self.facts[path].units[number]
        if self._is_case(path, number):
            return True
        holders = unit.owner.split(".") if unit.owner else []
        return all(map(self.settings.is_test_class, [*holders, unit.name])) and not self._has_init(path, number)

    def _has_init(self, path: str, number: int) -> bool:
        return any(name in {"__init__", "__new__"} for name, _ in self._methods((path, number)))

    def _is_case(self, path: str, number: int) -> bool:
        lineage = self._lineage(path, number)
        return any(base.endswith(_CASES) for file, index in lineage for base in self.facts[file].units[index].bases)

    def _lineage(self, path: str, number: int) -> list[tuple[str, int]]:
        """Give a class and its bases in the project, nearest first; a namesake in the same file goes first."""
        found, waiting = [(path, number)], [(path, number)]
        for _ in range(_DEEPEST_BASES):
            bases = [item for place in waiting for item in self._bases(place) if item not in found]
            if not bases:
                break
            found += dict.fromkeys(bases)
            waiting = bases
        return found

    def _bases(self, place: tuple[str, int]) -> Iterable[tuple[str, int]]:
        path, number = place
        for base in self.facts[path].units[number].bases:
            namesakes = [item for item in self.classes.get(base, ()) if item != place]
            yield from [item for item in namesakes if item[0] == path] or namesakes

    def _makes_tests(self, path: str, known: Facts) -> bool:
        """Tell whether a file makes tests as it is loaded: a call or a loop that has to do with its test classes."""
        units = known.units
        holders = [at for at, unit in enumerate(units) if unit.kind == CLASS and self._holds_tests(path, at)]
        if any(set(units[at].decorators) - _HARMLESS for at in holders):
            return True
        telling = _MAKING | {units[at].name for at in holders}
        if any(unit.kind == MODULE and not telling.isdisjoint(unit.registers) for unit in units):
            return True
        helpers = (at for at, unit in enumerate(units) if not unit.owner and not self._names_test(unit))
        return not set(known.mentions.get("globals", ())).isdisjoint(helpers)

    def _is_renamed(self, place: tuple[str, int]) -> bool:
        path, number = place
        return not _RENAMING.isdisjoint(self.facts[path].units[number].decorators)

    def _names_test(self, unit: Unit) -> bool:
        return not unit.fixture and self.settings.is_test_function(unit.name)
