"""Which file counts for which path, and what happens to files as they come."""

from __future__ import annotations

import os
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from lastmile.config.environment import user_file
from lastmile.config.project_files import FILE_NAMES, SettingsFiles
from lastmile.config.resolve import resolve
from lastmile.config.sources import Source

PYPROJECT = '[tool.lastmile]\npaid = "never"\n'
PLAIN = 'paid = "never"\n'


def lay(root: Path, files: Mapping[str, str | bytes]) -> None:
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text if isinstance(text, bytes) else text.encode())


def files_of(root: Path) -> SettingsFiles:
    return SettingsFiles(root / "home/.config/lastmile.toml", home=root / "home")


def found(source: Source | None, root: Path) -> str:
    return "" if source is None else Path(source.place).relative_to(root).as_posix()


@pytest.mark.parametrize(
    ("files", "folders", "path", "expected"),
    [
        ({}, ["w"], "w/a.py", ""),
        ({"w/lastmile.toml": PLAIN}, ["w"], "w/a.py", "w/lastmile.toml"),
        ({"w/lastmile.toml": PLAIN}, ["w"], "w/deep/er/a.py", "w/lastmile.toml"),
        ({"w/lastmile.toml": PLAIN}, ["w"], "w", "w/lastmile.toml"),
        ({"w/lastmile.toml": PLAIN}, ["w"], "w/deep/../a.py", "w/lastmile.toml"),
        ({"w/ä b/lastmile.toml": PLAIN}, ["w"], "w/ä b/c d.py", "w/ä b/lastmile.toml"),
        ({"w/pyproject.toml": PYPROJECT}, ["w"], "w/a.py", "w/pyproject.toml"),
        ({"w/pyproject.toml": PYPROJECT, "w/lastmile.toml": ""}, ["w"], "w/a.py", "w/lastmile.toml"),
        ({"w/pyproject.toml": PYPROJECT, "w/p/lastmile.toml": ""}, ["w"], "w/p/a.py", "w/p/lastmile.toml"),
        # A pyproject.toml that says nothing about Lastmile is passed by.
        ({"w/lastmile.toml": PLAIN, "w/p/pyproject.toml": "[tool.x]\n"}, ["w"], "w/p/a.py", "w/lastmile.toml"),
        ({"w/lastmile.toml": PLAIN, "w/p/pyproject.toml": "# lastmile\n"}, ["w"], "w/p/a.py", "w/lastmile.toml"),
        ({"w/lastmile.toml": PLAIN, "w/p/pyproject.toml": "tool = 'lastmile'"}, ["w"], "w/p/a.py", "w/lastmile.toml"),
        ({"w/lastmile.toml": PLAIN, "w/p/pyproject.toml": "not toml ["}, ["w"], "w/p/a.py", "w/lastmile.toml"),
        # The workspace folder is the end of the way; of nested ones, the inner.
        ({"lastmile.toml": PLAIN}, ["w"], "w/a.py", ""),
        ({"w/lastmile.toml": PLAIN}, ["w", "w/p"], "w/p/a.py", ""),
        ({"w/lastmile.toml": PLAIN}, ["w/p", "w"], "w/a.py", "w/lastmile.toml"),
        ({"w/lastmile.toml": PLAIN}, ["v", "w"], "w/p/a.py", "w/lastmile.toml"),
        ({"wide/lastmile.toml": PLAIN}, ["w"], "wide/a.py", "wide/lastmile.toml"),
        # Outside every workspace folder the home folder is the end, and is not looked into.
        ({"home/lastmile.toml": PLAIN}, [], "home/a.py", ""),
        ({"home/lastmile.toml": PLAIN}, [], "home/p/a.py", ""),
        ({"lastmile.toml": PLAIN}, [], "home/p/a.py", ""),
        ({"home/p/lastmile.toml": PLAIN}, [], "home/p/a.py", "home/p/lastmile.toml"),
        ({"home/lastmile.toml": PLAIN}, ["home"], "home/p/a.py", "home/lastmile.toml"),
        ({"o/lastmile.toml": PLAIN}, [], "o/p/a.py", "o/lastmile.toml"),
        # The user's own file is nobody's project.
        ({"home/.config/lastmile.toml": PLAIN}, [], "home/.config/a.py", ""),
        # A folder of that name is no file.
        ({"w/lastmile.toml": PLAIN, "w/p/lastmile.toml/x": ""}, ["w"], "w/p/a.py", "w/lastmile.toml"),
        ({}, [], "w/\0/a.py", ""),
    ],
)
def test_the_nearest_file_counts(
    tmp_path: Path, files: dict[str, str], folders: list[str], path: str, expected: str
) -> None:
    lay(tmp_path, files)
    source = files_of(tmp_path).project(tmp_path / path, [tmp_path / folder for folder in folders])
    assert found(source, tmp_path) == expected


@pytest.mark.parametrize(
    ("folders", "expected"), [(["w"], "w/lastmile.toml"), ([], ""), (["w", "v"], ""), (["w/p"], "")]
)
def test_a_document_without_a_path_belongs_to_the_only_folder(
    tmp_path: Path, folders: list[str], expected: str
) -> None:
    lay(tmp_path, {"w/lastmile.toml": PLAIN})
    source = files_of(tmp_path).project(None, [tmp_path / folder for folder in folders])
    assert found(source, tmp_path) == expected


