"""The check of imports as a project is wired: it looks, and runs nothing."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from tests.support.environments import environment, write
from tests.support.judging import TickingClock, task_on

from lastmile.cascade.task import Check
from lastmile.config.verifying import Verify
from lastmile.tools.offload import Offload
from lastmile.verify.own import own_checks
from lastmile.workplace import Workplace


def wired(root: Path, offload: Offload, env: dict[str, str], *, trusted: bool) -> Check:
    """Give the check as the service makes it."""
    verify = Verify(trusted=trusted)
    tools = Workplace(root, verify, env, dict).tools(ruff="")
    checks = own_checks(verify, root, tools, offload=offload, clock=TickingClock()).checks
    return next(check for check in checks if check.name == "imports")


@pytest.mark.parametrize("trusted", [False, True])
async def test_the_environment_of_the_project_is_looked_into(
    tmp_path: Path, offload: Offload, *, trusted: bool
) -> None:
    root = environment(tmp_path, {"six.py": ""})
    check = wired(root, offload, {}, trusted=trusted)
    assert [item.check for item in await check.judge(task_on("", root), "import requestz\n")] == ["imports"]
    assert not await check.judge(task_on("", root), "import six\n")


async def test_no_program_is_asked_for_an_environment(tmp_path: Path, offload: Offload) -> None:
    root = write(tmp_path, {"bin/poetry": f"#!/bin/sh\ntouch {tmp_path}/asked\n", "poetry.lock": ""})
    (root / "bin" / "poetry").chmod(0o755)
    check = wired(root, offload, {"PATH": f"{root / 'bin'}{os.pathsep}{os.environ['PATH']}"}, trusted=True)
    assert not await check.judge(task_on("", root), "import requestz\n")
    assert not (root / "asked").exists()
