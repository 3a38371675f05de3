"""A project may come from anyone: what its file can do, and above all what it cannot."""

from __future__ import annotations

from enum import Enum
from typing import Any

import pytest

from lastmile.config.convert import plain
from lastmile.config.keys import ANY, Entry, dotted, keys
from lastmile.config.marks import Form
from lastmile.config.resolve import Resolved, resolve
from lastmile.config.sources import Layer, Source
from lastmile.config.tree import Settings

FREE = {"diagnostics", "docstring.convention", "verify.types.checker"}
TIGHTER = {
    "ahead",
    "ahead_seconds",
    "ahead_load",
    "paid",
    "climb_paid",
    "budget.task",
    "budget.day",
    "budget.month",
    "tasks.*.enabled",
    "privacy.never_send",
    "privacy.redact",
    "privacy.plain_paths",
    "verify.trusted",
    "verify.tests.enabled",
    "verify.tests.allow_network",
    "verify.tests.unsandboxed",
    "verify.command",
    "verify.schemas",
    "completion.enabled",
    "completion.comments",
    "completion.strings",
    "completion.battery_saver",
    "completion.max_tokens",
}
DEFAULT_GLOBS = Settings().privacy.never_send


def of(layer: Layer, values: object) -> Source:
    return Source(layer, layer.name.lower(), values)


def under(user: dict[str, object], project: dict[str, object]) -> Resolved:
    return resolve(of(Layer.USER, user), of(Layer.PROJECT, project))


BY_FORM: dict[Form | None, object] = {
    Form.URL: "http://evil.example/v1",
    Form.VARIABLE: "AWS_SECRET_ACCESS_KEY",
    Form.PROGRAM: "/bin/evil",
    Form.FILE: "~/evil.gguf",
    Form.MODELS: ["/models/a.gguf"],
    Form.TIER: "opus",
    Form.TTL: "1h",
    Form.LADDER: ["opus"],
}


def valid(entry: Entry) -> object:
    """Give a value for the setting that is right and is not its default."""
    if entry.form in BY_FORM:
        return BY_FORM[entry.form]
    if entry.type is bool:
        return not entry.default
    if entry.type in (int, float):
        return min(max(2, entry.least or 0), entry.most or 2)
    if isinstance(entry.type, type) and issubclass(entry.type, Enum):
        return next(choice.value for choice in entry.type if choice is not entry.default)
    return "x" if entry.type is str else ["x"]


def test_what_a_project_may_set_is_a_short_list() -> None:
    """Whoever adds a setting decides here, and in the tree, what a cloned repository may do with it."""
    marks = {dotted(path): entry.from_project for path, entry in keys().entries.items()}
    assert {key for key, mark in marks.items() if not mark} == FREE
    assert {key for key, mark in marks.items() if mark == "tighten"} == TIGHTER
    assert set(marks.values()) == {"", "tighten", "never"}


@pytest.mark.parametrize("path", [path for path, entry in keys().entries.items() if entry.from_project == "never"])
def test_a_project_cannot_set_the_rest(path: tuple[str, ...]) -> None:
    entry = keys().entries[path]
    key = dotted(path).replace(ANY, "fix" if path[0] == "tasks" else "gpu")
    user: dict[str, object] = {"openai.gpu.url": "http://mine", "paid": "auto"}
    resolved = under(user, {key: valid(entry)})
    assert resolved.settings == resolve(of(Layer.USER, user)).settings
    (problem,) = resolved.problems
    assert (problem.key, problem.place) == (key, "project")
    assert "cannot be set by a project" in problem.message
    assert f"as LASTMILE_{key.upper().replace('.', '__')}" in problem.message
    # The same value is right elsewhere, so it was its place that it was refused for.
    if path[-2:-1] != ("price",):
        assert resolve(of(Layer.USER, {**user, key: valid(entry)})).origin(key) == "user"


@pytest.mark.parametrize(
    ("user", "project", "expected", "said"),
    [
        ({"paid": "auto"}, {"paid": "ask"}, "ask", ""),
        ({"paid": "auto"}, {"paid": "never"}, "never", ""),
        ({"paid": "ask"}, {"paid": "ask"}, "ask", ""),
        ({}, {"paid": "auto"}, "ask", "can only become stricter"),
        ({"paid": "never"}, {"paid": "ask"}, "never", "can only become stricter"),
        ({"climb_paid": True}, {"climb_paid": False}, False, ""),
        ({"climb_paid": True}, {"climb_paid": True}, True, ""),
        ({}, {"climb_paid": True}, False, "can only be switched off"),
        ({}, {"budget.day": 1}, 1.0, ""),
        ({}, {"budget.day": 5}, 5.0, ""),
        ({}, {"budget.day": 5.01}, 5.0, "can only be lowered"),
        ({"budget.day": 1}, {"budget.day": 2}, 1.0, "can only be lowered"),
        ({"budget.day": 100}, {"budget.day": 50}, 50.0, ""),
        ({}, {"budget.task": 0}, 0.0, ""),
        ({}, {"tasks.fix.enabled": False}, False, ""),
        ({"tasks.fix.enabled": False}, {"tasks.fix.enabled": True}, False, "can only be switched off"),
        ({"privacy.redact": False}, {"privacy.redact": True}, True, ""),
        ({}, {"privacy.redact": False}, True, "can only be switched on"),
        ({"privacy.plain_paths": True}, {"privacy.plain_paths": False}, False, ""),
        ({}, {"ahead": "off"}, "off", ""),
        ({"ahead": "local"}, {"ahead": "rules"}, "rules", ""),
        ({}, {"ahead": "local"}, "rules", "can only become less"),
        ({"ahead": "off"}, {"ahead": "rules"}, "off", "can only become less"),
        ({}, {"ahead_seconds": 5}, 5.0, ""),
        ({}, {"ahead_seconds": 50}, 20.0, "can only be lowered"),
        ({}, {"privacy.plain_paths": True}, False, "can only be switched off"),
        ({}, {"privacy.never_send": []}, list(DEFAULT_GLOBS), ""),
        ({}, {"privacy.never_send": ["*.sql", "*.pem"]}, [*DEFAULT_GLOBS, "*.sql"], ""),
        ({"privacy.never_send": ["a"]}, {"privacy.never_send": ["b"]}, ["a", "b"], ""),
        ({}, {"diagnostics": "off"}, "off", ""),
        ({}, {"docstring.convention": "numpy"}, "numpy", ""),
    ],
)
def test_a_project_can_only_ask_for_less(
    user: dict[str, object], project: dict[str, object], expected: object, said: str
) -> None:
    resolved = under(user, project)
    found: Any = plain(resolved.settings)
    (key,) = project
    for part in key.split("."):
        found = found[part]
    assert found == expected
    assert [said in str(problem) for problem in resolved.problems] == ([True] if said else [])


def test_the_person_has_the_last_word() -> None:
    variables = of(Layer.ENVIRONMENT, {"paid": "auto", "budget.day": "9", "privacy.never_send": "a"})
    settings = resolve(of(Layer.PROJECT, {"paid": "never", "budget.day": 1}), variables).settings
    assert (settings.paid.value, settings.budget.day, settings.privacy.never_send) == ("auto", 9.0, ("a",))
