"""What a pause is used for: to read ahead and to look around, where that is allowed."""

from __future__ import annotations

import pytest
from tests.support.desks import LINE, SOURCE, desk_with
from tests.support.filling import settled

from lastmile.complete.completer import REST
from lastmile.complete.definitions import Other
from lastmile.config.completing import Completing
from lastmile.text.snapshot import Snapshot


async def test_a_battery_is_saved() -> None:
    desk = desk_with(LINE)
    await desk.ask()
    await settled()
    assert desk.filler.ahead == [False]


@pytest.mark.parametrize(
    ("source", "settings", "language"),
    [
        (SOURCE, Completing(enabled=False), "python"),
        (SOURCE, Completing(languages=("rust",)), "python"),
        ("some words ‸\n", Completing(), "markdown"),
        ("x = 1  # the ‸\n", Completing(comments=False), "python"),
        ('x = "the ‸"\n', Completing(strings=False), "python"),
        ('"""The ‸\n\nlong\n"""\n', Completing(strings=False), "python"),
        ("x = val‸ue\n", Completing(), "python"),
        ("x = ‸ compute(value)\n", Completing(), "python"),
        ("‸\n", Completing(), "python"),
    ],
)
async def test_off_means_off(source: str, settings: Completing, language: str) -> None:
    desk = desk_with("words\n", settings=settings, source=source, language=language)
    assert await desk.ask() is None
    await settled()
    assert (desk.filler.history, desk.filler.prefilled) == ([], [])


@pytest.mark.parametrize(
    ("source", "settings"),
    [
        ('x = f"the {‸}"\n', Completing(strings=False)),
        ('x = "the"‸\n', Completing(strings=False)),
        ("some words ‸\n", Completing(languages=("markdown",))),
        ("x = 1  # the\ny = ‸\n", Completing(comments=False)),
    ],
)
async def test_and_nothing_else_is(source: str, settings: Completing) -> None:
    desk = desk_with("a\n", settings=settings, source=source, language="markdown" if settings.languages else "python")
    await desk.ask()
    assert len(desk.filler.history) >= 1


async def test_a_pause_elsewhere_or_in_a_closed_document_reads_nothing() -> None:
    desk = desk_with(LINE)

    async def nobody(_snapshot: Snapshot) -> list[Other]:
        return []

    await desk.completer.rest("x", lambda: desk.snapshot, nobody)
    await desk.ask()
    await desk.completer.rest("x", lambda: None, nobody)
    await desk.completer.rest("y", lambda: desk.snapshot, nobody)
    desk.filler.failure = "It is not loaded."
    desk.type("r")
    await desk.find(invoked=True)
    await desk.completer.rest("x", lambda: desk.snapshot, nobody)
    assert desk.filler.prefilled == []


async def test_idle_time_is_used_to_read_ahead_and_to_look_around() -> None:
    desk = desk_with(LINE, source="from shapes import Shape\n\n\ndef f(a):\n    b = Shape(‸)\n    return b\n")
    await desk.ask()
    other = Other(
        "/project/shapes.py", 'class Shape:\n    """A shape."""\n\n    def area(self) -> int:\n        return 1\n'
    )

    async def others(_snapshot: Snapshot) -> list[Other]:
        return [other]

    desk.completer.context.yanked("def one():\n    a = 1\n    return a\n", "y.py")
    await desk.completer.rest("x", lambda: desk.snapshot, others)
    assert desk.clock.slept[-1] == REST
    (fill,) = desk.filler.prefilled
    assert [chunk.path for chunk in fill.chunks] == ["y.py", "/project/shapes.py"]
    assert fill.chunks[1].text == "class Shape:\n    def area(self) -> int: ...\n"
    await desk.completer.rest("x", lambda: desk.snapshot, others)
    assert len(desk.filler.prefilled) == 1
    desk.type("a")
    await desk.ask()
    assert desk.filler.history[-1].chunks == fill.chunks
