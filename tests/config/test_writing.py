from __future__ import annotations

import tomllib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lastmile.config.writing import with_setting
from lastmile.errors import SettingsError

CASES = {
    "an empty file": ("", '[model]\npath = "/m"\n'),
    "another table": ("[budget] # money\nday = 2\n", '[budget] # money\nday = 2\n\n[model]\npath = "/m"\n'),
    "no last line end": ("paid = 'never'", "paid = 'never'\n\n[model]\npath = \"/m\"\n"),
    "the table without it": ("[model] # mine\nidle = 5\n", '[model] # mine\npath = "/m"\nidle = 5\n'),
    "another value": ('[model]\npath = "~/old.gguf" # good\nidle = 5\n', '[model]\npath = "/m" # good\nidle = 5\n'),
    "a literal value": ("[model]\npath = 'C:\\old'\n", '[model]\npath = "/m"\n'),
    "a path of something else's": (
        '[ruff]\npath = "/ruff"\n\n[model]\n  path="x"\n',
        '[ruff]\npath = "/ruff"\n\n[model]\n  path="/m"\n',
    ),
    "a dotted name": ('model.path = "x"\nmodel.idle = 5\n', 'model.path = "/m"\nmodel.idle = 5\n'),
    "dotted names without it": ("model.idle = 5\n[a]\n", 'model.path = "/m"\nmodel.idle = 5\n[a]\n'),
    "a table in one line": ('model = { idle = 5, path = "x" }\n', 'model = { idle = 5, path = "/m" }\n'),
    "a quoted name": ('["model"]\n"path" = "x"\n', '["model"]\n"path" = "/m"\n'),
    "a comment that looks like it": ('# [model]\n# path = "x"\n', '# [model]\n# path = "x"\n\n[model]\npath = "/m"\n'),
    "a text that looks like it": (
        'note = """\n[model]\npath = "x"\n"""\n',
        'note = """\n[model]\npath = "x"\n"""\n\n[model]\npath = "/m"\n',
    ),
    "lines that end as on Windows": ("[model]\r\nidle = 5\r\n", '[model]\r\npath = "/m"\r\nidle = 5\r\n'),
}  # fmt: skip


@pytest.mark.parametrize(("before", "after"), CASES.values(), ids=CASES)
def test_one_setting_changes_and_no_other_byte(before: str, after: str) -> None:
    assert with_setting(before, "model", "path", "/m") == after


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("paid = \n", "is not valid TOML"),
        ("model = 3\n", "cannot be changed safely: write path = "),
        ("model = { idle = 5 }\n", "cannot be changed safely: write path = "),
        ('[model]\npath = """\nx"""\n', "cannot be changed safely: write path = "),
    ],
)
def test_what_is_not_safe_is_left_to_a_person(text: str, says: str) -> None:
    with pytest.raises(SettingsError, match=says):
        with_setting(text, "model", "path", "/m")


@given(st.text(st.characters(codec="utf-8")))
def test_any_text_can_be_a_value(value: str) -> None:
    once = with_setting('[model]\npath = "x"\nidle = 5\n', "model", "path", value)
    assert tomllib.loads(once) == {"model": {"path": value, "idle": 5}}
    assert tomllib.loads(with_setting(once, "model", "path", "/m")) == {"model": {"path": "/m", "idle": 5}}
