"""What is known of one Python file without running it, as frozen values that go from a worker to us."""

from __future__ import annotations

from collections.abc import Mapping

from attrs import field, frozen

MODULE = "statement"
FUNCTION = "function"
CLASS = "class"


@frozen
class Unit:
    """A piece of a file that is affected or not as a whole: a function, the rest of a class, a statement."""

    kind: str
    """``function`` (a method too), ``class`` (what is in it beside its methods) or ``statement``."""

    name: str
    """The last part of the qualified name; empty for statements."""

    owner: str
    """The qualified name of the class that it stands in; empty at the top level."""

    lines: tuple[int, int]
    """First and last, from 1, decorators included."""

    body: int = 0
    """The first line of a function's body, from 1."""

    head: int = 0
    """The last line of a function's parameters and of what it returns, from 1: its body may begin there too."""

    binds: tuple[str, ...] = ()
    """The names that a statement, or the statements of a class, bind."""

    bases: tuple[str, ...] = ()
    """The last parts of a class's bases; ``=`` stands for one that is no plain name, or a metaclass."""

    decorators: tuple[str, ...] = ()
    """The last parts of the decorators' names."""

    strings: tuple[str, ...] = ()
    """The short strings in its decorators: what a fixture may be called."""

    registers: tuple[str, ...] = ()
    """What it mentions as it is executed on import, where that may leave a trace elsewhere."""

    fixture: bool = False
    everywhere: bool = False
    """It runs for tests that do not name it: an autouse fixture, a set-up function, a hook of pytest."""

    shared: bool = False
    """It runs once for several tests: a fixture of a wider scope than a function, ``setUpClass`` …"""

    keeps: bool = False
    """It leaves something behind that whoever comes later may meet."""

    @property
    def qualname(self) -> str:
        """The name with the names of the classes around it."""
        return f"{self.owner}.{self.name}" if self.owner else self.name


@frozen
class Import:
    """A module that a file imports, or a name that it takes out of one."""

    module: str
    """As it is written, without the leading dots."""

    level: int = 0
    """The number of leading dots."""

    name: str = ""
    """The name that is imported from the module; ``*`` for all of them, empty for the module itself."""

    bound: str = ""
    """What it is called here."""


@frozen
class Facts:
    """What one file holds."""

    units: tuple[Unit, ...] = ()
    mentions: Mapping[str, tuple[int, ...]] = field(factory=dict, repr=False)
    """The units that mention a word. A bare name stands for itself; an attribute begins with ``.``, one of
    ``super()`` with ``^``, a word of a string with ``'``, a parameter with ``@``."""

    imports: tuple[Import, ...] = ()
    strings: frozenset[str] = frozenset()
    """Strings that look like the name of a module or of a script."""

    starts_programs: tuple[int, ...] = ()
    """The units that start other programs or run modules by name."""

    reflects: tuple[int, ...] = ()
    """The units that look through all the names of a module or all the subclasses of a class."""

    loads_by_name: bool = False
    """Whether it loads modules by names that it puts together: which ones cannot be told."""

    doctests: bool = False
    whole: bool = True
    """Whether the file could be read; where it could not, nothing in it is narrowed."""
