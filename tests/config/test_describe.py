"""The settings' documents: complete, fresh, and true."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from lastmile.config.describe import BEGIN, END, MANIFEST, between_marks, main, page, readme_table, rows
from lastmile.config.keys import keys, squash
from lastmile.config.meanings import meaning
from lastmile.config.resolve import resolve
from lastmile.config.schema import json_schema
from lastmile.config.sources import Layer, Source
from lastmile.config.tree import Settings
from lastmile.config.vscode import sections, with_settings
from lastmile.errors import SettingsError
from lastmile.tasks.registry import kinds

ROOT = Path(__file__).parents[2]


def test_the_documents_are_fresh() -> None:
    assert main(["--check"], ROOT) == 0, "run python -m lastmile.config.describe"


@pytest.mark.parametrize("path", keys().entries)
def test_every_setting_says_what_it_means(path: tuple[str, ...]) -> None:
    text = meaning(keys().entries[path])
    assert text.endswith(".")
    assert "``" not in text


def test_every_setting_is_in_the_page_once() -> None:
    keys_of_page = [row.key for row in rows()]
    assert len(keys_of_page) == len(set(keys_of_page))
    lines = page().splitlines()
    for row in rows():
        (line,) = (line for line in lines if line.startswith(f"| `{row.key}` |"))
        assert f"| `{row.variable}` |" in line
        assert line.count(" | ") == 5
    assert len({path[0] for path in keys().entries}) == len({row.key.split(".")[0] for row in rows()})


@pytest.mark.parametrize(
    ("key", "default", "in_project"),
    [
        ("paid", "`ask`", "only stricter"),
        ("climb_paid", "`false`", "only off"),
        ("budget.day", "`5`", "only lower"),
        ("privacy.redact", "`true`", "only on"),
        ("privacy.never_send", "`.env*`, ", "only more"),
        ("diagnostics", "`all`", "yes"),
        ("openai.<name>.url", "empty", "no"),
        ("tasks.<kind>.deadline", "empty", "no"),
        ("tiers.<tier>.samples", "`1`, local: `3`", "no"),
        ("tiers.<tier>.model", "empty, haiku: `claude-haiku", "no"),
    ],
)
def test_a_row_says_the_default_and_what_a_project_may_do(key: str, default: str, in_project: str) -> None:
    (row,) = (row for row in rows() if row.key == key)
    assert row.default.startswith(default)
    assert row.in_project == in_project


def test_the_example_of_the_page_is_right() -> None:
    example = page().split("```toml\n")[1].split("```")[0]
    resolved = resolve(Source(Layer.USER, "example", tomllib.loads(example)), kinds=("docstring",))
    assert resolved.problems == ()
    assert resolved.settings.tasks["docstring"].start == "gpu-box"


def test_the_page_names_every_kind() -> None:
    section = page().split("## `tasks.<kind>`")[1].split("|")[0]
    assert set(kinds()) == set(re.findall(r"`([a-z-]+)`", section))


def test_no_two_names_of_a_table_are_told_apart_by_case_style_alone() -> None:
    for names in keys().tables.values():
        assert len({squash(name) for name in names}) == len(names)


def test_writing_and_checking(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    readme = tmp_path / "README.md"
    assert main([], tmp_path) == 1
    readme.write_text("# Title\n")
    assert main([], tmp_path) == 1
    assert BEGIN in capsys.readouterr().err
    readme.write_text(f"# Title\n{BEGIN}\nold\n{END}\nend\n")
    assert main(["--check"], tmp_path) == 1
    assert MANIFEST.name in capsys.readouterr().err
    manifest = tmp_path / MANIFEST
    manifest.parent.mkdir(parents=True)
    manifest.write_text('{"contributes": {"configuration": [{"title": "Ours"}, {"title": "old"}]}, "name": "x"}')
    assert main(["--check"], tmp_path) == 1
    assert capsys.readouterr().err.count("is not what the settings say") == 3
    assert not (tmp_path / "docs").exists()
    assert main([], tmp_path) == 0
    assert main(["--check"], tmp_path) == 0
    assert readme.read_text() == f"# Title\n{BEGIN}\n\n{readme_table()}\n{END}\nend\n"
    assert (tmp_path / "docs/settings.md").read_text() == page()
    assert json.loads(manifest.read_text()) == {
        "contributes": {"configuration": [{"title": "Ours"}, *sections()]},
        "name": "x",
    }
    with pytest.raises(SettingsError, match="put them where"):
        between_marks(f"{END}{BEGIN}")


@pytest.mark.slow
def test_the_command_checks_the_folder_that_it_runs_in(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "lastmile.config.describe", "--check"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == 1
    assert "README.md" in done.stderr


def leaves(schema: dict[str, Any], path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], dict[str, Any]]]:
    if "scope" in schema:
        yield path, schema
    for name, member in schema.get("properties", {}).items():
        yield from leaves(member, (*path, name))
    if isinstance(schema.get("additionalProperties"), dict):
        yield from leaves(schema["additionalProperties"], (*path, "*"))


def test_the_schema_has_every_setting_with_its_limits() -> None:
    found = dict(leaves(json_schema()))
    assert set(found) == set(keys().entries)
    for path, schema in found.items():
        entry = keys().entries[path]
        assert schema["scope"] == ("machine" if entry.from_project else "resource")
        assert schema["markdownDescription"] == meaning(entry)
        assert ("minimum" in schema) == (entry.least is not None)
    assert found["paid",]["enum"] == ["ask", "auto", "never"]
    assert found["paid",]["default"] == "ask"
    assert found["ladder",] | {"markdownDescription": ""} == {
        "type": "array",
        "items": {"type": "string"},
        "default": list(Settings().ladder),
        "scope": "machine",
        "markdownDescription": "",
    }
    assert found["tiers", "local", "samples"]["default"] == 3
    assert "default" not in found["openai", "*", "price", "input"]
    assert json_schema()["properties"]["tiers"]["properties"]["opus"]["properties"]["price"]["required"] == [
        "input",
        "output",
    ]


def in_the_editor() -> dict[str, dict[str, Any]]:
    return {name: schema for section in sections() for name, schema in section["properties"].items()}


def test_the_editors_page_has_every_setting_and_the_server_takes_it_as_it_is_spelt_there() -> None:
    shown = {squash(name.removeprefix("lastmile.")) for name in in_the_editor()}
    for path in keys().entries:
        stands = {squash(".".join(path[:length])) for length in range(1, len(path) + 1)}
        assert (path == ("verify", "trusted")) != bool(stands & shown), path
    for name, schema in in_the_editor().items():
        value = schema["default"] or None  # an empty list of models is none, and only what is set is sent
        resolved = resolve(Source(Layer.EDITOR, "the editor", {name.removeprefix("lastmile."): value}))
        assert resolved.problems == (), name
        assert resolved.settings == Settings(), name
        assert schema["scope"] in {"machine", "resource"}


def test_a_manifest_without_a_place_for_settings_is_not_written() -> None:
    for text in ("", "{}", '{"contributes": {"configuration": []}}'):
        with pytest.raises(SettingsError, match="no contributes"):
            with_settings(text)


@pytest.mark.slow
def test_the_room_needs_nothing_heavy_to_start() -> None:
    code = (
        "import sys, lastmile.config.resolve, lastmile.config.project_files, lastmile.config.environment\n"
        "print([name for name in ('platformdirs', 'asyncio', 'pygls', 'anthropic', 'lastmile.config.describe') "
        "if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)
    assert done.stdout.strip() == "[]"
