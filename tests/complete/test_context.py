"""What a model is shown beside the document: chunks, definitions, and where imports lead."""

from __future__ import annotations

import pytest
from tests.support.filling import MARK, Desk, ScriptedFiller

from lastmile.complete import ring
from lastmile.complete.definitions import Other, definitions
from lastmile.complete.imported import candidates
from lastmile.complete.pace import Pace
from lastmile.complete.ring import Ring, chunk, piece, similarity, taken, turned
from lastmile.complete.window import around
from lastmile.model.values import Chunk
from lastmile.text.lines import LineIndex


def lines(word: str, count: int = 64) -> str:
    return "".join(f"{word}_{number} = {word}{number}()\n" for number in range(count))


def test_a_chunk_is_what_stands_around_a_line() -> None:
    text = lines("a", 200)
    found = piece(LineIndex(text), 100, "x.py")
    assert found is not None
    assert found.text.count("\n") == ring.LINES
    assert "a_100 =" in found.text
    assert piece(LineIndex("a\nb"), 0, "x.py") is None
    assert chunk("\n\n\na\n\n", "x.py") is None
    long = chunk("x" * 20_000 + "\na\nb\n", "x.py")
    assert long is not None
    assert len(long.text) < 10_000


def test_the_ring_is_bounded_and_the_oldest_stands_first() -> None:
    found = Ring()
    for number in range(3 * ring.MOST):
        found = taken(found, Chunk(str(number), lines(f"w{number}x")))
        if number % 3 == 0:
            found = turned(found, "")
    found = turned(found, "")
    assert [int(item.path) for item in found.chunks] == list(range(2 * ring.MOST, 3 * ring.MOST))
    assert found.waiting == ()


def test_what_says_the_same_goes_and_what_stands_around_is_left_out() -> None:
    old, other = Chunk("old", lines("a")), Chunk("other", lines("b"))
    found = turned(taken(taken(Ring(), old), other), "")
    assert found.chunks == (old, other)
    new = Chunk("new", lines("a") + "more = 1\n")
    assert taken(taken(Ring(), old), new).waiting == (old,)
    assert turned(taken(found, new), "").chunks == (other, new)
    assert turned(taken(found, new), lines("b")).chunks == (new,)
    assert turned(found, lines("b")) == found


@pytest.mark.parametrize(
    ("one", "other", "expected"), [("a b", "b a", 1.0), ("a b", "c d", 0.0), ("", "", 1.0), ("a b", "b c", 0.5)]
)
def test_similarity(one: str, other: str, expected: float) -> None:
    assert similarity(one, other) == expected


SHAPES = '''\
"""Shapes."""


class Shape:
    """A shape."""

    def area(self, scale: int = 1) -> int:
        """Give the area."""
        return scale


def double(shape: Shape) -> int:
    """Double it.

    At length.
    """
    return 2 * shape.area()
'''
CLASS = "class Shape:\n    def area(self, scale: int = 1) -> int: ...\n"


@pytest.mark.parametrize(
    ("source", "path", "found"),
    [
        ("from shapes import Shape\nx = Shape(‸)\n", "/p/x.py", [CLASS]),
        ("from shapes import double\nx = double(‸)\n", "/p/x.py", ["def double(shape: Shape) -> int:  # Double it.\n"]),
        ("from shapes import Shape as S\nx = S(‸)\n", "/p/x.py", [CLASS]),
        ("import shapes\nx = shapes.Shape(‸)\n", "/p/x.py", [CLASS]),
        ("from .shapes import Shape\nx = Shape(‸)\n", "/p/x.py", [CLASS]),
        ("from . import shapes\nx = shapes.Shape(‸)\n", "/p/x.py", [CLASS]),
        ("from ..shapes import Shape\nx = Shape(‸)\n", "/p/inner/x.py", [CLASS]),
        ("if True:\n    from shapes import Shape\nx = Shape(‸)\n", "/p/x.py", [CLASS]),
        ("from shapes import Shape\nx = 1‸\n", "/p/x.py", [CLASS]),
        ("from shapes import Shape\n" + "y = 1\n" * 60 + "x = 1‸\n", "/p/x.py", []),
        ("from other import Shape\nx = Shape(‸)\n", "/p/x.py", []),
        ("from shapes import nothing\nx = nothing(‸)\n", "/p/x.py", []),
        ("from ....shapes import Shape\nx = Shape(‸)\n", "/p/x.py", []),
    ],
)
def test_definitions_of_what_is_imported(source: str, path: str, found: list[str]) -> None:
    at, text = source.index(MARK), source.replace(MARK, "")
    others = [Other("/p/shapes.py", SHAPES), Other(path, text)]
    assert [item.text for item in definitions(text, at, (0, len(text)), path, others)] == found


def test_definitions_of_the_document_itself_where_they_are_not_shown() -> None:
    text = SHAPES + "z = 1\n" * 100 + "x = Shape()\n"
    shown = (len(text) - 100, len(text))
    assert [item.text for item in definitions(text, len(text), shown, "/p/x.py", [])] == [CLASS]
    assert definitions(text, len(text), (0, len(text)), "/p/x.py", []) == ()


@pytest.mark.parametrize(
    ("text", "path", "found"),
    [
        ("import a.b\n", "/p/x.py", [("/p/a/b.py", "/p/a/b/__init__.py", "/p/src/a/b.py", "/p/src/a/b/__init__.py")]),
        ("from .a import b\n", "/p/q/x.py", [("/p/q/a/b.py", "/p/q/a.py", "/p/q/a/__init__.py")]),
        ("from .. import b\n", "/p/q/x.py", [("/p/b.py", "/p.py", "/p/__init__.py")]),
        ("def f():\n    import a\n", "/p/x.py", []),
        ("import\n", "/p/x.py", []),
    ],
)
def test_where_imports_lead(text: str, path: str, found: list[tuple[str, ...]]) -> None:
    assert [item[:4] for item in candidates(text, path, ["/p", "/p/src"])] == found


async def test_places_that_were_left_become_chunks() -> None:
    desk = Desk(ScriptedFiller([["1\n"]]))
    text = lines("a", 300)
    desk.text = text
    for line in (10, 20, 200):
        desk.offset = LineIndex(text).start(line)
        await desk.find(invoked=True)
    desk.completer.context.turn("x", around(LineIndex("b"), 0), ())
    (kept,) = desk.completer.context.chunks("x")
    assert "a_20 =" in kept.text
    assert "a_200 =" not in kept.text
    await desk.completer.close()


@pytest.mark.parametrize(
    ("gaps", "answers", "before", "after", "wait"),
    [
        ([], [], "x", "y", 0.6),
        ([], [], "x.", "", 0.3),
        ([0.1] * 5, [], "x", "y", 0.3),
        ([0.4] * 5, [], "x", "y", 1.0),
        ([0.1] * 5, [], "x.", "", 0.15),
        ([0.1] * 5, [0.1], "x.", "", 0.1),
        ([9.0, 0.1, 9.0], [], "x", "y", 0.3),
        ([0.001] * 500, [10.0], "x", "y", 0.1),
    ],
)
def test_pace(gaps: list[float], answers: list[float], before: str, after: str, wait: float) -> None:
    pace, now = Pace(), 0.0
    for gap in [0.0, *gaps]:
        now += gap
        pace.key(now)
    for seconds in answers:
        pace.answered(seconds)
    assert pace.wait(before, after) == pytest.approx(wait)
