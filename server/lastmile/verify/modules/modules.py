"""The modules of one project: what is kept from one search to the next. Nothing is looked for before a draft asks."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path

from attrs import define, field

from lastmile.verify.modules import installed
from lastmile.verify.modules.folders import Folders, is_settled
from lastmile.verify.modules.installed import Environment
from lastmile.verify.modules.looking import Looker
from lastmile.verify.modules.owned import Owned, Project
from lastmile.verify.modules.search import Search
from lastmile.verify.modules.values import Asked


def _no_python() -> Path | None:
    return None


def _no_others() -> Mapping[Path, str]:
    return {}


@define(eq=False)
class Modules:
    """Knows where to look for modules; for several threads."""

    root: Path | None = None
    python: Callable[[], Path | None] = _no_python
    """Finds the project's own Python by files alone, whether or not its code may run; None where there is none."""

    home: Path = field(factory=Path)
    env: Mapping[str, str] = field(factory=dict, repr=False)
    others: Callable[[], Mapping[Path, str]] = _no_others
    """Gives the unsaved texts of open documents."""

    _folders: Folders = field(factory=Folders, init=False)
    _kept: tuple[tuple[int, ...], Environment] | None = field(default=None, init=False)
    """The environment as it was seen last, with the times of its files."""

    _owned: Owned | None = field(default=None, init=False)

    def __attrs_post_init__(self) -> None:
        if self.root is not None:
            self._owned = Owned(self.root, self._folders)

    def search(self, asked: Asked, path: Path | None, others: Mapping[Path, str]) -> Search:
        """Begin a search for one draft. Blocks."""
        looker = Looker(self._folders, {str(name): text for name, text in others.items()})
        return Search(asked, path, self.root, looker, self._environment(), partial(self._project, others))

    def _environment(self) -> Environment | None:
        python = self.python()
        if python is None:
            return None
        kept = self._kept
        if kept is not None and kept[1].python == python and installed.stamp(kept[1]) == kept[0]:
            return kept[1]
        found = installed.of(python, self.home, self._folders, self.env)
        stamp = installed.stamp(found)
        self._kept = (stamp, found) if is_settled(max(stamp)) else None
        return found

    def _project(self, others: Mapping[Path, str]) -> Project:
        return Project() if self._owned is None else self._owned.project(others)
