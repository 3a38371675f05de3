"""What becomes of a completion that was shown: what the person does, and what the books say."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from tests.support.filling import Desk, ManualClock, ScriptedFiller, pieces, settled

from lastmile.complete.values import Fate
from lastmile.config.completing import Completing

SOURCE = "def area(width, height):\n    ‸\n\n\nprint(area(1, 2))\n"
TEXT = "return width * height"


async def shown_desk() -> Desk:
    desk = Desk(ScriptedFiller([pieces(f"    {TEXT}\n")]), settings=Completing(battery_saver=True), clock=ManualClock())
    desk.put(SOURCE)
    shown = await desk.ask()
    assert shown is not None
    assert shown.text == TEXT
    return desk


@pytest.mark.parametrize(
    ("steps", "fate", "taken"),
    [
        ([], Fate.SHOWN, 0),
        ([TEXT], Fate.ACCEPTED, len(TEXT)),
        (["return", " width * height"], Fate.ACCEPTED, len(TEXT)),
        (["return", "\n"], Fate.PARTIAL, len("return")),
        (["return", " width", "x"], Fate.PARTIAL, len("return width")),
        (list(TEXT), Fate.TYPED, len(TEXT)),
        (list("return wi"), Fate.SHOWN, 0),
        (["x"], Fate.TYPED, 0),
        (["r", "e", "x"], Fate.TYPED, 2),
        (["retrun"], Fate.TYPED, 0),
    ],
)
async def test_what_typing_says(steps: list[str], fate: Fate, taken: int) -> None:
    desk = await shown_desk()
    for step in steps:
        desk.type(step)
    (record,) = desk.notes.records.values()
    assert (record.fate, record.taken) == (fate, taken)
    assert (record.characters, record.lines, record.source, record.language) == (len(TEXT), 1, "asked", "python")
    await desk.completer.close()


@pytest.mark.parametrize(
    ("characters", "then", "fate", "taken"),
    [
        (None, "", Fate.ACCEPTED, len(TEXT)),
        (6, "", Fate.SHOWN, 0),
        (6, "x", Fate.PARTIAL, 6),
        (999, "", Fate.ACCEPTED, len(TEXT)),
    ],
)
async def test_what_the_editor_says(characters: int | None, then: str, fate: Fate, taken: int) -> None:
    desk = await shown_desk()
    (identifier,) = desk.notes.records
    desk.completer.fates.told("another", characters=characters)
    desk.completer.fates.told(identifier, characters=characters)
    if then:
        desk.type(then)
    (record,) = desk.notes.records.values()
    assert (record.fate, record.taken) == (fate, taken)
    await desk.completer.close()


@pytest.mark.parametrize(
    ("steps", "fate", "taken"),
    [
        ([], Fate.DISMISSED, 0),
        (["return"], Fate.PARTIAL, len("return")),
        (["r", "e"], Fate.TYPED, 2),
        ([TEXT], Fate.ACCEPTED, len(TEXT)),
    ],
)
async def test_the_end_settles_what_is_shown(steps: list[str], fate: Fate, taken: int) -> None:
    desk = await shown_desk()
    for step in steps:
        desk.type(step)
    await desk.completer.close()
    (record,) = desk.notes.records.values()
    assert (record.fate, record.taken) == (fate, taken)


@pytest.mark.parametrize(("typed", "fate"), [("", Fate.DISMISSED), ("return wi", Fate.TYPED)])
async def test_what_was_typed_of_it_by_hand_is_no_dismissal(typed: str, fate: Fate) -> None:
    desk = await shown_desk()
    for char in typed:
        desk.type(char)
    desk.completer.closed("x", desk.snapshot)
    (record,) = desk.notes.records.values()
    assert (record.fate, record.taken) == (fate, len(typed))
    await desk.completer.close()


async def test_going_elsewhere_and_closing_dismiss() -> None:
    desk = await shown_desk()
    desk.put(SOURCE.replace("print(area(1, 2))\n", "print(area(1, 2))\n" + "\n" * 5).replace("‸", "pass") + "‸")
    desk.filler.scripts = [["x = 1\n"]]
    await desk.ask()
    assert desk.notes.fates == ["dismissed", "shown"]
    desk.completer.closed("x", desk.snapshot)
    assert desk.notes.fates == ["dismissed", "dismissed"]
    await desk.completer.close()


@pytest.mark.parametrize(
    ("early", "late", "kept"),
    [
        (lambda text: text, lambda text: text, (True, True)),
        (lambda text: text + "x = 1\n", lambda text: text.replace("width * height", "0"), (True, False)),
        (lambda text: text.replace("return width", "return  width"), lambda text: text, (False, False)),
    ],
)
async def test_survival(early: Callable[[str], str], late: Callable[[str], str], kept: tuple[bool, bool]) -> None:
    desk = await shown_desk()
    desk.type(TEXT)
    await settled()
    desk.text = early(desk.text)
    await desk.clock.turn(30.0)
    (record,) = desk.notes.records.values()
    assert record.kept == (kept[0], None)
    desk.text = late(desk.text)
    await desk.clock.turn(270.0)
    (record,) = desk.notes.records.values()
    assert record.kept == kept


async def test_books_are_bounded() -> None:
    desk = await shown_desk()
    found = await desk.find()
    assert found is not None
    for number in range(100):
        desk.completer.fates.show(
            found.cursor.__class__(f"d{number}", desk.snapshot, desk.offset), found.completion, found.record
        )
    assert sum(desk.completer.fates.shows(f"d{number}") for number in range(100)) == 64
    await desk.completer.close()
