"""Where a host is found: its socket, the lock that says it lives, its log. Nothing is started here.

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

VARIABLE = "LASTMILE_RUNTIME"
"""Names the folder of the socket, the lock and the log, in place of the platform's."""

_LONGEST = 100
"""Bytes of a socket's path: macOS takes 103, Linux 107."""


@frozen
class Places:
    """The files of one host."""

    socket: Path
    lock: Path
    """Held by the host for as long as it lives; its process's id stands there."""

    log: Path


def places(model: LocalModel, env: Mapping[str, str]) -> Places:
    """Say where the host of a model is; makes the folders.

    Raises `ModelError` where they cannot be made or are not the person's own.
    """
    if sys.platform == "win32":
        raise ModelError("There is no local model on Windows yet: name a model server under openai.local instead.")
    from lastmile import __version__  # noqa: PLC0415 - the package's own, which imports nothing

    numbers = sorted((name, float(value)) for name, value in asdict(model).items() if name != "path")
    key = hashlib.sha256(repr((__version__, os.path.realpath(model.file), numbers)).encode())
    name = f"model-{key.hexdigest()[:12]}"
    folder, logs = _folders(env)
    try:
        _private(folder)
        logs.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        message = f"The model's host has no place for its socket: {error.strerror or error}: {error.filename}."
        raise ModelError(message) from error
    found = Places(folder / f"{name}.sock", folder / f"{name}.lock", logs / f"{name}.log")
    if len(os.fsencode(found.socket)) > _LONGEST:
        message = f"{found.socket} is too long for a socket: name a shorter folder in {VARIABLE}."
        raise ModelError(message)
    return found


def _folders(env: Mapping[str, str]) -> tuple[Path, Path]:
    named = env.get(VARIABLE, "").strip()
    if named:
        return Path(named), Path(named)
    from platformdirs import user_runtime_path, user_state_path  # noqa: PLC0415 - most starts have no model

    return user_runtime_path("lastmile", appauthor=False), user_state_path("lastmile", appauthor=False)


def _private(folder: Path) -> None:
    """Make a folder that nobody else can enter. Raises `OSError` where somebody else's is in its place."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    state = folder.lstat()
    if not stat.S_ISDIR(state.st_mode) or state.st_uid != os.geteuid():
        raise PermissionError(0, "the folder is not your own", str(folder))
    if state.st_mode & 0o077:
        folder.chmod(0o700)
