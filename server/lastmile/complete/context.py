"""What a model is shown beside the document itself, and where the person has been. One for a session."""

from __future__ import annotations

from attrs import define, field

from lastmile.complete import ring
from lastmile.complete.ring import Ring
from lastmile.complete.values import Cursor
from lastmile.complete.window import Window
from lastmile.model.values import Chunk
from lastmile.text.snapshot import Snapshot

_MOVED = 32
"""Lines that the cursor moves by before the place it left is worth keeping (llama.vim)."""


@define(eq=False)
class Context:
    """The chunks that prompts carry. They change only in `turn`, so that typing leaves a prompt's beginning alone."""

    last: Cursor | None = None
    """Where a completion was last wanted."""

    _ring: Ring = field(factory=Ring)
    _definitions: dict[str, tuple[Chunk, ...]] = field(factory=dict)

    def chunks(self, document: str) -> tuple[Chunk, ...]:
        """Give what prompts for a document carry: the oldest chunk first, which is given up first; definitions last.

        Documents share the chunks, and what a model has read of them.
        """
        return (*self._ring.chunks, *self._definitions.get(document, ()))

    def visit(self, cursor: Cursor) -> None:
        """Take note of where the person is; the place that they left is kept when it is far away."""
        before, self.last = self.last, cursor
        if before is not None and _is_far(before, cursor):
            self._keep(before.snapshot, before.snapshot.lines.line_at(before.offset))

    def seen(self, snapshot: Snapshot, line: int | None = None) -> None:
        """Keep a place that was viewed or saved: around a line, or where the person was last."""
        if line is None:
            last = self.last
            here = last is not None and last.snapshot.uri == snapshot.uri
            line = snapshot.lines.line_at(min(last.offset, len(snapshot.text))) if last is not None and here else 0
        self._keep(snapshot, line)

    def yanked(self, text: str, path: str) -> None:
        """Keep a text that the person copied."""
        self._ring = ring.taken(self._ring, ring.chunk(text, path))

    def turn(self, document: str, window: Window, definitions: tuple[Chunk, ...]) -> None:
        """Take in what has come since the last time."""
        self._definitions = {document: definitions}
        above, below = window.before.splitlines(keepends=True), window.after.splitlines(keepends=True)
        near = [*above[-ring.LINES // 2 :], *below[: ring.LINES // 2]]
        self._ring = ring.turned(self._ring, "".join(near))

    def _keep(self, snapshot: Snapshot, line: int) -> None:
        self._ring = ring.taken(self._ring, ring.piece(snapshot.lines, line, snapshot.name))


def _is_far(before: Cursor, now: Cursor) -> bool:
    if before.document != now.document:
        return True
    lines = (item.snapshot.lines.line_at(item.offset) for item in (before, now))
    return abs(next(lines) - next(lines)) > _MOVED
