"""What each place may say, who wins, and what is said about what is wrong."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from lastmile.cascade.policy import Paid
from lastmile.config.claude import Provider
from lastmile.config.convert import plain
from lastmile.config.environment import from_environment
from lastmile.config.resolve import DEFAULT, Resolved, resolve
from lastmile.config.sources import Layer, Source, from_editor
from lastmile.config.tree import Convention, Diagnostics, Price, Settings

USER, PROJECT = "/home/u/lastmile.toml", "/repo/lastmile.toml"
KINDS = ("fix", "fix-all", "docstring", "instruct")


def user(values: object) -> Source:
    return Source(Layer.USER, USER, values)


def project(values: object) -> Source:
    return Source(Layer.PROJECT, PROJECT, values)


def env(**variables: str) -> Source:
    return from_environment({f"LASTMILE_{name}": value for name, value in variables.items()})


def value_of(resolved: Resolved, key: str) -> object:
    found: Any = plain(resolved.settings)
    for part in key.split("."):
        found = found[part]
    return found


def check(sources: tuple[Source | None, ...], expected: Mapping[str, object], *said: str) -> Resolved:
    """Resolve, compare the values, and look for words in the messages: one message for each text given."""
    resolved = resolve(*sources, kinds=KINDS)
    assert {key: value_of(resolved, key) for key in expected} == expected
    messages = [str(problem) for problem in resolved.problems]
    assert len(messages) == len(said), messages
    for message, words in zip(messages, said, strict=True):
        assert words in message
    return resolved


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


@pytest.mark.parametrize(
    ("key", "raw", "said"),
    [
        ("budget.day", "lots", 'must be a number from 0 to 100000, not "lots"'),
        ("budget.day", True, "must be a number from 0 to 100000, not true"),
        ("budget.day", -0.5, "not -0.5"),
        ("budget.day", float("nan"), "not nan"),
        ("budget.day", float("-inf"), "not -inf"),
        ("budget.day", 10**400, "not a number that large"),
        ("budget.day", [3], "not a list"),
        ("budget.day", {"day": 3}, "not a table"),
        ("budget.day", object(), "not a value of another kind (object)"),
        ("budget", 3, "must be a table of task, day and month, not 3"),
        ("openai", ["x"], "must be tables by name, not a list"),
        ("paid", "sometimes", 'must be ask, auto or never, not "sometimes"'),
        ("paid", 3, "must be ask, auto or never, not 3"),
        ("climb_paid", "yes", "must be true or false"),
        ("diagnostics", None, ""),
        ("tiers.sonnet.samples", 9, "must be a whole number from 1 to 8, not 9"),
        ("tiers.sonnet.samples", 1.5, "not 1.5"),
        ("tiers.sonnet.retries", 4, "from 0 to 3"),
        ("tiers.sonnet.timeout", 0, "from 0.1 to 3600"),
        ("tiers.sonnet.max_tokens", 64_001, "from 1 to 64000"),
        ("tiers.sonnet.price.input", -1, "from 0 to"),
        ("tiers.sonnet.model", "a\nb", "must be a text, not a text of 3 characters"),
        ("tiers.sonnet.model", "m" * 1001, "not a text of 1001 characters"),
        ("claude.cache_ttl", "1d", 'must be 5m or 1h, not "1d"'),
        ("claude.cache_ttl", "", "must be 5m or 1h"),
        ("claude.base_url", "ftp://x", "must be an address"),
        ("claude.base_url", "https://", "must be an address"),
        ("claude.base_url", "https://x:99999/", "must be an address"),
        ("claude.base_url", "https://x/?a=b", "must be an address"),
        ("claude.base_url", "https://x y/", "must be an address"),
        ("claude.base_url", "https://[::1", "must be an address"),
        ("ruff.path", "./ruff", "must be the full path of a program"),
        ("ruff.path", "ruff", "must be the full path of a program"),
        ("ladder", ["rules", "rules"], "must be a list of one or more names of tiers, each once, not one that names"),
        ("ladder", [], "must be a list of one or more names of tiers, each once, not an empty list"),
        ("ladder", "rules", 'must be a list of one or more names of tiers, each once, not "rules"'),
        ("ladder", [], "each once"),
        ("ladder", ["rules", "rules"], "each once"),
        ("ladder", ["rules", 3], "each once"),
        ("ladder", ["rules", "sonet"], 'names "sonet", which is not a tier; did you mean "sonnet"?'),
        ("ladder", ["x"], "there are rules, local, haiku, sonnet, opus and fable"),
        ("tiers.local.models", [], "must be a list of models, each once"),
        ("tiers.local.models", ["/a.gguf", "/a.gguf"], "must be a list of models, each once"),
        ("tiers.local.models", ["models/a.gguf"], "must be a list of models, each once"),
        ("tiers.local.models", [".."], "must be a list of models, each once"),
        ("tiers.local.models", ["/a.gguf", "b"], 'names "b" without its folder, and model.path, which would tell it'),
        ("privacy.never_send", [""] * 201, "must be a list of texts"),
        ("tasks.fix.start", "haiku", 'names "haiku", which is not in the ladder; there are rules, local'),
        ("tasks.fix.deadline", 0, "from 0.1"),
        ("openai.gpu.model", "x", '"openai.gpu" has no url, and is left out'),
        ("openai.gpu.url", "", '"openai.gpu" has no url'),
        ("openai.opus.url", "http://x", "has the name of a tier that comes with Lastmile"),
        ("openai.a b.url", "http://x", "a name that is not made of at most 32 letters"),
        ("tiers.opus.price.input", 3, "needs both input and output, and is left out"),
    ],
)
def test_what_is_wrong_leaves_the_default_and_one_message(key: str, raw: object, said: str) -> None:
    resolved = resolve(user({key: raw}), kinds=KINDS)
    assert resolved.settings == Settings()
    assert resolved.origins == {}
    if not said:
        assert resolved.problems == ()
        return
    (problem,) = resolved.problems
    assert said in problem.message
    assert problem.message.startswith(f"{USER}: ")
    assert problem.place == USER
    assert key.startswith(problem.key)


@pytest.mark.parametrize(
    ("key", "said"),
    [
        ("budget.dya", 'did you mean "budget.day"?'),
        ("bugdet", 'did you mean "budget"?'),
        ("day", 'did you mean "budget.day"?'),
        ("budget_day", 'did you mean "budget.day"?'),
        ("url", 'did you mean "openai.<name>.url"?'),
        ("budget.xyzzy", "known here: task, day and month"),
        ("openai.gpu.tiemout", 'did you mean "openai.gpu.timeout"?'),
        ("tasks.fixx.start", 'is not a kind of task; did you mean "fix"?'),
        ("tasks.zzz.start", "known are docstring, fix, fix-all and instruct"),
        ("", "known here: ahead"),
        ("a.b.c.d.e", "known here: ahead"),
        ("x" * 200, "x…"),
        ("a\nb", "…"),
    ],
)
def test_an_unknown_name_gets_a_suggestion(key: str, said: str) -> None:
    resolved = check((user({key: 3, "paid": "never"}),), {"paid": "never"}, said)
    assert "not a" in str(resolved.problems[0])
    assert len(str(resolved.problems[0])) < 400


@pytest.mark.parametrize(
    ("sources", "said"),
    [
        ((env(BUDGET_DAY="3"),), "LASTMILE_BUDGET_DAY is not a setting; did you mean LASTMILE_BUDGET__DAY?"),
        ((env(URL="x"),), "did you mean LASTMILE_OPENAI__<name>__URL?"),
        ((env(BUDGET="3"),), 'LASTMILE_BUDGET must be a table of task, day and month, not "3"'),
        ((env(CLIMB_PAID="maybe"),), 'LASTMILE_CLIMB_PAID must be true or false, not "maybe"; the default stays'),
        ((env(TIERS__OPUS__SAMPLES="two"),), "must be a whole number"),
        (
            (user({"budget.day": 3}), env(BUDGET__DAY="x")),
            f'LASTMILE_BUDGET__DAY must be a number from 0 to 100000, not "x"; the value from {USER} stays',
        ),
        (
            (user({"ladder": ["rules"]}), from_editor({"ladder": ["rules", "gpu"]})),
            f"there are rules, local, haiku, sonnet, opus and fable; the value from {USER} stays",
        ),
        ((env(CONFIG="/x", PAID="x"),), "LASTMILE_PAID must be"),
        ((user([3]),), f"{USER}: the settings must be a table, not a list"),
        ((from_editor("x"),), 'the editor\'s settings: the settings must be a table, not "x"'),
        ((Source(Layer.USER, USER, trouble="is on fire"),), f"{USER}: is on fire"),
    ],
)
def test_a_message_says_where_and_what_counts_instead(sources: tuple[Source, ...], said: str) -> None:
    check(sources, {}, said)


@pytest.mark.parametrize(
    ("values", "key"),
    [
        ({"api_key": "hunter22"}, "api_key"),
        ({"claude": {"apiKey": "hunter22"}}, "claude.apiKey"),
        ({"openai": {"api_key": "hunter22"}}, "openai.api_key"),
        ({"openai": {"gpu": {"token": "hunter22"}}}, "openai.gpu.token"),
        ({"anthropic_api_key": "hunter22"}, "anthropic_api_key"),
        ({"claude": {"keyVariable": "sk-ant-hunter22"}}, "claude.key_variable"),
        ({"claude": {"key_variable": "hf_hunter22"}}, "claude.key_variable"),
        ({"claude": {"base_url": "https://me:hunter22@x"}}, "claude.base_url"),
        ({"claude": {"base_url": "https://x/?t=hunter22"}}, "claude.base_url"),
        ({"claude": {"base_url": "https://x/#hunter22"}}, "claude.base_url"),
        ({"openai": {"gpu": {"url": "gpu/v1?k=hunter22"}}}, "openai.gpu.url"),
        ({"claude": {"cache_ttl": "sk-hunter22"}}, "claude.cache_ttl"),
        ({"sk-hunter22": 3}, "sk-hunter22"),
    ],
)
def test_a_secret_is_refused_and_never_shown(values: object, key: str) -> None:
    for resolved in (resolve(user(values)), resolve(from_editor(values)), resolve(project(values))):
        (problem,) = resolved.problems
        assert problem.key == key
        assert "hunter22" not in problem.message


def test_a_secret_in_a_variable_is_not_shown_either() -> None:
    resolved = resolve(env(ANTHROPIC_API_KEY="hunter22", CLAUDE__API_KEY="hunter22", OPENAI__API_KEY="hunter22"))
    assert len(resolved.problems) == 3
    for problem in resolved.problems:
        assert "a key never is" in problem.message
        assert "hunter22" not in problem.message


def test_a_place_that_is_wrong_all_over_is_not_listed_in_full() -> None:
    values: dict[str, object] = {f"name{at}": at for at in range(20_000)}
    resolved = resolve(user({**values, "paid": "never"}), env(**{f"NAME{at}": "x" for at in range(30)}))
    messages = [str(problem) for problem in resolved.problems]
    assert len(messages) == 42
    assert messages[20] == f"{USER}: has further problems, not listed here"
    assert messages[41].startswith("the environment: has further")
    assert resolved.settings.paid is Paid.NEVER


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


def test_rules_have_nothing_to_be_set() -> None:
    """What would do nothing is no setting; the name stays one of the ladder's."""
    [problem] = resolve(user({"tiers": {"rules": {"samples": 3}}, "ladder": ["rules"]})).problems
    assert problem.key == "tiers.rules"
    assert "is not a setting; known here: local, haiku" in problem.message


