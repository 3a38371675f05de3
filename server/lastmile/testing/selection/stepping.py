"""How many steps lie between a change and each test, over the names that units mention.

Code runs for a test only where its process loads the file that it stands in. So the names are followed
once for all tests that load the same files, through those files alone.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from pathlib import PurePosixPath

from lastmile.testing.selection.collecting import Item
from lastmile.testing.selection.facts import MODULE
from lastmile.testing.selection.reach import Place, Reach
from lastmile.testing.selection.scene import Change, Scene

FAR = 99
"""Steps to a test that only loads the file."""

_MOST_GROUPS = 40
"""How often the names are followed for one change: tests that fall into more groups are taken as one."""


def steps(change: Change, scene: Scene, units: tuple[Place, ...], loading: list[Item]) -> dict[str, int]:
    """Give the steps from the changed units to each test that they reach, of those that load the file."""
    groups = _groups(scene, loading)
    if len(groups) > _MOST_GROUPS:
        groups = [(None, list(loading))]
    found: dict[str, int] = {}
    for files, items in groups:
        found |= _reached(change, scene, units, items, files)
    return found


def _groups(scene: Scene, items: Iterable[Item]) -> list[tuple[frozenset[str] | None, list[Item]]]:
    """Put tests together whose files load the same files beside tests; None stands for any file there is."""
    by_file: defaultdict[str, list[Item]] = defaultdict(list)
    for item in items:
        by_file[item.path].append(item)
    together: defaultdict[frozenset[str] | None, list[Item]] = defaultdict(list)
    files: defaultdict[frozenset[str] | None, set[str]] = defaultdict(set)
    for path, own in by_file.items():
        loaded = scene.loaded(path)
        key = None if loaded is None else loaded - scene.collection.files
        together[key] += own
        files[key] |= loaded or frozenset()
    return [(None if key is None else frozenset(files[key]), found) for key, found in together.items()]


def _reached(
    change: Change, scene: Scene, units: tuple[Place, ...], items: list[Item], files: frozenset[str] | None
) -> dict[str, int]:
    """Follow the names through some files, and give the steps to each test that is met."""
    reach = Reach(scene.index, leaves=frozenset(item.body for item in items), files=files)
    reach.spread(units)
    near = dict(reach.depth)
    # A program that a test starts runs what it likes, so whoever starts one is reached at the end.
    hops = scene.dependents.hops(change.path)
    reach.spread(place for place in scene.programs if place[0] in hops)
    return _met(items, reach, near, scene)


def _met(items: list[Item], reach: Reach, near: Mapping[Place, int], scene: Scene) -> dict[str, int]:
    """Give the steps to each test that is met."""
    blanket = _blanket(reach, scene)
    found = ((item.id, min(_depths(item, reach.depth, near, blanket, scene), default=None)) for item in items)
    return {name: depth for name, depth in found if depth is not None}


def _depths(
    item: Item, depth: Mapping[Place, int], near: Mapping[Place, int], blanket: Mapping[str, int], scene: Scene
) -> Iterator[int]:
    """Give the ways in which a test is met, each with its steps."""
    for place in (item.body, item.holder):
        if place is not None and place in depth:
            yield depth[place] + (0 if place in near else FAR)
    for prefix, steps_to in blanket.items():
        if item.path == prefix or _in_folder(item.path, prefix):
            yield steps_to
    if not scene.index.facts[item.path].whole or item.id == item.path:
        yield FAR


def _blanket(reach: Reach, scene: Scene) -> dict[str, int]:
    """Give the test files and folders in which something that runs for all tests is reached."""
    found: dict[str, int] = {}
    for (path, number), depth in reach.depth.items():
        unit = scene.index.facts[path].units[number]
        mark = unit.kind == MODULE and "pytestmark" in unit.binds
        if (unit.everywhere and not unit.owner) or (unit.everywhere and unit.fixture) or mark:
            conftest = PurePosixPath(path).name == "conftest.py"
            # What is neither a test file nor a conftest is a plugin, which all tests have loaded.
            prefix = path.removesuffix("conftest.py") if conftest else path if path in scene.collection.files else ""
            found[prefix] = min(depth, found.get(prefix, FAR))
    return found


def _in_folder(path: str, prefix: str) -> bool:
    return prefix == "" or (prefix.endswith("/") and path.startswith(prefix))
