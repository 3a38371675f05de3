"""What a draft brings that nobody sees, or that looks like something else."""

# ruff: noqa: RUF001 - letters that look like others are what this is about
from __future__ import annotations

import pytest
from tests.support.source import marked

from lastmile.cascade.task import Scope
from lastmile.verify.scope import judge_change


def check(old: str, new: str, *said: str, language: str = "python") -> None:
    """Judge a change of the marked target; ``said`` are parts of the findings' messages."""
    text, spans = marked(old)
    found = judge_change(text, new, Scope(tuple(spans)), language=language)
    assert len(found) == len(said), found
    for item, words in zip(found, said, strict=True):
        assert words in item.message
        assert item.check == "scope"


@pytest.mark.parametrize(
    ("char", "said"),
    [
        ("\u202e", "U+202E (right-to-left override)"),
        ("\u2066", "U+2066 (left-to-right isolate)"),
        ("\u200b", "U+200B (zero width space)"),
        ("\u2060", "U+2060 (word joiner)"),
        ("\ufeff", "U+FEFF (zero width no-break space)"),
        ("\u2028", "U+2028 (line separator)"),
        ("\x0c", "U+000C (a control character)"),
        ("\x00", "U+0000 (a control character)"),
        ("\x1b", "U+001B (a control character)"),
        ("\U000e0041", "U+E0041 (tag latin capital letter a)"),
    ],
)
@pytest.mark.parametrize("language", ["python", "json", "rust"])
def test_characters_that_are_not_seen(char: str, said: str, language: str) -> None:
    check("«x = 'a'\n»", f"x = 'a{char}'\n", said, language=language)
    check(f"«x = 'a{char}'\n»", f"y = 'a{char}'\n", language=language)
    check(f"«x = 'a{char}'\n»", f"y = 'a{char}{char}'\n", said, language=language)
    check(f"«x = 'a{char}'\n»", "x = 'a'\n", language=language)


@pytest.mark.parametrize("text", ["x = '👩\u200d💻'\n", "x = 'می\u200cخواهم'\n", "x = '❤\ufe0f'\n", "\tx = 'é中'\n"])
def test_scripts_and_emoji_need_some(text: str) -> None:
    check("«x = 1\n»", text)


@pytest.mark.parametrize(
    ("new", "reads"),
    [
        pytest.param("іtem = 1\n", "item", id="one letter of Cyrillic"),
        pytest.param("ІТЕМ_1 = 1\n", "", id="a word of Cyrillic by itself"),
        pytest.param("сору = 1\ncopy = 2\n", "copy", id="a word of Cyrillic beside its twin"),
        pytest.param("print(𝐞𝐯𝐚𝐥)\n", "eval", id="mathematical letters, which Python takes for plain ones"),
        pytest.param("ﬁle = 1\n", "file", id="a ligature"),
        pytest.param("a.Οs = 1\n", "Os", id="an attribute"),
        pytest.param("x = 'іtem'  # іtem\n", "", id="in a string and a comment"),
        pytest.param("Δx = σ_max = größe = 名前 = тест = 1\n", "", id="letters that look like themselves"),
    ],
)
def test_names_that_read_like_others(new: str, reads: str) -> None:
    check("«x = 1\n»", new, *([f"reads like `{reads}`"] if reads else []))
    check(f"«{new}»", f"{new}y = 1\n")


@pytest.mark.parametrize(
    ("old", "new", "changed"),
    [
        pytest.param("«x = 1\n»", "# -*- coding: utf-7 -*-\nx = 1\n", True, id="one comes"),
        pytest.param(
            "# -*- coding: latin-1 -*-\n«x = 1\n»", "# -*- coding: latin-1 -*-\nx = 2\n", False, id="one stays"
        ),
        pytest.param("«# coding=latin-1\nx = 1\n»", "x = 1\n", True, id="one goes"),
        pytest.param("«# coding: utf8\nx = 1\n»", "x = 1\n", False, id="one goes that says nothing"),
        pytest.param("«x = 1\n»", "# vim: fileencoding=UTF-8\nx = 1\n", False, id="one comes that says nothing"),
        pytest.param("«\nx = 1\n»", "\n#coding:rot13\nx = 1\n", True, id="on the second line"),
        pytest.param("«x = 1\n»", "x = 1\n# coding: rot13\n", False, id="below code"),
        pytest.param("«x = 1\n»", "# coding: no-such\nx = 1\n", True, id="one that nobody knows"),
    ],
)
def test_the_encoding_stays(old: str, new: str, *, changed: bool) -> None:
    check(old, new, *(["the encoding"] if changed else []))


@pytest.mark.parametrize(
    ("old", "new", "mixed"),
    [
        pytest.param("«x = 1\n»y = 2\n", "x = 1\r\nz = 1\r\ny = 2\n", True, id="of Windows among others"),
        pytest.param("«x = 1\r\n»y = 2\r\n", "x = 1\nz = 1\ny = 2\r\n", True, id="others among those of Windows"),
        pytest.param("«x = 1\r\n»y = 2\n", "x = 2\nz = 1\r\ny = 2\n", False, id="mixed before"),
        pytest.param("«x = 1»", "x = 1\r\nz = 1\r\n", False, id="none before"),
        pytest.param("«x = 1\n»", "x = 1\rz = 1\n", True, id="of old Macs"),
    ],
)
def test_line_ends_stay_of_their_kind(old: str, new: str, *, mixed: bool) -> None:
    check(old, new, *(["line ends"] if mixed else []))
