"""Where a host is found: its socket or what stands in its place, its lock, its log. Nothing is started here.

Hosts with the same settings are one; with others, each has files of its own.
"""

from __future__ import annotations

import hashlib
import os
import stat
import sys
from collections.abc import Mapping
from pathlib import Path

from attrs import asdict, frozen

from lastmile.config.local import LocalModel
from lastmile.errors import ModelError
from lastmile.model.host.address import FILE, SOCKET

VARIABLE = "LASTMILE_RUNTIME"
"""Names the folder of the socket, the lock and the log, in place of the platform's."""

LOOPBACK = "LASTMILE_LOOPBACK"
"""Set to anything, hosts listen on ports of this machine's, as on Windows: some file systems have no sockets."""

_NAME = "lastmile"
_ROOT = Path("/")
_LONGEST = 100
"""Bytes of a socket's path: macOS takes 103, Linux 107."""


@frozen
class Places:
    """The files of one host."""

    address: Path
    """Its socket, or the file that says on which port it listens and with which token: see `address`."""

    lock: Path
    """Held by the host for as long as it lives; its process's id stands there."""

    log: Path


def places(model: LocalModel, env: Mapping[str, str], root: Path = _ROOT) -> Places:
    """Say where the host of a model is; makes the folders. ``root`` is where the system's own lie.

    Raises `ModelError` where they cannot be made or are not the person's own.
    """
    from lastmile import __version__  # noqa: PLC0415 - the package's own, which imports nothing

    numbers = sorted((name, float(value)) for name, value in asdict(model).items() if name != "path")
    kind = FILE if sys.platform == "win32" or env.get(LOOPBACK, "").strip() else SOCKET
    key = hashlib.sha256(repr((__version__, os.path.realpath(model.file), numbers)).encode())
    key.update(kind.encode())
    name = f"model-{key.hexdigest()[:12]}"
    chosen = _folders(env, root)
    folder, logs = chosen.addresses, chosen.logs
    try:
        _private(folder, chosen.ours)
        logs.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        message = f"The model's host has no place to be found in: {error.strerror or error}: {error.filename}."
        raise ModelError(message) from error
    found = Places(folder / f"{name}{kind}", folder / f"{name}.lock", logs / f"{name}.log")
    if kind == SOCKET and len(os.fsencode(found.address)) > _LONGEST:
        message = f"{found.address} is too long for a socket: name a shorter folder in {VARIABLE}, or set {LOOPBACK}=1."
        raise ModelError(message)
    return found


def folder_of(env: Mapping[str, str]) -> Path:
    """Say where the addresses of hosts are; it need not be there."""
    return _folders(env, _ROOT).addresses


@frozen
class _Folders:
    addresses: Path
    logs: Path
    ours: int = 1
    """How many folders, the last first, have to be the person's own: what others can foresee, they can make before."""


def _folders(env: Mapping[str, str], root: Path) -> _Folders:
    named = env.get(VARIABLE, "").strip()
    if named:
        return _Folders(Path(named), Path(named))
    from platformdirs import user_runtime_path, user_state_path  # noqa: PLC0415 - most starts have no model

    logs = user_state_path(_NAME, appauthor=False)
    if sys.platform in {"win32", "darwin"}:
        return _Folders(user_runtime_path(_NAME, appauthor=False), logs)
    # Where there is no folder for it, platformdirs prints a warning for programmers on standard error.
    person = os.geteuid()
    for base in (env.get("XDG_RUNTIME_DIR", ""), root / f"run/user/{person}"):
        if base and _is_of(person, Path(base)):
            return _Folders(Path(base, _NAME), logs)
    return _Folders(Path(env.get("TMPDIR") or root / "tmp", f"runtime-{person}", _NAME), logs, 2)


def _is_of(person: int, folder: Path) -> bool:
    try:
        state = folder.stat()
    except OSError:
        return False
    return stat.S_ISDIR(state.st_mode) and state.st_uid == person


def _private(folder: Path, ours: int) -> None:
    """Make a folder that nobody else can enter, and what it lies in. Raises `OSError` where somebody else's is there.

    On Windows a folder of the person's own is that already, and the way to see it is another.
    """
    missing = [each for each in folder.parents if not each.exists()]
    for each in reversed([folder, *folder.parents][: max(ours, len(missing) + 1)]):
        each.mkdir(mode=0o700, exist_ok=True)
        if sys.platform != "win32":
            _keep_others_out(each)


def _keep_others_out(folder: Path) -> None:
    state = folder.lstat()
    if not stat.S_ISDIR(state.st_mode) or state.st_uid != os.geteuid():
        raise PermissionError(0, "the folder is not your own", str(folder))
    if state.st_mode & 0o077:
        folder.chmod(0o700)
