"""The drafts that the benchmark of oracles is made of: right ones pass, wrong ones are seen."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from attrs import evolve
from benchmarks.oracle_cases import Draft, Subject
from tests.support.cases import CASES, Room, judged

from lastmile.errors import RequestError
from lastmile.tools.offload import Offload

pytestmark = pytest.mark.slow

SUBJECTS = [(f"{kind}-{number}", subject) for kind, row in CASES.items() for number, subject in enumerate(row)]
LAYOUTS: dict[str, Callable[[str], str]] = {
    "as it is": lambda text: text,
    "line ends of Windows": lambda text: text.replace("\n", "\r\n"),
    "tabs": lambda text: text.replace("    ", "\t"),
}


def relaid(subject: Subject, form: Callable[[str], str]) -> Subject:
    """Lay a subject out in another way, its drafts with it."""

    def draft(item: Draft) -> Draft:
        return form(item) if isinstance(item, str) else tuple((form(old), form(new)) for old, new in item)

    rows: dict[str, Any] = {what: tuple(map(draft, getattr(subject, what))) for what in ("right", "wrong", "unseen")}
    return evolve(subject, text=form(subject.text), slot=form(subject.slot), **rows)


def misjudged(room: Room, drafts: Iterator[tuple[str, Draft]]) -> list[tuple[str, str, list[str]]]:
    """List the drafts that are judged wrongly by what can be seen in their texts."""
    found = []
    for what, draft in drafts:
        seen = room.seen(room.subject.after(draft))
        if bool(seen) != (what == "wrong"):
            found.append((what, room.subject.after(draft), [item.message for item in seen]))
    return found


@pytest.mark.parametrize("layout", LAYOUTS.values(), ids=LAYOUTS.keys())
@pytest.mark.parametrize("subject", [item for _name, item in SUBJECTS], ids=[name for name, _item in SUBJECTS])
async def test_what_texts_show(
    tmp_path: Path, offload: Offload, subject: Subject, layout: Callable[[str], str]
) -> None:
    """What names alone betray is ruff's to see, so here a wrong draft may pass if ruff refuses it."""
    laid = relaid(subject, layout)
    try:
        room = await Room.of(laid, tmp_path, offload, runs=False)
    except RequestError:
        assert (laid.right, laid.unseen) == ((), ())
        return
    for what, text, messages in misjudged(room, judged(laid)):
        assert (what, messages) == ("wrong", []), text
        draft = next(draft for kind, draft in judged(laid) if kind == what and laid.after(draft) == text)
        assert (await room.verdict(draft)).refused_by in {"names", "lint", "property", "effects"}, text


@pytest.mark.parametrize(
    "subject",
    [item for _name, item in SUBJECTS if item.unseen],
    ids=[name for name, item in SUBJECTS if item.unseen],
)
async def test_what_runs_show(tmp_path: Path, offload: Offload, subject: Subject) -> None:
    room = await Room.of(subject, tmp_path, offload, runs=True)
    assert room.task.oracle.hard
    for what, draft in judged(subject):
        if what != "wrong":
            verdict = await room.verdict(draft)
            assert verdict.passed == (what == "right"), (subject.after(draft), verdict.findings)
