"""What each place may say, and who wins."""

from __future__ import annotations

import pytest
from tests.support.settings import PROJECT, USER, check, env, project, user

from lastmile.cascade.policy import Paid
from lastmile.config.claude import Provider
from lastmile.config.resolve import DEFAULT, Resolved, resolve
from lastmile.config.sources import Source, from_editor
from lastmile.config.tree import Convention, Diagnostics, Price, Settings


def test_without_sources_there_are_the_defaults() -> None:
    assert resolve() == Resolved(Settings())
    assert resolve(None, user(None), from_editor(None)) == Resolved(Settings())


@pytest.mark.parametrize(
    ("sources", "value", "origin"),
    [
        ((), 5.0, DEFAULT),
        ((user({"budget": {"day": 4}}),), 4.0, USER),
        ((user({"budget": {"day": 4}}), from_editor({"budget": {"day": 3}})), 3.0, "the editor's settings"),
        ((from_editor({"budget": {"day": 3}}), project({"budget": {"day": 2}})), 2.0, PROJECT),
        ((project({"budget": {"day": 2}}), env(BUDGET__DAY="9")), 9.0, "LASTMILE_BUDGET__DAY"),
        # The order in which sources are given does not matter between layers, and does within one.
        ((env(BUDGET__DAY="9"), user({"budget": {"day": 4}})), 9.0, "LASTMILE_BUDGET__DAY"),
        ((project({"budget": {"day": 1}}), user({"budget": {"day": 4}})), 1.0, PROJECT),
        ((from_editor({"budget.day": 1}), from_editor({"budget.day": 2}, place="b")), 2.0, "b"),
        ((user({"budget": {"day": 4}}), from_editor({"budget": {"task": 1}})), 4.0, USER),
        ((user({"budget": {"day": 4}}), from_editor({"budget": {"day": None}})), 4.0, USER),
        ((user({"budget": {"day": 4}}), env(BUDGET__DAY=" ")), 4.0, USER),
    ],
)
def test_later_places_win(sources: tuple[Source, ...], value: float, origin: str) -> None:
    resolved = check(sources, {"budget.day": value})
    assert resolved.origin("budget.day") == origin


@pytest.mark.parametrize(
    "values",
    [
        {"privacy": {"never_send": ["a"]}},
        {"privacy": {"neverSend": ["a"]}},
        {"privacy": {"never-send": ["a"]}},
        {"privacy.neverSend": ["a"]},
        {"Privacy": {"NEVER_SEND": ("a",)}},
        {"lastmile": {"privacy": {"never_send": ["a"]}}},
        {"lastmile.privacy.never_send": ["a"]},
        {"lastmile": {"privacy.neverSend": ["a"]}, "trace": {"server": "verbose"}},
        {"trace.server": "off", "privacy": {"neverSend": ["a"], "redact": None}, "budget": None},
    ],
)
def test_an_editor_may_spell_names_its_own_way(values: object) -> None:
    check((from_editor(values),), {"privacy.never_send": ["a"]})


@pytest.mark.parametrize(
    ("key", "raw", "value"),
    [
        ("paid", "never", "never"),
        ("paid", "AUTO", "auto"),
        ("climb_paid", True, True),
        ("diagnostics", "own", "own"),
        ("budget.task", 0, 0.0),
        ("budget.month", 100_000, 100_000.0),
        ("claude.provider", "bedrock", "bedrock"),
        ("claude.base_url", "https://gateway.example/claude", "https://gateway.example/claude"),
        ("claude.base_url", "", ""),
        ("claude.key_variable", "TEAM_CLAUDE_KEY_2026", "TEAM_CLAUDE_KEY_2026"),
        ("claude.cache_ttl", "1h", "1h"),
        ("tiers.sonnet.samples", 3.0, 3),
        ("tiers.opus.max_tokens", 64_000, 64_000),
        ("tiers.haiku.timeout", 0.1, 0.1),
        (
            "tiers.sonnet.price",
            {"input": 1, "output": 2.5},
            {"input": 1, "output": 2.5, "cache_read": None, "cache_write": None},
        ),
        ("ladder", ["rules"], ["rules"]),
        ("ladder", ("rules", "fable"), ["rules", "fable"]),
        ("tasks.fix.start", "opus", "opus"),
        ("tasks.fix-all.deadline", 3, 3.0),
        ("tasks.fixAll.deadline", 3, 3.0),
        ("openai.gpu.url", "http://127.0.0.1:8080/v1", "http://127.0.0.1:8080/v1"),
        ("openai.gpu.url", "http://[::1]:8080/v1", "http://[::1]:8080/v1"),
        ("openai.local.url", "http://localhost/v1", "http://localhost/v1"),
        ("ruff.path", "/usr/bin/ruff", "/usr/bin/ruff"),
        ("tiers.local.models", ["~/a.gguf", "/b.gguf"], ["~/a.gguf", "/b.gguf"]),
        ("tiers.local.models", "/b.gguf", ["/b.gguf"]),
        ("docstring.convention", "numpy", "numpy"),
    ],
)
def test_what_can_be_set(key: str, raw: object, value: object) -> None:
    check((user({key: raw}),), {key.replace("fixAll", "fix-all"): value})


