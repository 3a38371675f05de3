"""Whatever the places say, there are valid settings and bounded messages."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, get_origin

from attrs import AttrsInstance, fields, has
from hypothesis import example, given, settings
from hypothesis import strategies as st

from lastmile.config.convert import plain, structure
from lastmile.config.environment import from_environment
from lastmile.config.keys import ANY, Entry, dotted, keys, variable
from lastmile.config.marks import Form
from lastmile.config.resolve import resolve
from lastmile.config.sources import Layer, Source, from_editor
from lastmile.config.toml_file import parse
from lastmile.config.tree import OpenAIServer, Price, Settings
from lastmile.config.verifying import Command, SchemaFor

KINDS = ("fix", "fix-all", "docstring", "instruct")
TIERS = ("rules", "local", "haiku", "sonnet", "opus", "fable")
WORDS = sorted({part for path in keys().entries for part in path} | {"gpu", "fix", "api_key", "opus", "lastmile"})
NAMES = st.sampled_from(WORDS) | st.sampled_from([dotted(path) for path in keys().entries]) | st.text(max_size=8)
LEAVES = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=20)
    | st.sampled_from(["ask", "auto", "never", "1h", "http://a/v1", "opus", "gpu", "KEY", "/bin/ruff"])
)
VALUES = st.recursive(
    LEAVES, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(NAMES, inner, max_size=5), max_leaves=20
)
TEXTS = st.lists(st.sampled_from(["fix", "*.go"]), max_size=2).map(tuple)
MAPPINGS = st.dictionaries(NAMES, VALUES, max_size=6)
SOURCES = st.lists(
    st.builds(lambda layer, values: Source(layer, layer.name, values), st.sampled_from(Layer), VALUES | MAPPINGS),
    max_size=5,
)


def leaves(value: object, names: tuple[str, ...] = ()) -> dict[tuple[str, ...], Any]:
    """Give the settings of a tree that were made, by key."""
    found: dict[tuple[str, ...], Any] = {}
    if isinstance(value, dict):
        for name, member in value.items():
            found |= leaves(member, (*names, name))
    elif has(kind := type(value)):
        for item in fields(kind):
            found |= leaves(getattr(value, item.name), (*names, item.name))
    else:
        found[names] = value
    return found


def pattern(path: tuple[str, ...]) -> tuple[str, ...]:
    return (path[0], ANY, *path[2:]) if path[0] in ("openai", "tasks") else path


def assert_valid(made: Settings) -> None:
    """Hold every value against the tree, without the converter that made it."""
    for path, value in leaves(made).items():
        entry = keys().entries.get(pattern(path))
        if entry is None:  # A price that nobody set.
            assert (path[-1], value) == ("price", None)
        elif value is not None or entry.default is not None:
            kind = get_origin(entry.type) or entry.type
            assert type(value) is kind, path
            if entry.least is not None:
                assert entry.least <= value <= entry.most
    known = {*TIERS, *made.openai}
    assert made.ladder
    assert set(made.ladder) <= known
    assert all(server.url for server in made.openai.values())
    assert all(not task.start or task.start in made.ladder for task in made.tasks.values())


@given(SOURCES, st.none() | st.just(KINDS))
@example([Source(Layer.USER, "u", {"openai": {"a": {"url": "http://x", "price": {"input": 1}}}})], KINDS)
def test_whatever_is_said_the_settings_are_valid(sources: list[Source], kinds: tuple[str, ...] | None) -> None:
    resolved = resolve(*sources, kinds=kinds)
    assert_valid(resolved.settings)
    assert structure(plain(resolved.settings)) == resolved.settings
    for problem in resolved.problems:
        assert problem.message.isprintable()
        assert len(problem.message) < 700
    assert len(resolved.problems) <= 21 * len({source.place for source in sources}) + 20


@given(VALUES)
def test_whatever_an_editor_says_the_settings_are_valid(values: object) -> None:
    assert_valid(resolve(from_editor(values)).settings)


@given(st.dictionaries(st.sampled_from([variable(path) for path in keys().entries]) | st.text(), st.text(max_size=9)))
def test_whatever_the_environment_says_the_settings_are_valid(env: dict[str, str]) -> None:
    assert_valid(resolve(from_environment(env)).settings)


@given(st.binary(max_size=200) | st.text(max_size=200).map(lambda text: text.encode("utf-8", "replace")))
def test_whatever_a_file_holds_is_a_source(data: bytes) -> None:
    source = parse(Path("/x/lastmile.toml"), data, Layer.USER)
    assert source is not None
    assert_valid(resolve(source).settings)
    assert_valid(resolve(parse(Path("/x/pyproject.toml"), b"# lastmile\n" + data, Layer.PROJECT)).settings)


@given(MAPPINGS, MAPPINGS)
def test_a_project_never_loosens(user: dict[str, Any], project: dict[str, Any]) -> None:
    before = resolve(Source(Layer.USER, "user", user)).settings
    after = resolve(Source(Layer.USER, "user", user), Source(Layer.PROJECT, "project", project)).settings
    order = ("auto", "ask", "never")
    assert order.index(after.paid.value) >= order.index(before.paid.value)
    for name in ("task", "day", "month"):
        assert getattr(after.budget, name) <= getattr(before.budget, name)
    assert after.climb_paid <= before.climb_paid
    assert after.privacy.redact >= before.privacy.redact
    assert after.privacy.plain_paths <= before.privacy.plain_paths
    assert set(after.privacy.never_send) >= set(before.privacy.never_send)
    for name in ("ladder", "tiers", "claude", "openai", "ruff"):
        assert getattr(after, name) == getattr(before, name)
    for kind, task in after.tasks.items():
        assert task.enabled <= before.kind(kind).enabled
        assert (task.start, task.deadline) == (before.kind(kind).start, before.kind(kind).deadline)


def values_of(entry: Entry) -> st.SearchStrategy[Any]:
    """Make right values of one setting, in the types of the tree."""
    by_form: dict[Form | None, st.SearchStrategy[Any]] = {
        Form.URL: st.just("http://a.example:80/v1"),
        Form.VARIABLE: st.sampled_from(["", "A_KEY"]),
        Form.PROGRAM: st.sampled_from(["", "/bin/ruff"]),
        Form.FILE: st.sampled_from(["", "/models/a.gguf", "~/a.gguf"]),
        Form.MODELS: st.sampled_from([("/models/a.gguf",), ("~/b.gguf", "/models/a.gguf")]),
        Form.TIER: st.just(""),
        Form.TTL: st.sampled_from(["5m", "1h"]),
        Form.LADDER: st.lists(st.sampled_from(TIERS), min_size=1, unique=True).map(tuple),
        Form.COMMANDS: st.lists(st.builds(Command, st.just("make {file}"), TEXTS, TEXTS), max_size=2).map(tuple),
        Form.SCHEMAS: st.lists(st.builds(SchemaFor, st.just("*.json"), st.just("a.json")), max_size=1).map(tuple),
    }
    if entry.form in by_form:
        return by_form[entry.form]
    if entry.type in (int, float):
        numbers: Callable[..., st.SearchStrategy[Any]] = st.integers if entry.type is int else st.floats
        return numbers(entry.least, entry.most)
    # Not a blank: the environment takes those away at the ends.
    texts = st.text(st.characters(min_codepoint=33, max_codepoint=126), max_size=9)
    if entry.type is str:
        return texts
    return st.lists(texts, max_size=3).map(tuple) if entry.type == tuple[str, ...] else st.from_type(entry.type)


def made_of(value: AttrsInstance, path: tuple[str, ...] = ()) -> st.SearchStrategy[Any]:
    """Make a part of the tree with right values in every field."""
    return st.builds(type(value), **{item.name: member(path, item.name, value) for item in fields(type(value))})


def member(path: tuple[str, ...], name: str, owner: object) -> st.SearchStrategy[Any]:
    here = (*path, name)
    entry = keys().entries.get(pattern(here) if len(here) > 1 else here)
    if entry is not None:
        return values_of(entry)
    if name == "price":
        prices = {part: values_of(keys().entries[*pattern(here), part]) for part in ("input", "output")}
        return st.none() | st.builds(Price, **prices)
    value = getattr(owner, name)
    if isinstance(value, dict):
        example_of: AttrsInstance = OpenAIServer() if name == "openai" else Settings().kind("")
        names = st.sampled_from(["gpu", "box-2"] if name == "openai" else KINDS)
        return st.dictionaries(names, made_of(example_of, (*here, ANY)), max_size=2)
    return made_of(value, here)


@settings(max_examples=50)
@given(made_of(Settings()), st.sampled_from([Layer.USER, Layer.EDITOR, Layer.ENVIRONMENT]))
def test_right_settings_come_back_as_they_were(made: Settings, layer: Layer) -> None:
    values = json.loads(json.dumps(plain(made)))
    resolved = resolve(Source(layer, "there", values), kinds=KINDS)
    assert resolved.problems == ()
    assert {**plain(resolved.settings), "tasks": None} == {**plain(made), "tasks": None}
    assert all(resolved.settings.kind(kind) == made.kind(kind) for kind in KINDS)
