"""Document URIs to paths and back.

A document is known by the URI that its client spells. Spellings of one document that differ only in
percent-encoding, or in the case of a Windows drive letter, have the same key.
"""

from __future__ import annotations

import os
import re
from pathlib import Path
from urllib.parse import quote, unquote, urlsplit

from lastmile.errors import RequestError

_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")
_DRIVE = re.compile(r"/[A-Za-z]:(/|$)")
_CELL_SCHEMES = {"vscode-notebook-cell", "vscode-interactive-input", "jupyter-notebook-cell"}


def check(uri: str) -> str:
    """Give the URI back; raises `RequestError` where it is none."""
    try:
        valid = _SCHEME.match(uri) is not None and bool(urlsplit(uri).path) and "\0" not in unquote(uri)
    except ValueError:  # brackets that do not match, in the place of the host
        valid = False
    if not valid:
        message = f"Not a document's URI: {uri[:200]!r}. It should look like file:///folder/name.py or untitled:name."
        raise RequestError(message)
    return uri


def key(uri: str) -> str:
    """Give what is the same for all spellings of a document's URI."""
    plain = unquote(check(uri))
    scheme, colon, rest = plain.partition(":")
    place = rest.removeprefix("//")
    if _DRIVE.match(place):
        rest = f"///{place[1].lower()}{place[2:]}"
    return scheme.lower() + colon + rest


def is_cell(uri: str) -> bool:
    """Tell whether the document is a cell of a notebook."""
    return uri.partition(":")[0] in _CELL_SCHEMES


def to_path(uri: str, *, windows: bool = os.name == "nt") -> Path | None:
    """Give the path of the document's file; None where it has none (``untitled:``).

    A cell has the path of its notebook with ``.py`` after it: tools find the folder's settings by
    that, and do not take the cell's text for a notebook's JSON.
    """
    parts = urlsplit(check(uri))
    if is_cell(uri):
        notebook = unquote(parts.path)
        return _path("", f"{notebook}.py", windows=windows) if notebook.startswith("/") else None
    if parts.scheme.lower() != "file":
        return None
    # A "?" or a "#" that nobody encoded belongs to the name: files have neither query nor fragment.
    rest = uri.partition(":")[2]
    name = unquote(rest[2 + len(parts.netloc) :] if rest.startswith("//") else rest)
    return _path(unquote(parts.netloc), name, windows=windows)


def from_path(path: Path) -> str:
    """Give the URI of a file: absolute, percent-encoded, drive letters in lower case."""
    return from_place(path.absolute().as_posix())


def from_place(place: str) -> str:
    """Give the URI of an absolute path, spelt with slashes as any system may have it."""
    if _DRIVE.match(f"/{place}"):
        return f"file:///{place[0].lower()}%3A{quote(place[2:])}"
    if place.startswith("//"):
        return f"file:{quote(place)}"
    return f"file://{quote(place)}"


def _path(host: str, name: str, *, windows: bool) -> Path:
    if host and host.lower() != "localhost":
        return Path(f"//{host}{name}")
    if windows and _DRIVE.match(name):
        name = name[1].lower() + name[2:]
    return Path(name)
