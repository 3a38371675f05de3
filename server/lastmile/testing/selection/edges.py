"""What a file depends on beside what ruff saw: its packages, conftest files, and what strings name.

Names of modules are resolved by their endings, so that each layout is covered: flat, ``src``, several
roots, namespace packages. A name that several files could stand for leads to all of them.
"""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property
from pathlib import PurePosixPath

from attrs import field, frozen

from lastmile.testing.selection.entries import Entries
from lastmile.testing.selection.facts import Facts, Import

_MOST_NAMESAKES = 8
"""How many files may go by one name before the name says nothing."""


@frozen
class Layout:
    """The files of a project by the names that they can be imported by."""

    files: frozenset[str]
    _ends: Mapping[str, tuple[str, ...]] = field(repr=False)

    @staticmethod
    def of(paths: Iterable[str]) -> Layout:
        """Index files by each ending of their dotted name."""
        ends: defaultdict[str, list[str]] = defaultdict(list)
        files = frozenset(paths)
        for path in files:
            parts = _parts(path)
            for start in range(len(parts)):
                ends[".".join(parts[start:])].append(path)
        return Layout(files, {name: tuple(found) for name, found in ends.items()})

    def modules(self, name: str) -> tuple[str, ...]:
        """Give the files that a dotted name can stand for."""
        found = self._ends.get(name, ())
        if "." not in name:  # a short name is an import's whole name, so the file lies at a root or beside it
            nearest = min((path.count("/") for path in found), default=0)
            found = tuple(path for path in found if path.count("/") <= nearest + 1)
        return found if len(found) <= _MOST_NAMESAKES else ()

    def targets(self, path: str, item: Import) -> Iterator[str]:
        """Give the files that an import statement in a file may load."""
        module = item.module
        if item.level:
            base = PurePosixPath(path).parents[item.level - 1] if item.level <= path.count("/") + 1 else None
            if base is None:
                return
            module = ".".join([*base.parts, *filter(None, [item.module])])
        if module:
            yield from self.modules(module)
        if item.name and item.name != "*":
            yield from self.modules(f"{module}.{item.name}" if module else item.name)

    def named(self, text: str) -> Iterator[str]:
        """Give the files that a string may name: a module, something in one, or a script."""
        if text.endswith(".py"):
            tail = text.replace("\\", "/").lstrip("./")
            yield from (path for path in self.files if path == tail or path.endswith(f"/{tail}"))
            return
        while text:
            yield from self.modules(text)
            text = text.rpartition(".")[0]

    def above(self, path: str) -> Iterator[str]:
        """Give what is loaded with a file: its packages' ``__init__`` and the conftest files above it."""
        for folder in PurePosixPath(path).parents:
            for name in ("__init__.py", "conftest.py"):
                candidate = (folder / name).as_posix()
                if candidate in self.files and candidate != path:
                    yield candidate


@frozen
class Dependents:
    """Who depends on which file, directly."""

    of: Mapping[str, frozenset[str]] = field(repr=False)

    @cached_property
    def _on(self) -> Mapping[str, frozenset[str]]:
        """What each file depends on, directly."""
        found: defaultdict[str, set[str]] = defaultdict(set)
        for target, users in self.of.items():
            for user in users:
                found[user].add(target)
        return {path: frozenset(targets) for path, targets in found.items()}

    def loads(self, path: str) -> frozenset[str]:
        """Give every file that is loaded with one, itself among them."""
        found = {path}
        waiting = [path]
        while waiting:
            more = self._on.get(waiting.pop(), frozenset()) - found
            found |= more
            waiting += more
        return frozenset(found)

    def hops(self, path: str) -> dict[str, int]:
        """Give every file that depends on one, over how many steps; itself at none."""
        found = {path: 0}
        waiting = deque([path])
        while waiting:
            here = waiting.popleft()
            for user in self.of.get(here, ()):
                if user not in found:
                    found[user] = found[here] + 1
                    waiting.append(user)
        return found


def dependents(
    imports: Mapping[str, Iterable[str]], facts: Mapping[str, Facts], *, tests: Iterable[str], known: Entries
) -> Dependents:
    """Turn what ruff saw, and what it did not, into who depends on whom."""
    layout = Layout.of(facts)
    users: defaultdict[str, set[str]] = defaultdict(set)
    for path, targets in imports.items():
        for target in targets:
            users[target].add(path)
    for path, held in facts.items():
        for target in (*_unseen(path, held, layout), *_commands(held, layout, known)):
            if target != path:
                users[target].add(path)
    for plugin in (target for module in known.plugins for target in layout.modules(module)):
        users[plugin].update(tests)
    return Dependents({path: frozenset(found) for path, found in users.items()})


def _unseen(path: str, known: Facts, layout: Layout) -> Iterator[str]:
    loaded = [target for item in known.imports for target in layout.targets(path, item)]
    loaded += (target for text in known.strings for target in layout.named(text))
    if known.starts_programs:  # ``python -m package`` runs its ``__main__``
        loaded += [main for target in loaded if (main := _main_of(target)) in layout.files]
    yield from loaded
    for target in (path, *loaded):
        yield from layout.above(target) if target == path else _packages(target, layout)


def _commands(held: Facts, layout: Layout, known: Entries) -> Iterator[str]:
    """Give the files behind the project's own commands that a file starts."""
    if held.starts_programs:
        for module in known.named_by(held.mentions):
            yield from layout.modules(module)


def _packages(path: str, layout: Layout) -> Iterator[str]:
    return (item for item in layout.above(path) if item.endswith("__init__.py"))


def _main_of(path: str) -> str:
    return PurePosixPath(path).with_name("__main__.py").as_posix() if path.endswith("__init__.py") else ""


def _parts(path: str) -> list[str]:
    parts = path.removesuffix(".py").removesuffix(".pyi").split("/")
    return parts[:-1] if parts[-1] == "__init__" and len(parts) > 1 else parts
