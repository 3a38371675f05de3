"""What ``lastmile doctor`` says of the project's tests: whether they may run, in which sandbox, Python and pytest.

Nothing of the project runs: of its environment, only names of folders are read.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping
from pathlib import Path

from lastmile.cli.advice import Line
from lastmile.config.verifying import Verify
from lastmile.sandbox import places
from lastmile.sandbox.choose import Sandbox, choose
from lastmile.testing import interpreter
from lastmile.testing.below import with_environments
from lastmile.testing.interpreter import Wish
from lastmile.tools.process import Runner

_SHOWN = 3
"""Folders that are named."""


async def advise_on_tests(root: Path | None, verify: Verify, env: Mapping[str, str]) -> list[Line]:
    """Look, and advise."""
    if root is None:
        return [Line("tests", "off: the files belong to no project folder")]
    return await asyncio.to_thread(lambda: list(_lines(root, verify, env)))


def _lines(root: Path, verify: Verify, env: Mapping[str, str]) -> Iterator[Line]:
    yield _permission(verify)
    yield _sandbox(verify, env)
    if not verify.trusted:
        return  # Looking for the interpreter may start poetry or hatch in the project.
    found = interpreter.find(root, Wish(verify.tests.environment, environ=env), Runner())
    if found.python is None:
        # One that is named or there and does not work is broken; none at all is merely not set up.
        trouble = found.trouble if found.why else _elsewhere(root) or found.trouble
        yield Line("python", trouble or "the project has none of its own", wrong=bool(found.why))
        return
    yield Line("python", f"{found.python} ({found.why})")
    yield _pytest(found.python, Path(env.get("HOME") or Path.home()).resolve())


def _elsewhere(root: Path) -> str:
    """Say which folders below have environments: for the files in them there is one."""
    folders = [str(folder.relative_to(root)) for folder in with_environments(root)]
    if not folders:
        return ""
    shown = [*folders[:_SHOWN], *([f"{len(folders) - _SHOWN} more"] if len(folders) > _SHOWN else [])]
    *first, last = shown
    named = f"{', '.join(first)} and {last}" if first else last
    return (
        f"{root} has no environment of its own. {named} below it {'have' if first else 'has'}, which the files there"
        f" are tested in: lastmile doctor {folders[0]} says how. Tests of files elsewhere do not run."
    )


def _permission(verify: Verify) -> Line:
    if not verify.tests.enabled:
        return Line("tests", "off: verify.tests.enabled is false")
    if not verify.trusted:
        return Line("tests", "off: the workspace is not trusted (verify.trusted), so none of its code runs")
    return Line("tests", "on: the workspace is trusted")


def _sandbox(verify: Verify, env: Mapping[str, str]) -> Line:
    found = choose(env)
    if isinstance(found, Sandbox):
        return Line("sandbox", f"{found.kind.value} at {found.program}")
    if verify.tests.unsandboxed:
        return Line("sandbox", f"none, and tests run without one (verify.tests.unsandboxed): {found.reason}")
    return Line("sandbox", f"none, so no tests run: {found.reason}")


def _pytest(python: Path, home: Path) -> Line:
    """Look for pytest beside the interpreter, which is not started."""
    found = places.of(python, home)
    if old := interpreter.too_old(python):
        return Line("pytest", old, wrong=True)
    for folder in (*found.packages, *found.pointed):
        for place in folder.glob("pytest-*.dist-info"):
            version = place.name.removesuffix(".dist-info").removeprefix("pytest-")
            return Line("pytest", f"{version} in {folder}")
        if (folder / "pytest" / "__init__.py").exists():
            return Line("pytest", f"of an unknown version in {folder}")
    return Line("pytest", interpreter.without_pytest(python, found.packages))
