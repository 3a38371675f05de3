"""A byte order mark that an editor sends does not hide a draft from the compiler."""

from __future__ import annotations

from lastmile.verify.syntax import judge_syntax

MARK = "\ufeff"


def test_a_draft_behind_a_byte_order_mark_is_compiled() -> None:
    assert judge_syntax(f"{MARK}x = 1\n", f"{MARK}return 1\n")
    assert not judge_syntax(f"{MARK}x = 1\n", f"{MARK}x = 2\n")
