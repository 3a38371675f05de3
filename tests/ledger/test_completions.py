"""Completions in the books: a row each, written over as more is known."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest
from attrs import evolve
from tests.support.ledger import Clock, opened

from lastmile.complete.values import Fate, Record
from lastmile.ledger.retention import DAYS

RECORD = Record("c1", "", "python", characters=20, lines=2, seconds=0.25, source="asked")


async def test_what_was_shown_adds_up(tmp_path: Path) -> None:
    async with opened(tmp_path / "ledger.sqlite3") as ledger:
        assert (await ledger.completed()).seconds is None
        ledger.note(RECORD)
        ledger.note(evolve(RECORD, fate=Fate.ACCEPTED, taken=20))
        ledger.note(evolve(RECORD, fate=Fate.ACCEPTED, taken=20, kept=(True, None)))
        ledger.note(evolve(RECORD, fate=Fate.ACCEPTED, taken=20, kept=(True, False)))
        for number, (fate, taken) in enumerate(
            [(Fate.PARTIAL, 6), (Fate.TYPED, 20), (Fate.DISMISSED, 0), (Fate.SHOWN, 0)]
        ):
            ledger.note(evolve(RECORD, id=f"d{number}", fate=fate, taken=taken, seconds=0.75))
        found = await ledger.completed()
    assert (found.shown, found.accepted, found.partial, found.typed, found.dismissed) == (5, 1, 1, 1, 1)
    assert (found.characters, found.kept_early, found.kept_late) == (46, 1.0, 0.0)
    assert found.seconds == pytest.approx(0.65)


async def test_they_go_with_the_years_and_outlive_the_process(tmp_path: Path) -> None:
    path, clock = tmp_path / "ledger.sqlite3", Clock.at("2026-11-23 14:00")
    async with opened(path, clock=clock) as ledger:
        ledger.note(RECORD)
    async with opened(path, clock=clock) as ledger:
        assert (await ledger.completed()).shown == 1
        assert (await ledger.completed(since=clock.seconds + 1)).shown == 0
    clock.seconds += (DAYS + 1) * 86_400
    async with opened(path, clock=clock) as ledger:
        assert (await ledger.completed()).shown == 0
        bill = await ledger.bill()
    assert (bill.total.spent, bill.total.tasks) == (0, 0)


async def test_a_closed_ledger_takes_no_note_and_does_not_complain(tmp_path: Path) -> None:
    async with opened(tmp_path / "ledger.sqlite3") as ledger:
        pass
    ledger.note(RECORD)


async def test_no_text_is_written_down(tmp_path: Path) -> None:
    path = tmp_path / "ledger.sqlite3"
    async with opened(path) as ledger:
        ledger.note(evolve(RECORD, language="py\ud800" * 200))
    connection = sqlite3.connect(path)
    (row,) = connection.execute("SELECT * FROM completions").fetchall()
    connection.close()
    assert all(len(value) <= 200 for value in row if isinstance(value, str))
