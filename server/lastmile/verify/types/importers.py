"""Which files import a file, by the graph that tests are selected by: a draft may bring errors into them.

Type checkers that are language servers look at no file that they are not asked for.
"""

from __future__ import annotations

import os
from collections import defaultdict, deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

from attrs import define, field

from lastmile.errors import ToolError
from lastmile.testing.selection.graph import Graph, Tree
from lastmile.tools.process import Runner

Importers = Callable[[Path], Sequence[Path]]
"""Names the files that import a file, nearest first. Blocks; raises `ToolError` where it cannot tell."""

MOST = 30
"""Files that are looked at: the nearest see most of what a change does to types."""


def no_importers(_path: Path) -> Sequence[Path]:
    """Name no file that imports another."""
    return ()


def shortened(importers: Importers, path: Path) -> tuple[list[Path], str]:
    """Give the nearest importers of a file, and what a verdict has to say of those left out."""
    try:
        found = [other for other in importers(path) if other != path]
    except ToolError as error:
        return [], f"the files that import it were not looked at: {error}"
    return found[:MOST], f"with {MOST} of the {len(found)} files that import it" if len(found) > MOST else ""


@define(eq=False)
class GraphImporters:
    """Knows who imports whom in one project; for several threads."""

    root: Path
    """The project's folder, as documents name it."""

    graph: Graph
    _users: tuple[Tree, Mapping[str, Sequence[str]]] | None = field(default=None, init=False)

    def __call__(self, path: Path) -> Sequence[Path]:
        """Name the files that import a file, straight or by way of others; see `Importers`."""
        real = Path(os.path.realpath(path))
        if not real.is_relative_to(self.graph.root):
            return ()
        tree = self.graph.tree(Runner())
        found = _nearest(self._turned(tree), real.relative_to(self.graph.root).as_posix())
        return [self.root / name for name in found if name not in tree.links]

    def _turned(self, tree: Tree) -> Mapping[str, Sequence[str]]:
        known = self._users
        if known is None or known[0] is not tree:
            users: defaultdict[str, list[str]] = defaultdict(list)
            for path, imported in tree.imports.items():
                for name in imported:
                    users[name].append(path)
            known = self._users = tree, users
        return known[1]


def _nearest(users: Mapping[str, Sequence[str]], path: str) -> Iterator[str]:
    seen, waiting = {path}, deque([path])
    while waiting:
        for user in users.get(waiting.popleft(), ()):
            if user not in seen:
                seen.add(user)
                waiting.append(user)
                yield user


@define(eq=False)
class Neighbours:
    """Knows who stands beside whom in one project; for several threads."""

    root: Path
    """The project's folder, as documents name it."""

    graph: Graph
    _users: GraphImporters = field(init=False)

    def __attrs_post_init__(self) -> None:
        self._users = GraphImporters(self.root, self.graph)

    def __call__(self, path: Path) -> tuple[Sequence[Path], Sequence[Path]]:
        """Name the files that a file imports, and those that import it, nearest first. Blocks; raises `ToolError`."""
        real = Path(os.path.realpath(path))
        if not real.is_relative_to(self.graph.root):
            return (), ()
        imported = self.graph.tree(Runner()).imports.get(real.relative_to(self.graph.root).as_posix(), ())
        return [self.root / name for name in imported], self._users(path)
