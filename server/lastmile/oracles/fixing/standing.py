"""Which statements stand in both texts, letter for letter: whole ones of the module and of its classes.

They say the same wherever they stand, so nothing that they hold has to be compared: a fix of one function in a long
text, with an import at its top, takes as long to judge as that function is. Within a function all is compared.
"""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Callable, Iterator, Sequence

from lastmile.oracles.fixing.steps import place_of
from lastmile.oracles.reading import Reading
from lastmile.text.edits import Span

_Block = Sequence[ast.stmt]
_Said = tuple[int, str]


def standing(before: Reading, after: Reading, touches: Callable[[Span], bool]) -> frozenset[int]:
    """Give the statements of both texts, by `id`, that the other has too; none of what the finding touches."""
    found: set[int] = set()
    waiting: list[tuple[_Block, _Block]] = [(before.module.body, after.module.body)]
    while waiting:
        old, new = waiting.pop()
        about = {_said(before, item) for item in old if touches(place_of(before, item))}
        ours, theirs = _by_text(before, old), _by_text(after, new)
        for said in (ours.keys() & theirs.keys()) - about:
            if len(ours[said]) == len(theirs[said]):  # else it is not known which of them is still there
                found |= {id(item) for item in (*ours[said], *theirs[said])}
        waiting += _classes(
            [item for item in old if id(item) not in found], [item for item in new if id(item) not in found]
        )
    return frozenset(found)


def _by_text(reading: Reading, block: _Block) -> dict[_Said, list[ast.stmt]]:
    found: dict[_Said, list[ast.stmt]] = {}
    for item in block:
        found.setdefault(_said(reading, item), []).append(item)
    return found


def _said(reading: Reading, node: ast.stmt) -> _Said:
    """Give what a statement says: its text, and how far it is indented."""
    return node.col_offset, place_of(reading, node).of(reading.text)


def _classes(old: _Block, new: _Block) -> Iterator[tuple[_Block, _Block]]:
    """Pair the bodies of classes of one name, where either text has one of it."""
    rows = [[item for item in block if isinstance(item, ast.ClassDef)] for block in (old, new)]
    counts = [Counter(item.name for item in row) for row in rows]
    for one in rows[0]:
        for other in rows[1]:
            if one.name == other.name and counts[0][one.name] == counts[1][one.name] == 1:
                yield one.body, other.body
