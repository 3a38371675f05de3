"""Repairs of documents that do not parse: what is mended in them, and what may not change beside."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lastmile.documents.dialects import doubtful
from lastmile.documents.kept import changed, comments_lost
from lastmile.documents.reading import read
from lastmile.verify.documents import Wish, judge_change

MENDED: dict[str, tuple[str, str, str]] = {
    "a missing comma": ("json", '{"a": 1\n "b": 2}', '{"a": 1,\n "b": 2}'),
    "a comma too many": ("json", '{"a": 1,}', '{"a": 1}'),
    "single quotes": ("json", "{'a': 'b c'}", '{"a": "b c"}'),
    "a key without quotes": ("json", '{a: 1, "b": 2}', '{"a": 1, "b": 2}'),
    "a text without quotes": ("json", '{"a": some text, "b": 2}', '{"a": "some text", "b": 2}'),
    "a quote that is missing at the end": ("json", '{"a": "b,\n "c": 1}', '{"a": "b",\n "c": 1}'),
    "a quote that is missing at the start": ("json", '{"a": b",\n "c": 1}', '{"a": "b",\n "c": 1}'),
    "a colon that is missing": ("json", '{"a" 1}', '{"a": 1}'),
    "an equals sign": ("json", '{"a": 1, "b" = 2}', '{"a": 1, "b": 2}'),
    "a brace that is missing": ("json", '{"a": {"b": 1}', '{"a": {"b": 1}}'),
    "a brace too many": ("json", '{"a": {"b": 1}}}', '{"a": {"b": 1}}'),
    "another bracket": ("json", '{"a": [1, 2}', '{"a": [1, 2]}'),
    "Python's words": ("json", '{"a": True, "b": None}', '{"a": true, "b": null}'),
    "no number": ("json", '{"a": NaN}', '{"a": null}'),
    "a number of another base": ("json", '{"a": 0x10}', '{"a": 16}'),
    "a number with zeros": ("json", '{"a": 007}', '{"a": 7}'),
    "a comment where there is none": ("json", '{"a": 1 // one\n}', '{"a": 1\n}'),
    "a backslash": ("json", '{"a": "C:\\dir"}', '{"a": "C:\\\\dir"}'),
    "an apostrophe": ("json", '{"a": "it\\\'s"}', '{"a": "it\'s"}'),
    "a comma, and comments": ("jsonc", '{"a": 1 // it\'s one\n "b": 2}', '{"a": 1, // it\'s one\n "b": 2}'),
    "a quote in TOML": ("toml", 'a = "b\nc = 1\n', 'a = "b"\nc = 1\n'),
    "no quotes in TOML": ("toml", "a = b\nc = 1\n", 'a = "b"\nc = 1\n'),
    "a colon in TOML": ("toml", "a: 1\n", "a = 1\n"),
    "a word in TOML": ("toml", "a = True\n", "a = true\n"),
    "a backslash in TOML": ("toml", 'a = "\\d"\n', 'a = "\\\\d"\n'),
    "a backslash in TOML, otherwise": ("toml", 'a = "\\d"\n', "a = '\\d'\n"),
    "a bracket in TOML": ("toml", "[a\nb = 1\n", "[a]\nb = 1\n"),
    "a list in TOML": ("toml", "a = [1, 2\nb = 1\n", "a = [1, 2]\nb = 1\n"),
    "a key that stands twice in TOML": ("toml", "a = 1\nb = 2\na = 3\n", "a = 1\nb = 2\n"),
    "a key with a blank": ("toml", "a b = 1\n", '"a b" = 1\n'),
    "a colon in YAML": ("yaml", "a: b: c\n", "a: 'b: c'\n"),
    "a blank in YAML": ("yaml", "a:\n  b: 1\n c: 2\n", "a:\n  b: 1\n  c: 2\n"),
    "a tab in YAML": ("yaml", "a:\n\tb: 1\n", "a:\n  b: 1\n"),
    "a quote in YAML": ("yaml", 'a: "b\nc: 1\n', 'a: "b"\nc: 1\n'),
    "a sign in YAML": ("yaml", "a: @b\n", 'a: "@b"\n'),
    "a percent sign in YAML": ("yaml", "a: %b\n", "a: '%b'\n"),
    "a star in YAML": ("yaml", "a: *.py\n", 'a: "*.py"\n'),
    "a list in YAML": ("yaml", "a: [b, c\nd: 1\n", "a: [b, c]\nd: 1\n"),
    "a text that goes on after its quotes": ("yaml", 'a: "b" c\n', "a: '\"b\" c'\n"),
    "no colon in YAML": ("yaml", "a: 1\nb\nc: 2\n", "a: 1\nb:\nc: 2\n"),
    "a dash in YAML": ("yaml", "a:\n  - b\n  c\n- d\n", "a:\n  - b\n  - c\n  - d\n"),
}
SPOILT: dict[str, tuple[str, str, str]] = {
    "what is true": ("json", '{"a": True}', '{"a": false}'),
    "a number": ("json", '{"a": 0x10}', '{"a": 10}'),
    "a number elsewhere": ("json", '{"a": 1.10,\n"b": True}', '{"a": 1.1,\n"b": true}'),
    "the fault is left out": ("json", '{"a": 1, "b": x}', '{"a": 1}'),
    "a backslash is lost": ("json", '{"a": "C:\\dir"}', '{"a": "C:dir"}'),
    "an order": ("json", '{"a": 1\n "b": 2}', '{"b": 2,\n "a": 1}'),
    "two texts are one": ("json", '{"a": "b"\n "c": "d"}', '{"a": "b, c: d"}'),
    "a table is a list": ("json", '{"a": {"b": 1}\n "c": 1}', '{"a": ["b", 1],\n "c": 1}'),
    "a key of TOML that stands twice takes another with it": ("toml", "a = 1\nb = 2\na = 3\n", "a = 1\n"),
    "a sign in YAML": ("yaml", "a: @b\n", "a: b\n"),
    "a text of YAML is a table": ("yaml", "a: b: c\n", "a:\n  b: c\n"),
    "a comment takes the rest": ("yaml", "a: b: c\n", "a: b # : c\n"),
    "a word is a text": ("json", '{"a": True}', '{"a": "True"}'),
    "a text without its quotes": ("yaml", 'a: "b\nc: ["80:80"]\n', 'a: "b"\nc: [80:80]\n'),
    "a comment": ("yaml", "a: b: c # d\n", "a: 'b: c'\n"),
}


def told(language: str, old: str, new: str) -> tuple[str, ...]:
    before, after = read(old, language), read(new, language)
    assert before.trouble is not None
    assert after.trouble is None
    return changed(old, new, language, before.trouble, after.values)


@pytest.mark.parametrize(("language", "old", "new"), MENDED.values(), ids=MENDED.keys())
def test_what_mends_is_let_through(language: str, old: str, new: str) -> None:
    assert told(language, old, new) == ()


@pytest.mark.parametrize(("language", "old", "new"), SPOILT.values(), ids=SPOILT.keys())
def test_what_spoils_is_refused(language: str, old: str, new: str) -> None:
    assert told(language, old, new)


@pytest.mark.parametrize(
    ("language", "old", "new", "lost"),
    [
        ("toml", "a = 1 # why\n", "a = 2\n", ("# why",)),
        ("toml", "a = 1 # why\n", "a = 2 # because\n", ()),
        ("toml", "a = 1 # why\nb = 2\n", "b = 3\n", ()),
        ("toml", "# why\na = 1\n", "a = 2\n", ("# why",)),
        ("toml", "# why\na = 1\nb = 2\n", "b = 2\n# why\na = 1\n", ()),
        ("yaml", "- a # why\n- b\n", "- b\n", ()),
        ("yaml", "a: 'it # is'\n", "a: b\n", ()),
        ("jsonc", '{"a": 1 /* why */}', '{"a": 2}', ("/* why */",)),
        ("jsonc", '{"a": "http://b"}', '{"a": "c"}', ()),
        ("json", '{"a": 1}', '{"a": 2}', ()),
    ],
)
def test_comments_stay_where_what_they_speak_of_stays(language: str, old: str, new: str, lost: tuple[str, ...]) -> None:
    assert comments_lost(old, new, language) == lost


def test_comments_may_go_where_somebody_asks() -> None:
    assert judge_change("a = 1 # why\n", "a = 1\n", "toml", Wish())
    assert not judge_change("a = 1 # why\n", "a = 1\n", "toml", Wish(comments=True))


@pytest.mark.parametrize(
    ("old", "new", "count"),
    [
        ("a: x\n", "a: no\n", 1),
        ("a: x\n", "a: 'no'\n", 0),
        ("a: x\n", "a: !!str no\n", 0),
        ("a: x\n", "on: x\n", 0),
        ("a: x\n", "a: [off, {b: Yes, c: d}]\n", 2),
        ("a: yes\n", "a: yes\nb: no\n", 0),
        ("a: x\n", "a: 0644\nb: 1:30\nc: 1e3\nd: 0o17\ne: 1_000\n", 5),
        ("a: x\n", "a: 1.5e3\nb: 10\nc: true\nd: 0\ne: 12:61\nf: x:y\n", 0),
        ("a: x\n", "a: |\n  no\nb: &c yes\nd: *c\n", 1),
        ("a: x\n", "a: [", 0),
    ],
)
def test_words_that_versions_of_yaml_read_differently(old: str, new: str, count: int) -> None:
    assert len(doubtful(old, new)) == count


@given(st.text(), st.text(), st.sampled_from(("json", "jsonc", "toml", "yaml")))
def test_no_text_is_too_odd(old: str, new: str, language: str) -> None:
    assert judge_change(old, old, language, Wish(is_repair=True)) == ()
    assert all(finding.message for finding in judge_change(old, new, language, Wish(is_repair=True)))
