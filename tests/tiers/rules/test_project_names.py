"""What the project's own files say about a name, read from a real folder."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from lastmile.tiers.rules.project_names import ProjectNames, module_name

Files = dict[str, str]


def write(folder: Path, files: Files) -> ProjectNames:
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return ProjectNames(folder)


PACKAGE = {"pkg/__init__.py": "", "pkg/me.py": "x = Thing\n"}


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        pytest.param({"pkg/a.py": "class Thing: ...\n"}, ["from pkg.a import Thing"], id="a class"),
        pytest.param({"pkg/a.py": "def Thing(): ...\n"}, ["from pkg.a import Thing"], id="a function"),
        pytest.param({"pkg/a.py": "async def Thing(): ...\n"}, ["from pkg.a import Thing"], id="an async function"),
        pytest.param({"pkg/a.py": "Thing = 1\n"}, ["from pkg.a import Thing"], id="a constant"),
        pytest.param({"pkg/a.py": "Thing: int = 1\n"}, ["from pkg.a import Thing"], id="an annotated one"),
        pytest.param({"pkg/a.py": "Thing == 1\n"}, [], id="a comparison"),
        pytest.param({"pkg/a.py": "    class Thing: ...\n"}, [], id="something inside"),
        pytest.param({"pkg/__init__.py": "class Thing: ...\n"}, ["from pkg import Thing"], id="in the package itself"),
        pytest.param(
            {"pkg/sub/__init__.py": "", "pkg/sub/a.py": "class Thing: ...\n"},
            ["from pkg.sub.a import Thing"],
            id="deep",
        ),
        pytest.param({"a.py": "class Thing: ...\n"}, ["from a import Thing"], id="a file beside the package"),
        pytest.param({"src/a.py": "class Thing: ...\n"}, ["from a import Thing"], id="in src"),
        pytest.param({"tools/a.py": "class Thing: ...\n"}, [], id="in a folder that is no package"),
        pytest.param({"setup.py": "class Thing: ...\n"}, [], id="a file that nobody imports"),
        pytest.param({"pkg/a-b.py": "class Thing: ...\n"}, [], id="a file that nobody can import"),
        pytest.param({"pkg/a.py": "class Thing: ...\n", "pkg/b.py": "Thing = 1\n"}, [], id="two files"),
        pytest.param({"pkg/me.py": "class Thing: ...\n"}, [], id="the asking file itself"),
        pytest.param({"pkg/a.py": "from x import Thing\n"}, ["from x import Thing"], id="what another file imports"),
        pytest.param(
            {"pkg/a.py": "from x import (\n    A,  # why\n    Thing,\n)\n"}, ["from x import Thing"], id="of several"
        ),
        pytest.param({"pkg/a.py": "from x import B as Thing\n"}, ["from x import B as Thing"], id="under another name"),
        pytest.param(
            {"pkg/a.py": "import x as Thing  # why\n"}, ["import x as Thing"], id="a module under another name"
        ),
        pytest.param({"pkg/a.py": "import Thing\n"}, ["import Thing"], id="a module"),
        pytest.param({"pkg/a.py": "import x.Thing\n"}, [], id="a module in a module"),
        pytest.param({"pkg/a.py": "from . import Thing\n"}, [], id="a relative import"),
        pytest.param({"pkg/a.py": "from __future__ import Thing\n"}, [], id="the future"),
        pytest.param({"pkg/a.py": "from pkg.me import Thing\n"}, [], id="what others take from the asking file"),
        pytest.param(
            {"pkg/a.py": "from x import Thing\n", "pkg/b.py": "from y import Thing\n"}, [], id="one vote each"
        ),
        pytest.param(
            {
                "pkg/a.py": "from x import Thing\n",
                "pkg/b.py": "from y import Thing\n",
                "pkg/c.py": "from y import Thing\n",
            },
            ["from y import Thing"],
            id="the most votes, and no others",
        ),
        pytest.param(
            {"pkg/a.py": "from x import Thing\n", "pkg/b.py": "class Thing: ...\n"},
            ["from x import Thing", "from pkg.b import Thing"],
            id="what is imported before what is defined",
        ),
        pytest.param(
            {"venv/pyvenv.cfg": "", "venv/a.py": "from x import Thing\n"}, [], id="an environment by its name"
        ),
        pytest.param({"env/pyvenv.cfg": "", "env/a.py": "from x import Thing\n"}, [], id="an environment by its mark"),
        pytest.param({".tox/a.py": "from x import Thing\n"}, [], id="a hidden folder"),
        pytest.param({"pkg/a.txt": "from x import Thing\n"}, [], id="a text"),
        pytest.param({"pkg/a.py": "from x import Thing\n" + "#" * 400_001}, [], id="a huge file"),
    ],
)
def test_statements(tmp_path: Path, files: Files, expected: list[str]) -> None:
    names = write(tmp_path, PACKAGE | files)
    assert list(names.statements("Thing", tmp_path / "pkg/me.py")) == expected


@pytest.mark.parametrize("name", ["thing", "_Thing"])
def test_a_variable_and_what_is_private_are_not_proposed(tmp_path: Path, name: str) -> None:
    names = write(tmp_path, PACKAGE | {"pkg/a.py": "thing = 1\n_Thing = 2\n"})
    assert names.statements(name, tmp_path / "pkg/me.py") == ()


def test_a_neighbour_can_be_imported_by_a_script(tmp_path: Path) -> None:
    names = write(tmp_path, {"tools/a.py": "class Thing: ...\n", "tools/me.py": ""})
    assert names.statements("Thing", tmp_path / "tools/me.py") == ("from a import Thing",)
    assert names.statements("Thing", None) == ()


def test_what_changes_on_the_disk_is_read_again(tmp_path: Path) -> None:
    names = write(tmp_path, PACKAGE | {"pkg/a.py": "class Thing: ...\n"})
    assert names.statements("Thing", None) == ("from pkg.a import Thing",)
    write(tmp_path, {"pkg/a.py": "class Other: ...\n", "pkg/b.py": "class Thing: ...\n"})
    assert names.statements("Thing", None) == ("from pkg.b import Thing",)
    (tmp_path / "pkg/b.py").unlink()
    assert names.statements("Thing", None) == ()


def test_odd_files_are_read_or_left_alone(tmp_path: Path) -> None:
    names = write(tmp_path, PACKAGE)
    (tmp_path / "pkg/latin.py").write_bytes(b"# \xe9\nfrom x import Thing\n")
    (tmp_path / "pkg/gone.py").symlink_to(tmp_path / "nowhere.py")
    (tmp_path / "pkg/folder.py").mkdir()
    os.mkfifo(tmp_path / "pkg/pipe.py")
    assert names.statements("Thing", None) == ("from x import Thing",)


@pytest.mark.slow
def test_no_more_files_are_read_than_is_bearable(tmp_path: Path) -> None:
    for number in range(3001):
        (tmp_path / f"f{number}.py").touch()
    names = write(tmp_path, {"z/a.py": "from x import Thing\n"})
    assert names.statements("Thing", None) == ()


@pytest.mark.parametrize(
    ("path", "module", "top"),
    [
        ("pkg/a.py", "pkg.a", ""),
        ("pkg/__init__.py", "pkg", ""),
        ("a.py", "a", ""),
        ("__init__.py", "", ""),
        ("pkg/1.py", "", ""),
    ],
)
def test_module_name(tmp_path: Path, path: str, module: str, top: str) -> None:
    write(tmp_path, {"pkg/__init__.py": ""})
    assert module_name(tmp_path / path) == (module, tmp_path / top)
