"""The part of the tree that says how drafts are judged."""

from __future__ import annotations

from enum import Enum

from attrs import field, frozen

from lastmile.config.marks import ONLY_OFF, SECONDS, TIGHTEN, USER, Form, form, within


class TypeChecker(Enum):
    """Which type checker judges."""

    AUTO = "auto"
    OFF = "off"
    MYPY = "mypy"
    BASEDPYRIGHT = "basedpyright"
    PYRIGHT = "pyright"
    TY = "ty"


@frozen
class Types:
    """How types are checked."""

    checker: TypeChecker = TypeChecker.AUTO
    """``auto`` takes the one that the project configures, ``off`` none.

    It has to be installed in the project's own environment."""

    # Drafts that it had no time to judge are refused, which leads to the paid tiers.
    timeout: float = field(default=60.0, metadata={**USER, **SECONDS})
    """Seconds for one run. The first in a project has up to five times as many, in the background."""


@frozen
class Command:
    """A command of the project's own that judges drafts."""

    run: str
    """The command line. No shell runs it; ``{file}``, ``{symbol}``, ``{line}`` and ``{end_line}`` are filled in."""

    kinds: tuple[str, ...] = ()
    """The kinds of tasks that it judges; empty for all."""

    files: tuple[str, ...] = ()
    """Globs of the files that it judges, by name or by path from the workspace folder; empty for all."""

    timeout: float = 60.0
    """Seconds for one run."""


@frozen
class SchemaFor:
    """Where the schema of some documents lies."""

    documents: str
    """A glob of files, by name or by path from the workspace folder, or the address in their ``$schema``."""

    path: str
    """The file of the schema, absolute or from the workspace folder."""


@frozen
class ProjectTests:
    """How the project's own tests judge drafts."""

    enabled: bool = field(default=True, metadata=ONLY_OFF)
    """Whether tests judge drafts at all. They run in the sandbox, which the draft cannot leave."""

    seconds: float = field(default=10.0, metadata={**USER, **within(0.5, 600)})
    """The time budget of a verdict: tests that do not fit into it are left out, which the verdict says."""

    grade: float = field(default=2.0, metadata={**USER, **within(0, 60)})
    """Seconds for finding out what the tests see of a change, which the receipt says; 0 to leave it out."""

    environment: str = field(default="", metadata={**USER, **form(Form.PROGRAM)})
    """The Python that the tests run with; empty for the project's own: `.venv`, `VIRTUAL_ENV`, uv, poetry, hatch."""

    allow_network: bool = field(default=False, metadata=ONLY_OFF)
    """Whether tests may reach the network, which the verdict says. A draft could send out what it reads."""

    unsandboxed: bool = field(default=False, metadata=ONLY_OFF)
    """Whether tests may run where there is no sandbox. A draft could then do whatever you can."""


@frozen
class Verify:
    """How drafts are judged."""

    trusted: bool = field(default=True, metadata=ONLY_OFF)
    """Whether code of the project may run to judge a draft; an editor says no for a folder that is not trusted."""

    tests: ProjectTests = field(factory=ProjectTests)
    types: Types = Types()

    # They run in the sandbox alone, so a project may bring its own, and none of the user's goes.
    command: tuple[Command, ...] = field(default=(), metadata={**TIGHTEN, **form(Form.COMMANDS)})
    """Commands of the project's own, run in the sandbox; a draft passes where they end with status zero.

    A list of yours replaces the one below it; a project's list is added to it."""

    schemas: tuple[SchemaFor, ...] = field(default=(), metadata={**TIGHTEN, **form(Form.SCHEMAS)})
    """JSON Schemas for JSON, TOML and YAML documents. Nothing is fetched from the network.

    A project's are added to yours."""
