"""Which convention is asked for: the setting, ruff's setting, what the file follows, google."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.support.docstrings import page_of, task_of

from lastmile.config.tree import Convention
from lastmile.docstrings.choice import ruff_convention
from lastmile.tools.offload import Offload
from lastmile.tools.ruff import Ruff, RuffOptions

FOO = "def foo(a): pass\n"
GOOGLE = 'def g(a):\n    """Do it.\n\n    Args:\n        a: One.\n    """\n'
NUMPY = 'def n(a):\n    """Do it.\n\n    Parameters\n    ----------\n    a\n        One.\n    """\n'
REST = 'def r(a):\n    """Do it.\n\n    :param a: One.\n    """\n'
PLAIN = 'def p(a):\n    """Do it.\n\n    Note:\n        None.\n    """\n'
IN_LINT = "[lint.pydocstyle]\nconvention = '{}'\n"

FILES = {
    "nothing": ("", "google"),
    "plain docstrings": (PLAIN, "google"),
    "google": (GOOGLE, "google"),
    "numpy": (NUMPY, "numpy"),
    "rest": (REST, "rest"),
    "most of them": (GOOGLE + NUMPY + PLAIN + PLAIN + NUMPY, "numpy"),
    "one that mixes counts for what it has most of": (
        REST.replace("    :param", "    :param b: Two.\n    :param"),
        "rest",
    ),
}


@pytest.mark.parametrize(("others", "expected"), FILES.values(), ids=FILES.keys())
async def test_the_file_s_own(others: str, expected: str, offload: Offload) -> None:
    assert f"in the {expected} convention" in (await task_of(page_of(FOO + others), "foo", offload)).goal


async def test_the_setting_comes_first(tmp_path: Path, offload: Offload) -> None:
    (tmp_path / "ruff.toml").write_text(IN_LINT.format("numpy"))
    (tmp_path / "a.py").write_text(FOO + GOOGLE)
    page = page_of(FOO + GOOGLE, convention=Convention.REST, path=tmp_path / "a.py")
    assert "in the rest convention" in (await task_of(page, "foo", offload)).goal


RUFF = {
    "numpy": ({"ruff.toml": IN_LINT.format("numpy")}, "numpy"),
    "google, under another name": ({".ruff.toml": IN_LINT.format("google")}, "google"),
    "in pyproject": ({"pyproject.toml": "[tool.ruff.lint.pydocstyle]\nconvention = 'numpy'\n"}, "numpy"),
    "outside lint": ({"ruff.toml": "[pydocstyle]\nconvention = 'numpy'\n"}, "numpy"),
    "none of ours": ({"ruff.toml": IN_LINT.format("pep257")}, "rest"),
    "unset": ({"ruff.toml": "line-length = 100\n"}, "rest"),
    "extended": ({"ruff.toml": "extend = 'base.toml'\n", "base.toml": IN_LINT.format("numpy")}, "numpy"),
    "extended and replaced": (
        {"ruff.toml": "extend = 'base.toml'\n" + IN_LINT.format("google"), "base.toml": IN_LINT.format("numpy")},
        "google",
    ),
    "extended from pyproject": (
        {"pyproject.toml": "[tool.ruff]\nextend = 'x.toml'\n", "x.toml": IN_LINT.format("numpy")},
        "numpy",
    ),
}


@pytest.mark.parametrize(("files", "expected"), RUFF.values(), ids=RUFF.keys())
async def test_ruff_s(files: dict[str, str], expected: str, tmp_path: Path, offload: Offload) -> None:
    folder = tmp_path / "é b"
    folder.mkdir()
    for name, text in files.items():
        (folder / name).write_text(text)
    path = folder / "a.py"
    path.write_text(FOO + REST)
    task = await task_of(page_of(FOO + REST, path=path), "foo", offload)
    assert f"in the {expected} convention" in task.goal


SOURCES = {
    "gone meanwhile": ('"{}/none.toml"', {}),
    "no TOML any more": ('"{}/a.toml"', {"a.toml": "="}),
    "a table is none": ('"{}/a.toml"', {"a.toml": "lint = 1\npydocstyle = 2\n"}),
    "a list for a name": ('"{}/a.toml"', {"a.toml": IN_LINT.replace("'{}'", "['numpy']")}),
    "each extends the other": ('"{}/a.toml"', {"a.toml": "extend = 'b.toml'", "b.toml": "extend = 'a.toml'"}),
    "not said in a way that can be read": ("{}/a.toml", {"a.toml": IN_LINT.format("numpy")}),
}


@pytest.mark.parametrize(("said", "files"), SOURCES.values(), ids=SOURCES.keys())
async def test_settings_that_cannot_be_read_name_no_convention(
    said: str, files: dict[str, str], tmp_path: Path
) -> None:
    for name, text in files.items():
        (tmp_path / name).write_text(text)
    program = tmp_path / "ruff"
    program.write_text(f"#!/bin/sh\necho 'Settings path: {said.format(tmp_path)}'\n")
    program.chmod(0o755)
    path = tmp_path / "a.py"
    path.write_text(FOO)
    assert await ruff_convention(page_of(FOO, path=path).snapshot, Ruff(RuffOptions(path=str(program)))) is None
