"""What pytest's settings files say of what a test is, each form of them."""

from __future__ import annotations

from pathlib import Path

import pytest

from lastmile.testing.selection.settings import PytestSettings, pytest_settings

TOML = (
    "[tool.pytest.ini_options]\npython_files = ['check_*.py']\ntestpaths = ['spec']\naddopts = '-q --doctest-modules'\n"
)
INI = "python_files = check_*.py\ntestpaths = spec missing\naddopts = -q --doctest-modules\n"


def check(root: Path, files: dict[str, str], expected: PytestSettings) -> None:
    (root / "spec").mkdir()
    for name, text in files.items():
        (root / name).write_text(text)
    assert pytest_settings(root) == expected


ASKED = PytestSettings(("check_*.py",), places=("spec",), doctest_modules=True, options=("-q", "--doctest-modules"))


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        pytest.param({}, PytestSettings(), id="none"),
        pytest.param({"pyproject.toml": TOML}, ASKED, id="pyproject"),
        pytest.param({"pytest.ini": f"[pytest]\n{INI}", "pyproject.toml": TOML}, ASKED, id="pytest.ini"),
        pytest.param({"pytest.ini": "", "pyproject.toml": TOML}, PytestSettings(), id="an empty pytest.ini counts"),
        pytest.param({"pyproject.toml": "[tool.ruff]\n", "tox.ini": f"[pytest]\n{INI}"}, ASKED, id="tox.ini"),
        pytest.param({"setup.cfg": f"[tool:pytest]\n{INI}"}, ASKED, id="setup.cfg"),
        pytest.param({"setup.cfg": f"[pytest]\n{INI}"}, PytestSettings(), id="the section of another file"),
        pytest.param({"pyproject.toml": "[tool\n", "setup.cfg": f"[tool:pytest]\n{INI}"}, ASKED, id="broken toml"),
        pytest.param({"pytest.ini": "python_files = a\n"}, PytestSettings(), id="broken ini"),
    ],
)
def test_settings_are_found(tmp_path: Path, files: dict[str, str], expected: PytestSettings) -> None:
    check(tmp_path, files, expected)


@pytest.mark.parametrize(
    ("settings", "path", "expected"),
    [
        (PytestSettings(), "tests/test_a.py", True),
        (PytestSettings(), "pkg/a_test.py", True),
        (PytestSettings(), "tests/a.py", False),
        (PytestSettings(places=("tests",)), "tests/test_a.py", True),
        (PytestSettings(places=("tests",)), "tests2/test_a.py", False),
        (PytestSettings(("specs/*.py",)), "specs/a.py", True),
    ],
)
def test_files_of_tests(settings: PytestSettings, path: str, *, expected: bool) -> None:
    assert settings.is_test_file(path) is expected


def test_names_are_beginnings_or_patterns() -> None:
    settings = PytestSettings(classes=("Test", "*Suite"), functions=("test", "it_*"))
    assert [name for name in ("TestA", "ASuite", "Suites", "A") if settings.is_test_class(name)] == ["TestA", "ASuite"]
    assert [name for name in ("testa", "it_a", "ita") if settings.is_test_function(name)] == ["testa", "it_a"]