def verify_of(values: object, layer: Layer = Layer.USER) -> Source:
    return Source(layer, layer.name, {"verify": values})


def test_commands_of_a_project_come_to_those_of_the_user() -> None:
    own, theirs = {"run": "make check", "kinds": ["fix"]}, {"run": "go vet {file}", "files": ["*.go"], "timeout": 5}
    resolved = resolve(verify_of({"command": [own]}), verify_of({"command": [theirs]}, Layer.PROJECT))
    assert resolved.problems == ()
    first, second = resolved.settings.verify.command
    assert (first.run, first.kinds, first.files, first.timeout) == ("make check", ("fix",), (), 60.0)
    assert (second.run, second.kinds, second.files, second.timeout) == ("go vet {file}", (), ("*.go",), 5.0)


@pytest.mark.parametrize(
    "command",
    [
        pytest.param("make", id="a text"),
        pytest.param(["make"], id="a list of texts"),
        pytest.param([{}], id="nothing to run"),
        pytest.param([{"run": " "}], id="a blank to run"),
        pytest.param([{"run": "make", "file": ["*.c"]}], id="an unknown name"),
        pytest.param([{"run": "make", "timeout": 0}], id="no time"),
        pytest.param([{"run": "make", "kinds": "fix"}], id="a text for a list"),
        pytest.param([{"run": "make"}] * 51, id="too many"),
    ],
)
def test_a_command_that_makes_no_sense_is_a_message(command: object) -> None:
    (problem,) = resolve(verify_of({"command": command})).problems
    assert problem.key == "verify.command"
    assert "must be a list of tables, each with `run`" in problem.message


def test_schemas_are_a_table_of_globs() -> None:
    resolved = resolve(verify_of({"schemas": {"config/*.json": "schema.json", "https://a.example/s": "s.json"}}))
    assert [(item.documents, item.path) for item in resolved.settings.verify.schemas] == [
        ("config/*.json", "schema.json"),
        ("https://a.example/s", "s.json"),
    ]
    (problem,) = resolve(verify_of({"schemas": {"*.json": 1}})).problems
    assert "must be a table of globs" in problem.message
