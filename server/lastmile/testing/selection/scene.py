"""What is known of a project as a change is looked at, as frozen values."""

from __future__ import annotations

from functools import cached_property
from pathlib import PurePosixPath

from attrs import field, frozen

from lastmile.testing.selection.collecting import Collection
from lastmile.testing.selection.edges import Dependents
from lastmile.testing.selection.reach import Index, Place


@frozen
class Scene:
    """What is known of the project as the change is looked at."""

    index: Index = field(repr=False)
    collection: Collection = field(repr=False)
    dependents: Dependents = field(repr=False)
    failed: frozenset[str] = frozenset()
    untold: str = ""
    """Why the project may have tests that reading does not find, for a person; empty where it has none."""

    @cached_property
    def programs(self) -> frozenset[Place]:
        """The units beside the tests that start other programs; what the project itself starts is its own affair."""
        folders = {str(PurePosixPath(path).parent) for path in self.collection.files}
        return frozenset(
            (path, number)
            for path, known in self.index.facts.items()
            for number in known.starts_programs
            if path in self.collection.files or str(PurePosixPath(path).parent) in folders
        )

    def loaded(self, path: str) -> frozenset[str] | None:
        """Give the files that the process of a test file has loaded; None where they cannot be told."""
        loaded = self.dependents.loads(path)
        known = [self.index.facts.get(name) for name in loaded]
        return None if any(facts is None or facts.loads_by_name for facts in known) else loaded


@frozen
class Change:
    """What is changed: a file, and the lines of it, from 1; all of them where there are none."""

    path: str
    lines: tuple[int, int] | None = None
