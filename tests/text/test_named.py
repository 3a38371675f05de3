"""A cut takes lines away, and not the names of files that are needed to know whose the lines beside it are."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from lastmile.text.named import left_out, names

WORDS = st.sampled_from(
    ["a.py:1: in f", 'File "b c.py", line 2', "  code(1)", "E   no", "c.py", "--> d.rs:1:2", "x::y", ""]
)


@given(st.lists(WORDS, max_size=30))
def test_names_survive_one_cut_and_the_next(lines: list[str]) -> None:
    said = left_out(lines)
    assert said.startswith(f"… {len(lines)} lines left out")
    found = list(names(lines))
    kept = set(names([said]))
    assert kept == {*list(dict.fromkeys(found))[:3], *list(dict.fromkeys(reversed(found)))[:3]}
    assert set(names([left_out([f"    {said}"])])) == kept


@given(st.lists(st.text(max_size=30), max_size=8))
def test_no_line_is_too_odd(lines: list[str]) -> None:
    assert "\n" not in left_out(["".join(line.splitlines()) for line in lines])
