"""Where in a text the places stand that a schema speaks of."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lastmile.documents.placing import places
from lastmile.documents.validating import Steps

JSON = '{\n\t"servers": [\n\t\t{"port": 1},\n\t\t{"port": "x", "na\\u006de": []}\n\t],\n\t"port": 2\n}\n'
YAML = "servers:\n  - port: 1\n  - port: x\n    name: []\nport: 2\n---\nport: 3\n"
TOML = 'title = "a.port"\n[server]\n"port" = 1\nname.first = 2\nname = 3\n'
COMMENTED = '{\n  // the name\n  "name": 1\n}\n'


@pytest.mark.parametrize(
    ("language", "text", "steps", "start", "found"),
    [
        ("json", JSON, ("servers", 1, "port"), 3, '"port"'),
        ("json", JSON, ("port",), 5, '"port"'),
        ("json", JSON, ("servers", 1, "name"), 3, '"na\\u006de"'),
        ("json", JSON, ("servers", 0), 2, '{"port": 1}'),
        ("json", JSON, ("servers", 7), 0, "{"),
        ("json", JSON, (), 0, "{"),
        ("yaml", YAML, (0, "servers", 1, "port"), 2, "port"),
        ("yaml", YAML, (1, "port"), 6, "port"),
        ("yaml", YAML.partition("---")[0], ("servers", 1, "name"), 3, "name"),
        ("toml", TOML, ("server", "port"), 2, '"port"'),
        ("toml", TOML, ("server", "name"), 0, 'title = "a.port"'),
        ("toml", TOML, ("nowhere",), 0, 'title = "a.port"'),
        ("jsonc", COMMENTED, ("name",), 2, '"name"'),
    ],
)
def test_a_place(language: str, text: str, steps: Steps, start: int, found: str) -> None:
    (span,) = places(text, language, (steps,))
    assert (text[: span.start].count("\n"), span.of(text)) == (start, found)


@given(
    st.text(),
    st.sampled_from(["json", "jsonc", "toml", "yaml"]),
    st.lists(st.text(max_size=3) | st.integers(0, 3), max_size=4),
)
def test_any_text_has_a_place_within(text: str, language: str, steps: list[str | int]) -> None:
    (span,) = places(text, language, (tuple(steps),))
    assert 0 <= span.start <= span.end <= len(text)
    assert not {"\n", "\r"} & set(span.of(text))
