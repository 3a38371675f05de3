"""Documents of data parse, no key stands twice, and the schema finds nothing that it did not find before."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

import pytest
from attrs import evolve
from tests.support.judging import task_on

from lastmile.cascade.verdict import Ruling
from lastmile.config.verifying import SchemaFor
from lastmile.tools.offload import Offload
from lastmile.verify.documents import DocumentCheck

SCHEMA = {
    "$id": "https://schemas.example/service",
    "type": "object",
    "required": ["name"],
    "additionalProperties": False,
    "properties": {
        "$schema": {},
        "name": {"type": "string"},
        "ports": {"type": "array", "items": {"$ref": "#/$defs/port"}},
        "other": {"$ref": "other.json"},
    },
    "$defs": {"port": {"type": "integer", "maximum": 65535}},
}
OLD = '{"name": "a", "ports": [80]}\n'
BAD = '{"name": "a", "ports": [80, "x"], "more": 1}\n'


async def check(
    folder: Path,
    offload: Offload,
    language: str,
    texts: tuple[str, str],
    *,
    files: Mapping[str, object] | None = None,
    settings: Mapping[str, str] | None = None,
) -> Ruling:
    for name, value in (files or {}).items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(value if isinstance(value, str) else json.dumps(value))
    schemas = tuple(SchemaFor(documents, path) for documents, path in (settings or {}).items())
    task = task_on(texts[0], folder, language=language)
    task = evolve(task, snapshot=evolve(task.snapshot, path=folder / f"service.{language}"))
    found = await DocumentCheck(offload, folder, schemas).judge(task, texts[1])
    return found if isinstance(found, Ruling) else Ruling(tuple(found))


@pytest.mark.parametrize(
    ("language", "old", "new", "message"),
    [
        pytest.param("json", OLD, OLD.replace("80", "81"), "", id="sound"),
        pytest.param(
            "json", OLD, OLD.replace("80", "80,"), "It does not parse: on line 1, Expecting value", id="broken"
        ),
        pytest.param(
            "json", OLD, OLD.replace('"a"', '"a", "name": "b"'), "The key 'name' stands twice", id="a key twice"
        ),
        pytest.param("json", '{"a": 1, "a": 2}', '{"a": 1, "a": 3}', "", id="a key that stood twice"),
        pytest.param("json", '{"a": 1, "a": 2}', '{"a": 1, "a": 3, "a": 4}', "The key 'a' stands", id="once more"),
        pytest.param("json", '{\n"a": ,\n"b": 1,}', '{\n"a": 2,\n"b": 1,}', "", id="broken further down"),
        pytest.param(
            "json",
            '{\n"a": ,\n"b": 1,}',
            '{\n"a": 2 2,\n"b": 1,}',
            "It does not parse: on line 2",
            id="broken there still",
        ),
        pytest.param("json", '{"a": , "b": 1,}', '{"a": }', "It does not parse", id="all that follows gone"),
        pytest.param(
            "json", '{\n"a": ,\n"b": 1,}', '{{\n"a": ,\n"b": 1,}', "It does not parse", id="broken further up"
        ),
        pytest.param("json", '{"a": 1, "a": 2,}', '{"a": 1, "a": 2}', "", id="mended, a key twice before"),
        pytest.param("json", '{"a": 1,}', '{"a": 1, "a": 2}', "The key 'a' stands twice", id="mended, a key twice now"),
        pytest.param("jsonc", "// x\n{}", "// x\n{/* y */}", "", id="comments"),
        pytest.param("toml", "a = 1\n", "a = 1\na = 2\n", "It does not parse: on line 2, Cannot overwrite", id="toml"),
        pytest.param("yaml", "a: 1\n", "a: 1\nb: [\n", "It does not parse: on line 3, ", id="yaml"),
        pytest.param("yaml", "a: 1\n", "a: 1\na: 2\n", "The key 'a' stands twice", id="yaml, a key twice"),
    ],
)
async def test_documents_parse_and_no_key_stands_twice(
    tmp_path: Path, offload: Offload, language: str, old: str, new: str, message: str
) -> None:
    ruling = await check(tmp_path, offload, language, (old, new))
    assert ruling.summary == (f"{language} refused" if message else f"{language} ok")
    assert len(ruling) == bool(message)
    assert all(found.message.startswith(message) for found in ruling)


@pytest.mark.parametrize(
    ("old", "new", "messages"),
    [
        pytest.param(OLD, OLD.replace("80", "443"), [], id="sound"),
        pytest.param(OLD, OLD.replace("80", '"x"'), ["service.json: ports[0]: 'x' is not of type 'integer'"], id="new"),
        pytest.param(
            OLD, OLD.replace('"name": "a", ', ""), ["the document: 'name' is a required"], id="something gone"
        ),
        pytest.param(BAD, BAD.replace("80", "81"), [], id="old ones stay"),
        pytest.param(BAD, BAD.replace("80, ", "79, 80, "), [], id="old ones move"),
        pytest.param(BAD, BAD.replace('"x"', '"y"'), [], id="an old one says something else"),
        pytest.param(BAD, BAD.replace('"x"', "81"), [], id="an old one mended"),
        pytest.param(BAD, BAD.replace('80, "x"', '"y", 81'), ["ports[0]: 'y' is not"], id="one for another"),
        pytest.param(BAD, BAD.replace('"x"', '"x", "x"'), ["ports[2]: 'x' is not"], id="once more"),
    ],
)
async def test_only_what_is_new_to_the_schema_counts(
    tmp_path: Path, offload: Offload, old: str, new: str, messages: list[str]
) -> None:
    files = {"schemas/service.json": SCHEMA}
    ruling = await check(
        tmp_path, offload, "json", (old, new), files=files, settings={"*.json": "schemas/service.json"}
    )
    assert len(ruling) == len(messages)
    assert all(part in found.message for part, found in zip(messages, ruling, strict=True))
    assert ruling.summary == ("json refused" if messages else "json ok, keeps schemas/service.json")


@pytest.mark.parametrize(
    ("language", "named", "settings", "keeps"),
    [
        pytest.param("json", "s.json", {}, "s.json", id="a file"),
        pytest.param("json", "https://schemas.example/service#", {}, "schemas/s.json", id="an id"),
        pytest.param(
            "json",
            "https://a.example/s",
            {"https://a.example/s": "s.json"},
            "s.json",
            id="an address",
        ),
        pytest.param("yaml", "", {"**/*.yaml": "s.json"}, "s.json", id="a glob"),
        pytest.param("yaml", "# yaml-language-server: $schema=s.json\n", {}, "s.json", id="yaml"),
        pytest.param("toml", "#:schema s.json\n", {}, "s.json", id="toml"),
    ],
)
async def test_a_schema_is_found(
    tmp_path: Path,
    offload: Offload,
    language: str,
    named: str,
    settings: Mapping[str, str],
    keeps: str,
) -> None:
    old, new = {
        "json": (f'{{"$schema": "{named}", "name": "a"}}', f'{{"$schema": "{named}", "name": 1}}'),
        "yaml": (f"{named}name: a\n", f"{named}name: 1\n"),
        "toml": (f'{named}name = "a"\n', f"{named}name = 1\n"),
    }[language]
    ruling = await check(tmp_path, offload, language, (old, f"{old}\n"), files={keeps: SCHEMA}, settings=settings)
    assert ruling.summary == f"{language} ok, keeps {keeps}"
    [found] = await check(tmp_path, offload, language, (old, new), settings=settings)
    assert found.message == f"{keeps}: name: 1 is not of type 'string'"


async def test_a_draft_does_not_choose_its_schema(tmp_path: Path, offload: Offload) -> None:
    old = '{"$schema": "s.json", "name": "a"}'
    [found] = await check(tmp_path, offload, "json", (old, '{"name": 1}'), files={"s.json": SCHEMA})
    assert found.message.endswith("name: 1 is not of type 'string'")


@pytest.mark.parametrize(
    ("named", "why"),
    [
        pytest.param(
            "https://nowhere.example/s", "No file is known for the schema https://nowhere.example/s", id="an address"
        ),
        pytest.param("../secret.json", "lies outside of the workspace", id="outside"),
        pytest.param("gone.json", "cannot be read", id="not there"),
        pytest.param("bad.json", "cannot be read", id="no JSON"),
    ],
)
async def test_a_schema_that_cannot_be_had_is_told(tmp_path: Path, offload: Offload, named: str, why: str) -> None:
    folder = tmp_path / "project"
    folder.mkdir()
    (tmp_path / "secret.json").write_text("{}")
    old = f'{{"$schema": "{named}", "name": 1}}'
    ruling = await check(folder, offload, "json", (old, f"{old}\n"), files={"bad.json": "{"})
    assert not ruling
    assert ruling.summary.startswith("json ok, no schema (")
    assert why in ruling.summary


@pytest.mark.parametrize(
    ("schema", "other"),
    [
        pytest.param({"type": "nonsense"}, None, id="wrong"),
        pytest.param({"$ref": "https://nowhere.example/"}, None, id="leads into the network"),
        pytest.param({"$ref": "../secret.json"}, None, id="leads outside"),
        pytest.param({"$ref": "other.json"}, "{", id="leads to no JSON"),
    ],
)
async def test_a_schema_that_cannot_be_used_says_nothing(
    tmp_path: Path, offload: Offload, schema: object, other: str | None
) -> None:
    files = {"s.json": schema} | ({} if other is None else {"other.json": other})
    ruling = await check(tmp_path, offload, "json", (OLD, "{}"), files=files, settings={"*.json": "s.json"})
    assert ruling == Ruling((), "json ok")


async def test_a_schema_may_refer_to_a_file_beside_it(tmp_path: Path, offload: Offload) -> None:
    schema = {"properties": {"other": {"$ref": "other.json"}}}
    files = {"s.json": schema, "other.json": {"type": "integer"}}
    texts = ('{"$schema": "s.json", "other": 1}', '{"$schema": "s.json", "other": "x"}')
    [found] = await check(tmp_path, offload, "json", texts, files=files)
    assert found.message == "s.json: other: 'x' is not of type 'integer'"


async def test_a_schema_is_held_against_the_standard(tmp_path: Path, offload: Offload) -> None:
    old = '{"$schema": "https://json-schema.org/draft/2020-12/schema", "type": "object"}'
    ruling = await check(tmp_path, offload, "json", (old, old.replace("object", "objekt")))
    assert "'objekt' is not valid" in ruling[0].message


@pytest.mark.slow
async def test_what_never_ends_is_refused(tmp_path: Path) -> None:
    hurried = Offload(deadline=0.2)
    try:
        files = {"s.json": {"properties": {"name": {"pattern": "^(a+)+$"}}}}
        slow = json.dumps({"$schema": "s.json", "name": "a" * 40 + "b"})
        [found] = await check(tmp_path, hurried, "json", ('{"$schema": "s.json"}', slow), files=files)
        assert found.message.startswith("The document could not be checked: ")
    finally:
        hurried.close()


async def test_other_languages_have_no_such_check(tmp_path: Path, offload: Offload) -> None:
    assert (await check(tmp_path, offload, "python", ("", "x"))).absent