def test_values_have_the_types_of_the_tree() -> None:
    values = {"paid": "auto", "diagnostics": "off", "tiers": {"opus": {"price": {"input": 1, "output": 2}}}}
    settings = resolve(
        user(values), from_editor({"claude.provider": "vertex", "docstring.convention": "rest"})
    ).settings
    assert (settings.paid, settings.diagnostics) == (Paid.AUTO, Diagnostics.OFF)
    assert (settings.claude.provider, settings.docstring.convention) == (Provider.VERTEX, Convention.REST)
    assert settings.tiers.opus.price == Price(1.0, 2.0)
    assert isinstance(settings.ladder, tuple)


def test_a_table_that_is_set_in_part_keeps_the_rest() -> None:
    sources = user({"tiers": {"local": {"retries": 0}}}), env(TIERS__LOCAL__TIMEOUT="5")
    check(sources, {"tiers.local.samples": 3, "tiers.local.retries": 0, "tiers.local.timeout": 5.0})


def test_a_price_may_come_from_two_places() -> None:
    sources = user({"tiers.opus.price.input": 1}), env(TIERS__OPUS__PRICE__OUTPUT="2")
    assert check(sources, {}).settings.tiers.opus.price == Price(1.0, 2.0)


@pytest.mark.parametrize(
    ("values", "steps"),
    [
        ({}, {"local": ""}),
        ({"model": {"path": "/m/a.gguf"}}, {"local": "/m/a.gguf"}),
        ({"tiers": {"local": {"models": ["~/b.gguf"]}}}, {"local": "~/b.gguf"}),
        (
            {"model": {"path": "/m/a.gguf"}, "tiers": {"local": {"models": ["b", "a.gguf", "/n/b.gguf", "b.gguf"]}}},
            {"local:b": "/m/b.gguf", "local:a": "/m/a.gguf", "local:b-3": "/n/b.gguf"},
        ),
        (
            {"model": {"path": "/m/a.gguf"}, "openai": {"local": {"url": "http://localhost/v1"}}},
            {"local": ""},
        ),
    ],
)
def test_models_of_our_own_are_steps_of_the_ladder(values: dict[str, object], steps: dict[str, str]) -> None:
    settings = resolve(user(values)).settings
    assert settings.steps == ("rules", *steps, "sonnet", "opus")
    assert {name: model.path for name, model in settings.drafters.items()} == {n: p for n, p in steps.items() if p}
    assert all(settings.tier(step) is not None for step in settings.steps[1:])


def test_servers_keep_the_name_that_came_first() -> None:
    sources = user({"openai": {"gpu-box": {"url": "http://a"}}}), env(OPENAI__GPU_BOX__URL="http://b")
    check(sources, {"openai.gpu-box.url": "http://b"})


def test_a_server_may_stand_in_the_ladder_and_in_a_start() -> None:
    values = {"openai.gpu.url": "http://a", "ladder": ["rules", "gpu"], "tasks.fix.start": "gpu"}
    check((user(values),), {"ladder": ["rules", "gpu"], "tasks.fix.start": "gpu"})


def test_without_known_kinds_any_name_is_taken_for_one() -> None:
    resolved = resolve(user({"tasks": {"fixAll": {"enabled": False}, "new_one": {"start": ""}, "a b": {}}}))
    assert set(resolved.settings.tasks) == {"fix-all", "new-one"}
    assert len(resolved.problems) == 1


@pytest.mark.parametrize(
    ("variable", "text", "key", "value"),
    [
        ("PAID", "never", "paid", "never"),
        ("CLIMB_PAID", "1", "climb_paid", True),
        ("CLIMB_PAID", "Off", "climb_paid", False),
        ("BUDGET__DAY", " 2.5 ", "budget.day", 2.5),
        ("TIERS__OPUS__SAMPLES", "2", "tiers.opus.samples", 2),
        ("LADDER", "rules, opus,", "ladder", ["rules", "opus"]),
        ("PRIVACY__NEVER_SEND", "*.a,*.b", "privacy.never_send", ["*.a", "*.b"]),
        ("OPENAI__GPU__URL", "http://a", "openai.gpu.url", "http://a"),
        ("TASKS__FIX_ALL__ENABLED", "false", "tasks.fix-all.enabled", False),
        ("CLAUDE__REGION", " eu-west-1 ", "claude.region", "eu-west-1"),
    ],
)
def test_variables_are_read_by_the_type_of_the_setting(variable: str, text: str, key: str, value: object) -> None:
    resolved = check((env(**{variable: text}),), {key: value})
    assert resolved.origin(key) == f"LASTMILE_{variable}"
