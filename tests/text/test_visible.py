"""Text of others is shown as it is, and never obeyed."""

from __future__ import annotations

import pytest

from lastmile.text.visible import visible


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain, é, 中, 😀\tand\n", "plain, é, 中, 😀\tand\n"),
        ("\x1b[31mred\x07", r"\x1b[31mred\x07"),
        ("\x9b2J\x7f", r"\x9b2J\x7f"),
        ("a\rb\x00", r"a\rb\x00"),
        ("\u202etxet\u2066", r"\u202etxet\u2066"),
        ("\u2028\ud800", r"\u2028\ud800"),
    ],
)
def test_what_a_terminal_would_obey_is_escaped(text: str, shown: str) -> None:
    assert visible(text) == shown
