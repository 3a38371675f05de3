"""The profile and the command line for macOS's own sandbox, which programs still use although it is called deprecated.

It cannot lay one file over another or give new process ids: what runs in it sees the candidate texts
in a copy of the tree.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from lastmile.sandbox.values import Box

PROGRAM = "/usr/bin/sandbox-exec"

_SYSTEM = ("/System", "/usr", "/bin", "/sbin", "/Library", "/private/etc", "/private/var/db/timezone", "/opt", "/dev")
_DEVICES = ("/dev/null", "/dev/zero", "/dev/tty", "/dev/dtracehelper")
# What a Python needs of the system to start at all.
_SERVICES = ("com.apple.system.opendirectoryd.libinfo", "com.apple.system.notification_center")


def command(box: Box, argv: Sequence[str]) -> list[str]:
    """Give the command that runs ``argv`` in the sandbox, with the sandbox's environment and no other."""
    environment = [f"{name}={value}" for name, value in sorted(box.env.items())]
    return ["/usr/bin/env", "-i", *environment, PROGRAM, "-p", profile(box), *argv]


def profile(box: Box) -> str:
    """Write the profile: what is named nowhere is denied."""
    return "\n".join(_lines(box)) + "\n"


def _lines(box: Box) -> Iterator[str]:
    yield "(version 1)"
    yield "(deny default)"
    yield "(allow process-fork)"
    yield "(allow process-exec)"
    yield "(allow signal (target same-sandbox))"
    yield "(allow process-info* (target same-sandbox))"
    yield "(allow sysctl-read)"
    yield "(allow file-read-metadata)"
    yield f'(allow file-read* (literal "/") {_subpaths([*_SYSTEM, *map(str, (*box.visible, *box.fresh))])})'
    yield f"(allow file-write* {_subpaths([str(path) for path in box.fresh])})"
    yield f"(allow file-write-data {' '.join(f'(literal {_quoted(path)})' for path in _DEVICES)})"
    yield f"(allow mach-lookup {' '.join(f'(global-name {_quoted(name)})' for name in _SERVICES)})"
    yield '(allow network* (local ip "localhost:*") (remote ip "localhost:*"))'
    if box.network:
        yield "(allow network*)"
        yield "(allow system-socket)"


def _subpaths(paths: Sequence[str]) -> str:
    """Name folders by their real path: the kernel looks at nothing else, and /tmp and /var are links there."""
    return " ".join(f"(subpath {_quoted(path)})" for path in dict.fromkeys(map(_real, paths)))


def _real(path: str) -> str:
    for link in ("/tmp", "/var", "/etc"):  # noqa: S108 - their names on macOS
        if Path(path).is_relative_to(link):
            return f"/private{path}"
    return path


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
