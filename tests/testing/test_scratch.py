"""The files that a run is given, and what makes them stand for the text and nothing else."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lastmile.testing.values import Wanted
from lastmile.testing.worker.scratch import Scratch, encoded


@pytest.mark.parametrize(
    ("text", "data"),
    [
        ("é = 1\n", "é = 1\n".encode()),
        ("# -*- coding: latin-1 -*-\né = 1\n", "# -*- coding: latin-1 -*-\né = 1\n".encode("latin-1")),
        ("# coding: no-such\né\n", "# coding: no-such\né\n".encode()),
        ("# coding: ascii\né\n", "# coding: ascii\né\n".encode()),
        ("a\r\nb\rc\n", b"a\r\nb\rc\n"),
    ],
)
def test_bytes_of_a_text(text: str, data: bytes) -> None:
    assert encoded(text) == data


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_any_text_can_be_written(text: str) -> None:
    assert isinstance(encoded(text), bytes)


def test_a_time_of_change_goes_with_the_content(tmp_path: Path) -> None:
    scratch = Scratch(tmp_path, Path("/seen"))
    place = tmp_path / "a.py"
    times = []
    for text in ("a < b\n", "a > b\n", "a < b\n"):
        _, files = scratch.add(Wanted(("t.py",)), tmp_path, {place: text}, {})
        times.append((files.folder / "text-0").stat().st_mtime)
        assert files.wanted == f"/seen/{files.folder.name}/wanted.json"
        scratch.forget(files)
        assert not files.folder.exists()
    assert times[0] == times[2] != times[1]
