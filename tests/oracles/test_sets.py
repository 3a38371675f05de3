"""Slices of the sets of drafts that go through a real service: all of the documents, and some of the new tests.

`python -m benchmarks.oracles` judges all of every set; it takes minutes.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import pytest
from benchmarks.oracle_cases import Draft, Subject, documents, write_tests, write_tests_more
from tests.support.cases import judged
from tests.support.fixing import serving
from tests.support.oracle_sets import SETS, RealRoom
from tests.support.programs import BUBBLEWRAP

from lastmile.oracles.new_tests.reading import read

pytestmark = pytest.mark.slow

DOCUMENTS = [pytest.param(item, id=f"{number}-{item.name}") for number, item in enumerate(documents.SUBJECTS)]


async def check(env: dict[str, str], folder: Path, subject: Subject, drafts: Iterator[tuple[str, Draft]]) -> None:
    """Judge drafts: right ones pass, wrong ones do not, and what nobody can see is left to agreement."""
    async with serving({**env, "VIRTUAL_ENV": sys.prefix, "LASTMILE_VERIFY__TESTS__SECONDS": "60"}) as service:
        room = await RealRoom.of(subject, folder, service)
        for what, draft in drafts:
            found = await room.judged(what, draft)
            soft = what == "unseen" and not found.hard
            assert found.passed == (what == "right" or soft), (what, subject.after(draft), found.verdict)


@pytest.mark.parametrize("subject", DOCUMENTS)
async def test_documents(home_env: dict[str, str], tmp_path: Path, subject: Subject) -> None:
    await check(home_env, tmp_path / "project", subject, judged(subject))


@pytest.mark.parametrize("kind", SETS)
def test_there_are_enough_of_each(kind: str) -> None:
    assert sum(len(subject.right) for subject in SETS[kind]) >= 25
    assert sum(len(subject.wrong) + len(subject.unseen) for subject in SETS[kind]) >= 25


def test_no_right_tests_are_refused_at_sight() -> None:
    for subject in write_tests.SUBJECTS:
        for draft in subject.right:
            assert read(subject.plain, subject.after(draft)).faults == ()


@pytest.mark.skipif(BUBBLEWRAP.is_missing(), reason="bubblewrap is not there; the report's header says so")
@pytest.mark.parametrize("subject", write_tests_more.SUBJECTS, ids=["a parser", "a file that has tests"])
async def test_new_tests(home_env: dict[str, str], tmp_path: Path, subject: Subject) -> None:
    drafts = [*islice(subject.right, 2), *islice(subject.unseen, 3)]
    chosen = ((what, draft) for what, draft in judged(subject) if draft in drafts)
    await check(home_env, tmp_path / "project", subject, chosen)
