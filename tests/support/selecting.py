"""Small projects on the disk, and the tests that a change in them selects."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from tests.support.source import marked

from lastmile.testing.selection.selector import Selector
from lastmile.testing.values import Selection
from lastmile.text.edits import Span
from lastmile.text.snapshot import Snapshot
from lastmile.tools.offload import Offload

CART = "«def total(items):\n    return sum(items)\n»\ndef other():\n    return 1\n"
BOTH = "from shop.cart import other, total\ndef test_total():\n    total([1])\ndef test_other():\n    other()\n"


def laid(root: Path, files: Mapping[str, str]) -> tuple[Snapshot, Span | None]:
    """Write a project; the file with a mark is the one that changes, at the mark or as a whole."""
    found: tuple[Snapshot, Span | None] | None = None
    for name, source in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        text, spans = marked(source) if "«" in source else (source, ())
        path.write_text(text)
        if spans:
            found = Snapshot(path.as_uri(), text, path), spans[0] if len(spans[0]) else None
    assert found, "no file has a mark"
    return found


async def check(root: Path, offload: Offload, files: Mapping[str, str], expected: set[str]) -> Selection:
    snapshot, span = laid(root, files)
    found = await Selector.of(root, offload).select(snapshot, span)
    assert set(found.tests) == expected
    assert found.total >= len(expected), found
    return found
