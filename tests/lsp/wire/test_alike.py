"""Entries that would be called the same are told apart by their places, and no others are touched."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from lastmile.lsp.wire.alike import told_apart
from lastmile.tasks.kind import Offer
from lastmile.text.edits import Span
from lastmile.text.lines import LineIndex

LINES = LineIndex("if a == None or b == None:\n    c = None\n")
NULL, NAME, ADD = "Fix E711: Comparison to `None`", "Fix F821: Undefined name `a`", "Add it"
FIRST, SECOND, BELOW, WIDE, BOTH = Span(8, 12), Span(21, 25), Span(35, 39), Span(8, 25), Span(8, 39)
Entry = tuple[str, Span]


@pytest.mark.parametrize(
    ("entries", "titles"),
    [
        ([], []),
        ([(NULL, FIRST), (NAME, FIRST)], [NULL, NAME]),
        (
            [(NULL, SECOND), (NAME, FIRST), (NULL, FIRST)],
            ["Fix E711 at column 22: Comparison to `None`", NAME, "Fix E711 at column 9: Comparison to `None`"],
        ),
        ([(ADD, FIRST), (ADD, BELOW)], ["Add it at line 1, column 9", "Add it at line 2, column 9"]),
        ([(ADD, FIRST), (ADD, WIDE)], ["Add it at column 9 to column 13", "Add it at column 9 to column 26"]),
        (
            [(ADD, BOTH), (ADD, SECOND), (ADD, FIRST)],
            [
                "Add it at line 1, column 9 to line 2, column 13",
                "Add it at line 1, column 22",
                "Add it at line 1, column 9 to line 1, column 13",
            ],
        ),
    ],
    ids=["none", "other titles", "one line", "several lines", "one start", "one start on several lines"],
)
def test_places_stand_in_titles_that_would_be_equal(entries: Sequence[Entry], titles: list[str]) -> None:
    offers = [Offer("fix", title, "quickfix", target) for title, target in entries]
    named = told_apart(offers, LINES)
    assert [offer.title for offer in named] == titles
    assert [offer.target for offer in named] == [target for _, target in entries]
