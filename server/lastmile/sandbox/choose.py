"""Which sandbox there is on this machine, or why there is none and what to do.

Whether the kernel lets a user make namespaces can only be told by doing it.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from enum import Enum
from pathlib import Path

from attrs import frozen

from lastmile.sandbox import bubblewrap, seatbelt
from lastmile.sandbox.places import SYSTEM
from lastmile.sandbox.values import Box

_DEADLINE = 10.0
_INSTALL = "install the package `bubblewrap` of your distribution"
_ALLOW = (
    "the kernel does not let users make namespaces; allow them "
    "(`sysctl kernel.apparmor_restrict_unprivileged_userns=0` on Ubuntu, `kernel.unprivileged_userns_clone=1` on "
    "older Debian, `user.max_user_namespaces` above 0 elsewhere)"
)


class Kind(Enum):
    """The sandboxes there are."""

    BUBBLEWRAP = "bubblewrap"
    SEATBELT = "seatbelt"


@frozen
class Sandbox:
    """A sandbox that was seen to work."""

    kind: Kind
    program: str
    closes: bool = False
    """Whether bubblewrap can forbid user namespaces below its own."""

    def command(self, box: Box, argv: Sequence[str]) -> list[str]:
        """Give the command that runs ``argv`` in a box."""
        if self.kind is Kind.SEATBELT:
            return seatbelt.command(box, argv)
        return bubblewrap.command(self.program, box, argv, closes=self.closes)


@frozen
class NoSandbox:
    """That there is none."""

    reason: str
    """Why, and what to do, for a person."""


def choose(env: Mapping[str, str], platform: str = sys.platform) -> Sandbox | NoSandbox:
    """Find the sandbox of this machine, by running a program in it; blocks meanwhile."""
    if platform == "darwin":
        found = shutil.which(seatbelt.PROGRAM)
        return NoSandbox(f"{seatbelt.PROGRAM} is not there") if found is None else Sandbox(Kind.SEATBELT, found)
    if platform != "linux":
        return NoSandbox(f"there is no sandbox for {platform}")
    program = shutil.which("bwrap", path=env.get("PATH"))
    if program is None:
        return NoSandbox(f"bubblewrap is not installed: {_INSTALL}")
    newest = _tried(Sandbox(Kind.BUBBLEWRAP, program, closes=True))
    return newest if isinstance(newest, Sandbox) else _tried(Sandbox(Kind.BUBBLEWRAP, program))


def _tried(sandbox: Sandbox) -> Sandbox | NoSandbox:
    box = Box(visible=SYSTEM, fresh=(Path("/tmp"),))  # noqa: S108 - its own
    try:
        done = subprocess.run(  # noqa: S603 - the person's own bubblewrap
            sandbox.command(box, ["/bin/sh", "-c", "exit 0"]), capture_output=True, timeout=_DEADLINE, check=False
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        return NoSandbox(f"bubblewrap cannot be run ({error})")
    if done.returncode == 0:
        return sandbox
    said = done.stderr.decode("utf-8", "replace").strip().splitlines()
    why = said[-1] if said else f"it ended with status {done.returncode}"
    return NoSandbox(f"{_ALLOW}. Bubblewrap says: {why}")
