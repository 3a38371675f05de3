"""What is read from documents, where they do not parse, and which of those places mend themselves."""

from __future__ import annotations

import json
import tomllib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lastmile.documents.reading import problems, read
from lastmile.documents.values import LANGUAGES
from lastmile.text.edits import apply

JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=12,
)


@pytest.mark.parametrize(
    ("language", "text", "values"),
    [
        ("json", '{"a": [1, null]}', ({"a": [1, None]},)),
        ("jsonc", '// one\n{"a": "// no, /* no */", /* two\n */ "b": [1,\n],}', ({"a": "// no, /* no */", "b": [1]},)),
        ("toml", "a.b = 1\nc = 2020-01-02\n", ({"a": {"b": 1}, "c": "2020-01-02"},)),
        (
            "yaml",
            "on: yes\n1: !Ref x\n--- \n- 2020-01-02\n- !Sub {a: 1}\n",
            ({"on": "yes", "1": "x"}, ["2020-01-02", {"a": 1}]),
        ),
        ("yaml", "base: &b {x: 1}\nuse: *b\n", ({"base": {"x": 1}, "use": {"x": 1}},)),
    ],
)
def test_what_is_read(language: str, text: str, values: tuple[Any, ...]) -> None:
    reading = read(text, language)
    assert reading.trouble is None
    assert reading.values == values


@pytest.mark.parametrize(
    ("language", "text", "keys"),
    [
        ("json", '{"a": 1, "b": {"a": 1}, "a": 2, "a": 3}', ("a", "a")),
        ("jsonc", '{"a": 1, // "a"\n "b": 1}', ()),
        ("yaml", "a: 1\nb:\n  c: 1\n  c: 2\n", ("c",)),
    ],
)
def test_keys_that_stand_twice(language: str, text: str, keys: tuple[str, ...]) -> None:
    assert read(text, language).duplicates == keys


@pytest.mark.parametrize(
    ("language", "text", "at"),
    [
        ("json", '{"a": 1,}', "}"),
        ("json", "// no", "/"),
        ("jsonc", '{"a": 1 // x\n "b": 2}', '"b"'),
        ("toml", "a = 1\nb = c\n", "c"),
        ("toml", "a = 1\na = 2\n", "\n"),
        ("yaml", "a: 1\nb: [1\nc: {\n", ""),
        ("yaml", "\ta: 1", "\t"),
        ("json", '{"a": NaN}', "{"),
        ("json", "[" * 100_000, "["),
        ("yaml", "[" * 1000, "["),
        ("yaml", "a: &x [*x]", "a"),
    ],
)
def test_where_a_document_does_not_parse(language: str, text: str, at: str) -> None:
    (problem,) = problems(text, language)
    assert (problem.source, problem.is_syntax, problem.message != "") == ("lastmile", True, True)
    assert problem.span.of(text)[:1] == at[:1] or text[problem.span.start :].startswith(at)


@pytest.mark.parametrize(
    ("text", "fixed", "title"),
    [
        ('{"a": 1,}', '{"a": 1}', "remove the trailing comma"),
        ("[1, 2 ,\n]\n", "[1, 2 \n]\n", "remove the trailing comma"),
        ('{"a": 1\n "b": 2}', '{"a": 1,\n "b": 2}', "add the missing comma"),
        ("[{}\n {}]", "[{},\n {}]", "add the missing comma"),
        ("{'a': 1}", '{"a": 1}', "use double quotes"),
        ("['a', 1]", '["a", 1]', "use double quotes"),
        ('{"a": True}', '{"a": true}', "write true"),
        ('{"a": [None]}', '{"a": [null]}', "write null"),
        ('{"a": "b"c"}', "", ""),
        ('{"a" "b"}', "", ""),
        ("{'a': 'it's'}", "{\"a\": 'it's'}", "use double quotes"),
        ('{"a": it}', "", ""),
        ('{"a": "x" "b": 1}', "", ""),
        ("", "", ""),
    ],
)
def test_what_mends_itself(text: str, fixed: str, title: str) -> None:
    (problem,) = problems(text, "json")
    assert (problem.fix.title if problem.fix else "") == title
    if problem.fix is not None:
        assert apply(text, problem.fix.edits) == fixed


@given(JSON_VALUES)
def test_what_json_writes_is_read_in_every_dialect(value: object) -> None:
    text = json.dumps(value, indent=1)
    assert read(text, "json").values == read(text, "jsonc").values == (value,)
    assert problems(text, "json") == ()


@given(st.sampled_from(LANGUAGES), st.text(alphabet="{}[]\",'/*:#-=a1 \n\t\r&!>|é", max_size=40))
def test_whatever_stands_there_is_read_or_has_its_place(language: str, text: str) -> None:
    reading = read(text, language)
    assert reading.trouble is None or 0 <= reading.trouble.at <= len(text)
    for problem in problems(text, language):
        assert problem.span.end <= len(text)
        if problem.fix is not None:
            left = read(apply(text, problem.fix.edits), language).trouble
            assert left is None or left.at != problem.span.start or left.message != problem.message


@given(st.text(alphabet="ab=[].\"'\n1", max_size=30))
def test_toml_is_what_its_parser_takes_for_it(text: str) -> None:
    try:
        tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        assert read(text, "toml").trouble is not None
    else:
        assert read(text, "toml").trouble is None
