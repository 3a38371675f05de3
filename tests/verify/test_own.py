"""The checks that a project's settings and tools make; what it has nothing for is left out."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.support.judging import TickingClock

from lastmile.config.verifying import Command, TypeChecker, Types, Verify
from lastmile.tools.offload import Offload
from lastmile.verify.own import Tools, own_checks

PYTHON = Tools(lambda: Path("/nowhere/bin/python"))
COMMANDS = Verify(command=(Command("make"),))


@pytest.mark.parametrize(
    ("verify", "root", "tools", "names"),
    [
        pytest.param(Verify(), "/w", Tools(), ["document", "imports"], id="nothing"),
        pytest.param(Verify(), "/w", PYTHON, ["document", "imports", "types"], id="an environment"),
        pytest.param(Verify(types=Types(TypeChecker.OFF)), "/w", PYTHON, ["document", "imports"], id="types off"),
        pytest.param(COMMANDS, "/w", Tools(), ["document", "imports", "command"], id="a command without a sandbox"),
        pytest.param(COMMANDS, None, PYTHON, ["document", "imports", "types"], id="no folder for commands"),
        pytest.param(COMMANDS, "/w", PYTHON, ["document", "imports", "types", "command"], id="all"),
    ],
)
async def test_what_judges(offload: Offload, verify: Verify, root: str | None, tools: Tools, names: list[str]) -> None:
    made = own_checks(verify, None if root is None else Path(root), tools, offload=offload, clock=TickingClock())
    assert [check.name for check in made.checks] == names
    assert [check.name for check in made.closing] == [name for name in names if name == "types"]
    for check in made.closing:
        await check.close()