@pytest.mark.parametrize(
    ("name", "data", "said"),
    [
        ("lastmile.toml", b"paid = ", "(at line 1, the end of the file)"),
        ("lastmile.toml", b"\n\n[budget\n", "(at line 3, column 8)"),
        ("lastmile.toml", b"paid = 'ask'\npaid = 'ask'\n", "Cannot overwrite a value (at line 2"),
        ("lastmile.toml", b"a = " + b"[" * 100_000, "is not valid TOML"),
        ("lastmile.toml", b"a = " + b"9" * 10_000, "is not valid TOML"),
        ("lastmile.toml", b"a = \xff", "utf-8"),
        ("lastmile.toml", b"#" * (1 << 20) + b"\n", "larger than a megabyte"),
        ("lastmile.toml", b"a = {" + b"k" * 1000 + b" = 1, " + b"k" * 1000 + b" = 2}", "…"),
        ("pyproject.toml", b"[tool.lastmile\n", "(at line 1, column 15)"),
        ("pyproject.toml", b"[tool]\nlastmile = 3\n", "the settings must be a table, not 3"),
        ("lastmile.toml", b"\xef\xbb\xbfpaid = 'never'\r\n", ""),
        ("lastmile.toml", b"", ""),
        ("pyproject.toml", b"[tool.lastmile]\n", ""),
    ],
)
def test_a_file_that_is_wrong_is_one_message(tmp_path: Path, name: str, data: bytes, said: str) -> None:
    lay(tmp_path, {f"w/{name}": data})
    source = files_of(tmp_path).project(tmp_path / "w/a.py", [tmp_path])
    assert source is not None
    problems = resolve(source).problems
    assert len(problems) == (1 if said else 0)
    for problem in problems:
        assert said in problem.message
        assert problem.message.startswith(f"{tmp_path / 'w' / name}: ")
        assert len(problem.message) < 300 + len(str(tmp_path))


def test_a_file_that_cannot_be_read_is_one_message(tmp_path: Path) -> None:
    # The tests may run as root, who may read everything; this one nobody can read from its start.
    source = SettingsFiles(Path("/proc/self/mem"), home=tmp_path).user()
    (problem,) = resolve(source).problems
    assert problem.message == "/proc/self/mem: cannot be read (Input/output error), and is ignored"


def test_a_pipe_is_never_opened(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "lastmile.toml")
    assert files_of(tmp_path).project(tmp_path / "a.py", [tmp_path]) is None


def test_the_users_own_file_is_read_where_it_is(tmp_path: Path) -> None:
    files = files_of(tmp_path)
    assert files.user() is None
    lay(tmp_path, {"home/.config/lastmile.toml": "[openai.gpu]\nurl = 'http://a'\n"})
    assert resolve(files.user()).settings.openai["gpu"].url == "http://a"


def test_what_was_read_is_kept_until_the_file_changes(tmp_path: Path) -> None:
    files, path = files_of(tmp_path), tmp_path / "w/a.py"
    lay(tmp_path, {"w/lastmile.toml": PLAIN})
    first = files.project(path, [tmp_path])
    assert files.project(path, [tmp_path]) is first
    lay(tmp_path, {"w/lastmile.toml": 'paid = "ask"\n# longer\n'})
    second = files.project(path, [tmp_path])
    assert second is not None
    assert second.values == {"paid": "ask"}
    (tmp_path / "w/lastmile.toml").unlink()
    assert files.project(path, [tmp_path]) is None
    lay(tmp_path, {"w/pyproject.toml": PYPROJECT})
    assert found(files.project(path, [tmp_path]), tmp_path) == "w/pyproject.toml"


def test_a_file_replaced_by_one_of_the_same_size_is_read_again(tmp_path: Path) -> None:
    files, path = files_of(tmp_path), tmp_path / "lastmile.toml"
    for value in ("ask", "off"):
        new = tmp_path / "new"
        new.write_text(f"paid = '{value}'")
        os.utime(new, ns=(1, 1))
        new.replace(path)
        source = files.project(tmp_path / "a.py", [tmp_path])
        assert source is not None
        assert source.values == {"paid": value}


@pytest.mark.slow
def test_it_remembers_a_bounded_number_of_files_and_is_shared_by_threads(tmp_path: Path) -> None:
    files = files_of(tmp_path)
    lay(tmp_path, {f"p{at}/lastmile.toml": f"[budget]\nday = {at / 1000}\n" for at in range(300)})
    with ThreadPoolExecutor(8) as pool:
        for _ in range(2):
            sources = list(pool.map(lambda at: files.project(tmp_path / f"p{at}/a.py", [tmp_path]), range(300)))
            assert [resolve(source).settings.budget.day for source in sources] == [at / 1000 for at in range(300)]
    assert len(files._kept) <= 256


def test_the_users_file_has_its_usual_place_or_the_one_that_is_named() -> None:
    assert user_file({"LASTMILE_CONFIG": " /x/y.toml "}) == Path("/x/y.toml")
    assert user_file({"LASTMILE_CONFIG": ""}).parts[-2:] == ("lastmile", "lastmile.toml")
    assert FILE_NAMES == ("lastmile.toml", "pyproject.toml")
