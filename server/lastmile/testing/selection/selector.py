"""The tests that can see a change of one project: reads what changed since it was asked last, and decides.

It keeps what it read, by content; sources are parsed in the worker, files are looked at in a thread.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Mapping
from pathlib import Path

from attrs import define, field

from lastmile.errors import ToolError
from lastmile.testing.selection.collecting import collect
from lastmile.testing.selection.contexts import Seen, data_file, seen
from lastmile.testing.selection.documents import read_documents, untold
from lastmile.testing.selection.edges import dependents
from lastmile.testing.selection.entries import entries
from lastmile.testing.selection.facts import Facts
from lastmile.testing.selection.graph import Graph, Stamp, Tree
from lastmile.testing.selection.narrowing import changed_units, rank
from lastmile.testing.selection.order import last_failed, within
from lastmile.testing.selection.reach import Index
from lastmile.testing.selection.reading import read, read_files
from lastmile.testing.selection.scene import Change, Scene
from lastmile.testing.selection.settings import pytest_settings
from lastmile.testing.values import Selection
from lastmile.text.edits import Span
from lastmile.text.snapshot import Snapshot
from lastmile.tools.offload import Offload
from lastmile.tools.process import in_thread

_BATCH = 150
"""Files that the worker reads in one call, which takes a second or two."""

_MOST_TEXTS = 64


@define
class Selector:
    """Selects tests of the project in one folder; safe to share between tasks of one loop."""

    root: Path
    offload: Offload
    _graph: Graph
    _facts: dict[str, tuple[Stamp, Facts]] = field(factory=dict, init=False)
    _texts: dict[str, Facts] = field(factory=dict, init=False)
    _scene: tuple[object, Scene] | None = field(default=None, init=False)
    _lock: asyncio.Lock = field(factory=asyncio.Lock, init=False)

    @staticmethod
    def of(root: Path, offload: Offload, *, ruff: str = "") -> Selector:
        """Make one for a project's folder."""
        real = root.resolve()
        return Selector(real, offload, Graph(real, ruff))

    async def select(
        self,
        snapshot: Snapshot,
        target: Span | None,
        *,
        buffers: Mapping[Path, str] | None = None,
        seconds: Mapping[str, float] | None = None,
        budget: float = 10.0,
    ) -> Selection:
        """Find the tests that can see a change of the target, or of the whole file where there is none.

        ``buffers`` are the texts of other documents that differ from the disk, ``seconds`` what tests took
        before, by node id, and ``budget`` the seconds that all of them may take.
        """
        path = self._relative(snapshot.path)
        if not path:
            return Selection(cut="The document is no file of the project.")
        texts = {name: text for file, text in (buffers or {}).items() if (name := self._relative(file))}
        texts[path] = snapshot.text
        async with self._lock:
            try:
                tree = await in_thread(self._graph.tree)
                scene = await self._look(tree, texts)
            except ToolError as error:
                return Selection(cut=str(error))
        if path not in scene.index.facts:
            return Selection(total=len(scene.collection.tests), cut=f"{path} cannot be read.")
        change = Change(path, _lines(snapshot, target))
        return await asyncio.to_thread(self._decide, scene, change, tree, seconds or {}, budget)

    async def _look(self, tree: Tree, texts: Mapping[str, str]) -> Scene:
        """Bring the facts up to date and put them together."""
        await self._read(tree)
        facts = {path: self._facts[path][1] for path in tree.imports}
        for path, text in texts.items():
            facts[path] = await self._text(text, facts.get(path))
        key = (tree, tuple(map(id, facts.values())))
        if self._scene is None or self._scene[0] != key:
            self._scene = key, await asyncio.to_thread(_scene, self.root, tree, facts)
        return self._scene[1]

    async def _read(self, tree: Tree) -> None:
        stale = [path for path in tree.imports if self._facts.get(path, (None,))[0] != tree.stamps[path]]
        for start in range(0, len(stale), _BATCH):
            batch = stale[start : start + _BATCH]
            places = tuple(os.path.join(self.root, path) for path in batch)
            for path, known in zip(batch, await self.offload.run(read_files, places), strict=True):
                self._facts[path] = tree.stamps[path], known
        for path in self._facts.keys() - tree.imports.keys():
            del self._facts[path]

    async def _text(self, text: str, on_disk: Facts | None) -> Facts:
        """Read a buffer; where it does not parse, what the disk holds has to do."""
        if text not in self._texts:
            while len(self._texts) >= _MOST_TEXTS:
                del self._texts[next(iter(self._texts))]
            self._texts[text] = await self.offload.run(read, text)
        known = self._texts[text]
        if on_disk is not None and known == on_disk:
            return on_disk
        return known

    def _decide(
        self, scene: Scene, change: Change, tree: Tree, seconds: Mapping[str, float], budget: float
    ) -> Selection:
        ranked = rank(change, scene, self._seen(change, scene, tree))
        tests, cut = within(ranked, seconds, budget=budget)
        cut = cut or scene.untold
        if not tests and not cut:
            cut = "no test loads the file" if scene.collection.tests else "the project has no tests"
        return Selection(tests, len(scene.collection.tests), cut)

    def _seen(self, change: Change, scene: Scene, tree: Tree) -> Seen | None:
        """Look up which tests ran the changed functions, by the lines that they have on the disk."""
        names = {scene.index.facts[path].units[number].qualname for path, number in changed_units(change, scene)}
        data = data_file(self.root, (tree.stamps[path][0] for path in tree.imports)) if names else None
        if data is None or change.path not in self._facts:
            return None
        units = [unit for unit in self._facts[change.path][1].units if unit.qualname in names and unit.body]
        lines = [range(unit.body, unit.lines[1] + 1) for unit in units]
        return seen(data, self.root / change.path, root=self.root, lines=lines) if len(units) == len(names) else None

    def _relative(self, path: Path | None) -> str:
        if path is None:
            return ""
        real = Path(os.path.realpath(path))
        return real.relative_to(self.root).as_posix() if real.is_relative_to(self.root) else ""


def _scene(root: Path, tree: Tree, facts: Mapping[str, Facts]) -> Scene:
    settings = pytest_settings(root)
    facts = {**facts, **read_documents(root, tree.documents)}
    collection = collect(facts, settings)
    users = dependents(tree.imports, facts, tests=collection.files, known=entries(root))
    return Scene(Index(facts), collection, users, last_failed(root), untold(facts, settings))


def _lines(snapshot: Snapshot, target: Span | None) -> tuple[int, int] | None:
    """Give the lines of the target, from 1."""
    if target is None:
        return None
    lines = snapshot.lines
    return lines.line_at(target.start) + 1, lines.line_at(max(target.start, target.end - 1)) + 1
