"""Commands and schemas that a project or a person has drafts judged by."""

from __future__ import annotations

import pytest

from lastmile.config.resolve import resolve
from lastmile.config.sources import Layer, Source


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
