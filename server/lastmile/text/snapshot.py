"""One document at one version, never changing.

A snapshot reads nothing from a disk: whoever makes one has the text already.
"""

from __future__ import annotations

from functools import cached_property
from hashlib import sha256
from pathlib import Path

from attrs import field, frozen

from lastmile.text.lines import LineIndex


@frozen
class Snapshot:
    """The text of one document at one version, with its place and language."""

    uri: str
    """As the editor spells it; the key of the document everywhere."""

    text: str = field(repr=False)
    """Without a byte order mark; `bom` says whether the file has one."""

    path: Path | None = None
    """Where the file lies; None for a document that has no file yet (``untitled:``)."""

    language: str = "python"
    """The language identifier of LSP: ``python``, ``toml`` …"""

    version: int | None = None
    """The editor's version number; None for a file read from the disk."""

    bom: bool = False
    """The file begins with a byte order mark, which an edit must leave where it is."""

    is_new: bool = False
    """There is no such file yet: an edit makes it."""

    @cached_property
    def lines(self) -> LineIndex:
        """The lines of the text, indexed once."""
        return LineIndex(self.text)

    @cached_property
    def digest(self) -> str:
        """The text's SHA-256 in hexadecimal: the key of everything cached about it."""
        return sha256(self.text.encode("utf-8", "surrogatepass")).hexdigest()

    @property
    def name(self) -> str:
        """What a person calls the document: the file's name, or the URI's last part."""
        return self.path.name if self.path is not None else self.uri.rsplit("/", 1)[-1].rsplit(":", 1)[-1]
