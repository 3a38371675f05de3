"""What is said about settings that are wrong: where they stand, what counts instead, and never a secret."""

from __future__ import annotations

import pytest
from tests.support.settings import KINDS, USER, check, env, project, user

from lastmile.cascade.policy import Paid
from lastmile.config.resolve import resolve
from lastmile.config.sources import Layer, Source, from_editor
from lastmile.config.tree import Settings


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


@pytest.mark.slow
def test_a_place_that_is_wrong_all_over_is_not_listed_in_full() -> None:
    values: dict[str, object] = {f"name{at}": at for at in range(20_000)}
    resolved = resolve(user({**values, "paid": "never"}), env(**{f"NAME{at}": "x" for at in range(30)}))
    messages = [str(problem) for problem in resolved.problems]
    assert len(messages) == 42
    assert messages[20] == f"{USER}: has further problems, not listed here"
    assert messages[41].startswith("the environment: has further")
    assert resolved.settings.paid is Paid.NEVER


def test_rules_have_nothing_to_be_set() -> None:
    """What would do nothing is no setting; the name stays one of the ladder's."""
    [problem] = resolve(user({"tiers": {"rules": {"samples": 3}}, "ladder": ["rules"]})).problems
    assert problem.key == "tiers.rules"
    assert "is not a setting; known here: local, haiku" in problem.message
