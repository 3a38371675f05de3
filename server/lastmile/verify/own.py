"""The checks by what a project has of its own, made from its settings: documents, imports, types, commands.

They judge every kind of task, after lint and before tests. What a project has nothing for is left out.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from attrs import field, frozen

from lastmile.cascade.protocols import Clock
from lastmile.cascade.task import Check
from lastmile.config.verifying import TypeChecker, Verify
from lastmile.sandbox.shell import NoShell, Shell
from lastmile.tools.offload import Offload
from lastmile.verify.command.check import CommandCheck
from lastmile.verify.documents import DocumentCheck
from lastmile.verify.modules.check import ImportsCheck
from lastmile.verify.modules.modules import Modules
from lastmile.verify.types.check import TypesCheck
from lastmile.verify.types.find import Checkers
from lastmile.verify.types.importers import Importers, no_importers


def _nothing() -> Mapping[Path, str]:
    return {}


@frozen
class Tools:
    """What a project has on this machine."""

    interpreter: Callable[[], Path | None] | None = None
    """Finds its own Python, and blocks meanwhile; gives None where there is none and where the workspace is not
    trusted: checkers run plugins."""

    shell: Shell = field(factory=NoShell)
    importers: Importers = no_importers
    """Names the files that import a file, nearest first; blocks."""

    others: Callable[[], Mapping[Path, str]] = _nothing
    """Gives the unsaved texts of open documents."""

    modules: Modules = field(factory=Modules)
    """Knows where to look for modules."""


@frozen
class Own:
    """The checks, and those of them that hold something open."""

    checks: tuple[Check, ...]
    closing: tuple[TypesCheck, ...] = ()


def own_checks(verify: Verify, root: Path | None, tools: Tools, *, offload: Offload, clock: Clock) -> Own:
    """Make the checks, cheapest first."""
    documents = DocumentCheck(offload, root, verify.schemas)
    imports = ImportsCheck(offload, tools.modules)
    types: tuple[TypesCheck, ...] = ()
    if tools.interpreter is not None and verify.types.checker is not TypeChecker.OFF:
        checkers = Checkers(root, tools.interpreter, verify.types.checker.value, verify.types.timeout, tools.importers)
        types = (TypesCheck(checkers, offload, tools.others),)
    commands: tuple[CommandCheck, ...] = ()
    if verify.command and root is not None:
        commands = (CommandCheck(verify.command, tools.shell, root, offload, clock, tools.others),)
    return Own((documents, imports, *types, *commands), types)
