"""The open documents, as the editor has them.

Cells of notebooks are documents of their own. Texts are kept once, as `text.buffer` holds them, and
a snapshot is made when somebody asks and kept until the next change. Nothing here reads a disk.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterable, Iterator, Sequence
from hashlib import sha256
from pathlib import Path

from attrs import define, field
from lsprotocol import types

from lastmile.errors import RequestError
from lastmile.lsp.wire import uris
from lastmile.text.buffer import Buffer
from lastmile.text.positions import Encoding, Position
from lastmile.text.snapshot import Snapshot

logger = logging.getLogger(__name__)

Change = types.TextDocumentContentChangePartial | types.TextDocumentContentChangeWholeDocument


@define(eq=False)
class Document:
    """One open document, changed in place; hold its snapshot, not itself, across an await."""

    uri: str
    """As the editor spells it."""

    key: str
    language: str
    version: int
    path: Path | None
    _buffer: Buffer
    edition: int = 0
    """Counts the changes since it was opened: unlike the version it is ours, and never repeats."""

    touched: int = 0
    """The edition of all documents at which it was opened or changed last."""

    landing: asyncio.Lock = field(factory=asyncio.Lock)
    """Held by the edit whose turn it is; `landing.turns` says when."""

    unseen: asyncio.Event | None = None
    """There while the editor has not told of an edit that it applied as a change; set once it does."""

    _snapshot: Snapshot | None = None

    @property
    def is_cell(self) -> bool:
        """Whether it is a cell of a notebook."""
        return uris.is_cell(self.uri)

    @property
    def snapshot(self) -> Snapshot:
        """The text at this version; the same object until the next change."""
        if self._snapshot is None:
            self._snapshot = Snapshot(self.uri, self._buffer.text, self.path, self.language, self.version)
        return self._snapshot

    def change(self, version: int, changes: Iterable[Change], encoding: Encoding) -> None:
        """Take changes in their order; each speaks of the text that the one before left."""
        for change in changes:
            if isinstance(change, types.TextDocumentContentChangePartial):
                start, end = _position(change.range.start), _position(change.range.end)
                self._buffer.replace(start, end, change.text, encoding=encoding)
            else:
                self._buffer.replace_all(change.text)
        self.version = version
        self.edition += 1
        self._snapshot = None
        if self.unseen is not None:
            self.unseen.set()


@define
class Documents:
    """The open documents by key."""

    encoding: Encoding = Encoding.UTF16
    edition: int = 0
    """Counts what was opened and changed."""

    _open: dict[str, Document] = field(factory=dict)

    def __iter__(self) -> Iterator[Document]:
        """Go over the open documents; they may be opened and closed meanwhile."""
        return iter(tuple(self._open.values()))

    def __len__(self) -> int:
        """Count the open documents."""
        return len(self._open)

    def find(self, uri: str) -> Document | None:
        """Look a document up by any spelling of its URI; raises `RequestError` where it is none."""
        return self._open.get(uris.key(uri))

    def get(self, uri: str) -> Document:
        """Look up a document that must be open; raises `RequestError` where it is not."""
        document = self.find(uri)
        if document is None:
            message = f"{uri} is not open here. Open it in the editor and ask again."
            raise RequestError(message)
        return document

    def others(self, path: Path | None) -> dict[Path, str]:
        """Give the texts of the open documents that are files, but for one: they need not be saved."""
        return {item.path: item.snapshot.text for item in self if item.path not in {None, path} and not item.is_cell}

    def around(self, document: Document) -> str:
        """Name the state of the other documents: another name once one of them was changed, or closed after that.

        One that was only opened is what it is on the disk, and makes no difference.
        """
        changed = (item for item in self if item is not document and item.edition)
        states = sorted(f"{item.key} {item.snapshot.digest}" for item in changed)
        return sha256("\n".join(states).encode("utf-8", "surrogatepass")).hexdigest()

    def open(self, item: types.TextDocumentItem) -> Document:
        """Take a document that the editor opened; one that is open already is replaced."""
        key = uris.key(item.uri)
        path = uris.to_path(item.uri)
        language = str(getattr(item.language_id, "value", item.language_id))
        document = Document(item.uri, key, language, item.version, path, Buffer(item.text))
        self._open[key] = document
        self.edition += 1
        document.touched = self.edition
        return document

    def change(self, identifier: types.VersionedTextDocumentIdentifier, changes: Sequence[Change]) -> Document | None:
        """Take the editor's changes; None where they cannot be taken, and then nothing changes.

        Changes for a version before the one that is here are refused: they came late or twice, and
        applied now they would garble the text.
        """
        document = self.find(identifier.uri)
        if document is None:
            logger.warning("A change to %s was dropped: it is not open.", identifier.uri)
            return None
        if identifier.version < document.version:
            logger.warning(
                "A change to %s was refused: its version %s is older than %s, which is here. "
                "If the server's view of the file looks wrong, close the file and open it again.",
                identifier.uri,
                identifier.version,
                document.version,
            )
            return None
        document.change(identifier.version, changes, self.encoding)
        self.edition += 1
        document.touched = self.edition
        return document

    def close(self, uri: str) -> Document | None:
        """Forget a document that the editor closed."""
        document = self._open.pop(uris.key(uri), None)
        if document is None:
            logger.warning("%s was closed, but it was not open.", uri)
        return document


def _position(position: types.Position) -> Position:
    return Position(position.line, position.character)
