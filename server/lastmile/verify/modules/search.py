"""Looks for one module after the other, for one draft: where imports begin first, and everywhere before one is missed.

A search is a look at the disk as it is now. It reads files in bounds, and blocks meanwhile.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from functools import cached_property
from pathlib import Path

from attrs import evolve, field, frozen

from lastmile.verify.modules import declared, standard
from lastmile.verify.modules.declared import Declared
from lastmile.verify.modules.installed import Environment
from lastmile.verify.modules.looking import Looker
from lastmile.verify.modules.owned import Project
from lastmile.verify.modules.standard import Standard
from lastmile.verify.modules.values import Answer, Asked, Fate, Need, Wanted

_OF_CHECKERS = "_typeshed"
"""What every type checker brings along, for stubs and annotations."""

_SHOWN = 3


@frozen(slots=False)
class Search:
    """One search."""

    asked: Asked
    path: Path | None
    """The document's own."""

    root: Path | None
    looker: Looker
    environment: Environment | None
    """The project's own; None where there is none to be found."""

    walk: Callable[[], Project] = field(repr=False)
    """Looks at all of the project, which takes a while."""

    @property
    def standard(self) -> Standard:
        """The standard library that the project's Python has, ours where that is not known."""
        return standard.ours() if self.environment is None else self.environment.standard

    @cached_property
    def project(self) -> Project:
        """All of the project."""
        return self.walk()

    @cached_property
    def declared(self) -> Declared:
        """What the project declares to depend on, beside the document and above it."""
        return declared.of(self._own, self.asked.script or ())

    def standards(self, name: str) -> bool:
        """Tell whether a module is of the standard library."""
        return self.standard.has(name, self.looker.folders)

    def find(self, wanted: Wanted) -> Answer:
        """Look for what is imported, where imports begin first."""
        if not wanted.name and wanted.module in self.asked.known:
            return Answer(Fate.THERE)
        return self._relative(wanted) if wanted.dots else self._absolute(wanted)

    def unknown(self) -> str:
        """Say why it cannot be told of a module that it is not there; empty where it can."""
        if self.environment is None:
            return "the project has no environment"
        if not self.environment.packages:
            return f"{self.environment.place.name} holds no folder of packages"
        if not self.environment.standard.known:
            return f"the standard library of its {self.standard.name} was not found"
        lacking = sorted(self.declared.missing(self._installed))
        named = ", ".join(lacking[:_SHOWN]) + (" …" if len(lacking) > _SHOWN else "")
        return f"{self.environment.place.name} lacks what the project depends on ({named})" if lacking else ""

    def beside(self, wanted: Wanted, answer: Answer) -> frozenset[str]:
        """Give the names that there are in the place of the one that is missing."""
        if not wanted.dots and not answer.at:
            return frozenset(self.looker.names(self._far, ())) | self.standard_names
        starts, parts = self._base(wanted) if wanted.dots else (self._far, wanted.parts)
        return frozenset(self.looker.names(starts, parts[: answer.at]))

    @property
    def standard_names(self) -> frozenset[str]:
        """The modules of the standard library that have a file."""
        listing = self.looker.folders.of(self.standard.folder)
        return frozenset(name for name in (*listing.files, *listing.folders) if name.isidentifier())

    @property
    def _installed(self) -> frozenset[str]:
        return frozenset() if self.environment is None else self.environment.distributions

    @cached_property
    def _own(self) -> tuple[Path, ...]:
        """The folder of the document and those above it, up to the project's own."""
        if self.path is None:
            return () if self.root is None else (self.root,)
        above = list(self.path.parents)
        real = None if self.root is None else self.root.resolve()
        at = next((at for at, folder in enumerate(above) if folder == self.root or folder.resolve() == real), None)
        if at is not None:
            return tuple(above[: at + 1])
        return (above[0],) if self.root is None else (above[0], self.root)

    @cached_property
    def _near(self) -> tuple[str, ...]:
        """Where imports begin: in the project, the standard library, the folders of packages."""
        env = self.environment
        own = (str(place) for folder in self._own for place in (folder, folder / "src"))
        installed = () if env is None else (*env.packages, *env.extra)
        return tuple(dict.fromkeys((*own, *installed, *([self.standard.folder] if self.standard.folder else ()))))

    @cached_property
    def _far(self) -> tuple[str, ...]:
        """Where imports begin as well: in folders that installed files point to."""
        return self._near if self.environment is None else (*self._near, *self.environment.pointed)

    @cached_property
    def _anywhere(self) -> tuple[str, ...]:
        """All folders of the project, and those above it in its repository: a setting may have imports begin there."""
        return tuple(dict.fromkeys((*self._far, *self.project.folders, *self._repository())))

    def _repository(self) -> Iterator[str]:
        above = [] if self.root is None else list(self.root.parents)
        top = next((at for at, folder in enumerate(above) if (folder / ".git").exists()), -1)
        return (str(folder) for folder in above[: top + 1])

    def _absolute(self, wanted: Wanted) -> Answer:
        answer = self._in(self._near, wanted)
        if answer.fate is Fate.MISSING and self.environment is not None:
            answer = self._in(self._far, wanted)
        if answer.fate is not Fate.MISSING:
            return answer
        wide = self._in(self._anywhere, wanted)
        if wide.fate is not Fate.MISSING:
            return wide
        if self._is_excused(wanted, answer) or (answer.at and self._is_used(wanted, wide)):
            return Answer(Fate.OPEN)
        return wide if answer.at else answer

    def _is_excused(self, wanted: Wanted, answer: Answer) -> bool:
        """Tell whether something stands for a module that was not found."""
        if self.environment is not None and self.environment.hooked(wanted.top):
            return True
        if answer.at:
            return False
        if self.standards(wanted.top) or wanted.top in self.asked.known:
            return True
        if self.declared.names(wanted.top, self._installed):
            return True
        is_for_checkers = wanted.need is Need.TYPES and wanted.top == _OF_CHECKERS
        return is_for_checkers or self.project.imported(wanted.top, but=self._itself)

    def _is_used(self, wanted: Wanted, answer: Answer) -> bool:
        """Tell whether the text or another file has imported what is missing already."""
        missing = ".".join((*wanted.parts, wanted.name)[: answer.at + 1])
        return missing in self.asked.known or self.project.imported(missing, but=self._itself)

    def _relative(self, wanted: Wanted) -> Answer:
        if self.path is None:
            return Answer(Fate.OPEN)
        starts, parts = self._base(wanted)
        answer = self.looker.find(starts, parts, typed=self._typed(wanted))
        if answer.fate is Fate.THERE and wanted.name:
            answer = self.looker.has(starts, parts, wanted.name, typed=self._typed(wanted))
        if answer.fate is not Fate.MISSING or not answer.at:
            return Answer(Fate.OPEN) if answer.fate is Fate.MISSING else answer
        missing = "." * wanted.dots + ".".join((*wanted.parts, wanted.name)[: answer.at])
        known = missing in self.asked.known or self.project.imported(missing, but=self._itself, beside=self.path.parent)
        spread = not answer.closed and self._is_spread(wanted)
        return Answer(Fate.OPEN) if known or spread else evolve(answer, closed=True)

    def _is_spread(self, wanted: Wanted) -> bool:
        """Tell whether another folder of the same package has what a relative import asks for."""
        (above,), (name, *rest) = self._base(wanted)
        base = Path(above, name)
        tops = [start for start in self._anywhere if base != Path(start) and base.is_relative_to(start)]
        dotted = (".".join((*base.relative_to(start).parts, *rest)) for start in tops)
        asked = (Wanted(module, wanted.name, wanted.need) for module in dotted)
        return any(self._in(self._anywhere, item).fate is not Fate.MISSING for item in asked)

    def _base(self, wanted: Wanted) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Give the folder above the package that a relative import begins in, and the names from there."""
        assert self.path is not None  # noqa: S101 - asked of relative imports of files alone
        above = self.path.parents
        base = above[min(wanted.dots, len(above)) - 1]
        return (str(base.parent),), (base.name, *wanted.parts)

    def _in(self, starts: tuple[str, ...], wanted: Wanted) -> Answer:
        typed = self._typed(wanted)
        answer = self.looker.find(starts, wanted.parts, typed=typed)
        if answer.fate is Fate.THERE and wanted.name:
            return self.looker.has(starts, wanted.parts, wanted.name, typed=typed)
        return answer

    def _typed(self, wanted: Wanted) -> bool:
        return wanted.need is Need.TYPES

    @property
    def _itself(self) -> str:
        return "" if self.path is None else os.path.realpath(self.path)
