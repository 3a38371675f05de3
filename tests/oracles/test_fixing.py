"""What stands beside a finding, where an import at the top moves all of it: it has to stay as it is."""

from __future__ import annotations

import pytest

from lastmile.oracles.fixing import CHECK, Place, judge
from lastmile.text.edits import Span

LOAD = "def load(text):\n    return json.loads(text)\n"
KEEP, DROP = "def keep(rows):\n    rows.sort()\n    return rows\n", "def drop(rows):\n    rows.clear()\n"
BOX = "class Box:\n    def open(self):\n        self.lid.lift()\n\n    def open(self):\n        self.lid.lift()\n"
TEXT = f"{LOAD}\n\n{KEEP}\n\n{DROP}\n\n{BOX}"
PLACE = Place("F821", Span(TEXT.index("json"), TEXT.index("json") + 4), undefined="json")


@pytest.mark.parametrize(
    ("old", "new", "stays"),
    [
        pytest.param("", "", True, id="all stands"),
        pytest.param(f"{KEEP}\n\n{DROP}", f"{DROP}\n\n{KEEP}", True, id="definitions in another order"),
        pytest.param(KEEP, f'"""\n{KEEP}"""\n', False, id="within a text"),
        pytest.param(DROP, "if False:\n\n    def drop(rows):\n        rows.clear()\n", False, id="where it never is"),
        pytest.param("rows.clear()", "rows.copy()", False, id="another call"),
        pytest.param("    rows.sort()\n", "", False, id="a statement less"),
        pytest.param(DROP, KEEP, False, id="one twice and the other not"),
        pytest.param("        self.lid.lift()\n\n", "        pass\n\n", False, id="one of two that are the same"),
    ],
)
def test_what_stands_in_both_texts(old: str, new: str, stays: bool) -> None:  # noqa: FBT001 - a row of the table
    draft = f"import json\n\n\n{TEXT.replace(old, new, 1)}"
    found = judge(TEXT, draft, PLACE)
    assert (not found, {item.check for item in found}) == (stays, set() if stays else {CHECK})
