"""Files on the disk, for whoever works without an editor: read as snapshots, replaced whole.

Only UTF-8 is read, as ruff and Python's default have it. A file is replaced in one step, so that an
interruption leaves the old text or the new, never a part.
"""

from __future__ import annotations

import codecs
import os
import secrets
from collections.abc import Mapping
from pathlib import Path
from stat import S_IMODE, S_ISREG, S_IWGRP, S_IWOTH, S_IWUSR

from lastmile.errors import RequestError
from lastmile.text.snapshot import Snapshot

_MOST_BYTES = 20_000_000
_NEW = 0o666
"""The mode of a new file, of which the umask takes its part."""

_WRITABLE = S_IWUSR | S_IWGRP | S_IWOTH


def read(path: Path) -> Snapshot:
    """Read a file as a snapshot, its line ends as they are.

    Raises `RequestError` where it cannot be read, is no regular file, is not UTF-8 or is larger
    than 20 MB.
    """
    try:
        state = path.stat()
        if not S_ISREG(state.st_mode):
            message = f"{path} is not a regular file and was left alone."
            raise RequestError(message)
        if state.st_size > _MOST_BYTES:
            message = f"{path} is larger than {_MOST_BYTES // 1_000_000} MB and was left alone."
            raise RequestError(message)
        data = path.read_bytes()
    except OSError as error:
        message = f"{path} cannot be read: {error.strerror}."
        raise RequestError(message) from error
    bom = data.startswith(codecs.BOM_UTF8)
    try:
        text = data.removeprefix(codecs.BOM_UTF8).decode("utf-8")
    except UnicodeDecodeError as error:
        message = f"{path} is not UTF-8 and was left alone."
        raise RequestError(message) from error
    return Snapshot(path.resolve().as_uri(), text, path.resolve(), bom=bom)


def beneath(root: Path, texts: Mapping[Path, str]) -> dict[Path, str]:
    """Give the texts of the files that really lie in a folder, wherever links lead; looks at the disk for that.

    What runs for a project sees nothing else of the disk, so that no other text can lie over it there.
    """
    real = os.path.realpath(root)
    return {path: text for path, text in texts.items() if Path(os.path.realpath(path)).is_relative_to(real)}


def write(snapshot: Snapshot, text: str) -> None:
    """Replace the snapshot's file by the text, with its mode and byte order mark as they were; make a new one.

    Raises `RequestError` where the file changed since the snapshot was read, or was made meanwhile,
    is read-only, or cannot be written.
    """
    path = snapshot.path
    if path is None:
        message = f"{snapshot.name} has no file to be written to."
        raise RequestError(message)
    if _has_changed(snapshot, path):
        message = f"{path} changed on the disk meanwhile and was left alone."
        raise RequestError(message)
    try:
        data = (codecs.BOM_UTF8 if snapshot.bom else b"") + text.encode("utf-8")
        _make(path, data) if snapshot.is_new else _replace(path, data)
    except UnicodeEncodeError as error:
        message = f"{path} was left alone: the new text holds half of a surrogate pair."
        raise RequestError(message) from error
    except OSError as error:
        message = f"{path} cannot be written: {error.strerror}."
        raise RequestError(message) from error


def put(path: Path, text: str, *, mode: int = _NEW) -> None:
    """Make a file of the text, or replace the one that is there, whatever is in it.

    ``mode`` is for a new file; one that is there keeps its own.

    Raises `RequestError` where there is something else than a regular file, it is read-only, or it
    cannot be written.
    """
    try:
        place = path.resolve()  # a link stays, and what it leads to is replaced
        data = text.encode("utf-8", "replace")
        if not place.exists():
            _land(place, data, mode)
        elif place.is_file():
            _replace(place, data)
        else:
            raise OSError(0, "it is no regular file")  # noqa: TRY301 - one message for all that stands in the way
    except (OSError, ValueError) as error:
        message = f"{path} cannot be written: {getattr(error, 'strerror', None) or error}."
        raise RequestError(message) from error


def _has_changed(snapshot: Snapshot, path: Path) -> bool:
    if snapshot.is_new:
        return path.exists()
    now = read(path)
    return (now.digest, now.bom) != (snapshot.digest, snapshot.bom)


def _make(path: Path, data: bytes) -> None:
    _land(path, data, _NEW)


def _replace(path: Path, data: bytes) -> None:
    mode = S_IMODE(path.stat().st_mode)
    # Replacing asks the folder for leave; what a person made read-only is to stay as it is.
    if not mode & _WRITABLE:
        raise PermissionError(0, "it is read-only")
    _land(path, data, mode, exactly=True)


def _land(path: Path, data: bytes, mode: int, *, exactly: bool = False) -> None:
    """Write beside the file and put that in its place; ``exactly`` undoes what the umask took from the mode."""
    place = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    try:
        with os.fdopen(os.open(place, os.O_CREAT | os.O_EXCL | os.O_WRONLY, mode), "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        if exactly:
            place.chmod(mode)
        place.replace(path)
    except BaseException:
        place.unlink(missing_ok=True)  # whatever broke it off, nothing of it is left; it goes on
        raise
