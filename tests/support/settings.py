"""Places that settings come from, and what they are resolved to."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from lastmile.config.convert import plain
from lastmile.config.environment import from_environment
from lastmile.config.resolve import Resolved, resolve
from lastmile.config.sources import Layer, Source

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
