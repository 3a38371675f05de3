"""The project's own pytest settings, as far as they say what a test is and where it lies. Nothing is run."""

from __future__ import annotations

import configparser
import shlex
import tomllib
from collections.abc import Iterator, Mapping
from fnmatch import fnmatch
from pathlib import Path, PurePosixPath
from typing import Any

from attrs import frozen

# In the order in which pytest looks for them (its manual, "Initialization: determining rootdir").
_FILES = (
    ("pytest.toml", ""),
    (".pytest.toml", ""),
    ("pytest.ini", "pytest"),
    (".pytest.ini", "pytest"),
    ("pyproject.toml", ""),
    ("tox.ini", "pytest"),
    ("setup.cfg", "tool:pytest"),
)


@frozen
class PytestSettings:
    """What counts as a test. The defaults are pytest's."""

    files: tuple[str, ...] = ("test_*.py", "*_test.py")
    classes: tuple[str, ...] = ("Test",)
    functions: tuple[str, ...] = ("test",)
    places: tuple[str, ...] = ()
    """The folders that hold the tests (``testpaths``); empty for all."""

    python_path: tuple[str, ...] = ()
    doctest_modules: bool = False
    documents: tuple[str, ...] = ("test*.txt",)
    """The text files whose examples are tests (``--doctest-glob``)."""

    options: tuple[str, ...] = ()
    """``addopts``."""

    def is_test_file(self, path: str) -> bool:
        """Tell whether pytest collects a file, given relative to the root."""
        name = PurePosixPath(path).name
        if not any(fnmatch(path if "/" in pattern else name, pattern) for pattern in self.files):
            return False
        return self.is_in_place(path)

    def is_document(self, path: str) -> bool:
        """Tell whether pytest runs the examples of a text file, given relative to the root."""
        if path.endswith((".py", ".pyi")) or not self.is_in_place(path):
            return False
        name = PurePosixPath(path).name
        return any(fnmatch(path if "/" in pattern else name, pattern) for pattern in self.documents)

    def is_in_place(self, path: str) -> bool:
        """Tell whether a path lies where tests are looked for."""
        return not self.places or any(_below(path, place) for place in self.places)

    def is_test_class(self, name: str) -> bool:
        """Tell whether a class of that name holds tests, unless it is a TestCase, which always does."""
        return any(name.startswith(item) or _matches(name, item) for item in self.classes)

    def is_test_function(self, name: str) -> bool:
        """Tell whether a function of that name is a test."""
        return any(name.startswith(item) or _matches(name, item) for item in self.functions)


def pytest_settings(root: Path) -> PytestSettings:
    """Read the settings of the project; a file that cannot be read counts as absent."""
    for name, section in _FILES:
        found = _section(root / name, section)
        if found is not None:
            return _settings(root, found)
    return PytestSettings()


def _section(path: Path, section: str) -> Mapping[str, Any] | None:
    try:
        text = path.read_text("utf-8")
    except (OSError, UnicodeDecodeError):
        return None
    try:
        return _of_toml(path.name, tomllib.loads(text)) if not section else _of_ini(path.name, section, text)
    except (tomllib.TOMLDecodeError, configparser.Error):
        return None


def _of_toml(name: str, tree: Mapping[str, Any]) -> Mapping[str, Any] | None:
    table = tree.get("pytest") if name.endswith("pytest.toml") else tree.get("tool", {}).get("pytest")
    if not isinstance(table, dict):
        return None
    options = table.get("ini_options")
    return options if isinstance(options, dict) else table


def _of_ini(name: str, section: str, text: str) -> Mapping[str, Any] | None:
    parser = configparser.RawConfigParser(strict=False, inline_comment_prefixes=("#",))
    parser.read_string(text)
    if parser.has_section(section):
        return dict(parser.items(section))
    return {} if name.endswith("pytest.ini") else None


def _settings(root: Path, found: Mapping[str, Any]) -> PytestSettings:
    usual = PytestSettings()
    options = _words(found.get("addopts"), quoted=True)
    places = tuple(path for place in _words(found.get("testpaths")) for path in _places(root, place))
    return PytestSettings(
        files=_words(found.get("python_files")) or usual.files,
        classes=_words(found.get("python_classes")) or usual.classes,
        functions=_words(found.get("python_functions")) or usual.functions,
        places=places,
        python_path=_words(found.get("pythonpath")),
        doctest_modules="--doctest-modules" in options,
        documents=tuple(_values(options, "--doctest-glob")) or usual.documents,
        options=options,
    )


def _words(value: object, *, quoted: bool = False) -> tuple[str, ...]:
    if isinstance(value, list):
        return tuple(map(str, value))
    text = value if isinstance(value, str) else ""
    try:
        return tuple(shlex.split(text)) if quoted else tuple(text.replace(",", " ").split())
    except ValueError:
        return tuple(text.split())


def _values(options: tuple[str, ...], name: str) -> Iterator[str]:
    """Give what an option is set to, written with a sign or as the next word, each time that it is given."""
    for at, option in enumerate(options):
        if option == name:
            yield from options[at + 1 : at + 2]
        elif option.startswith(f"{name}="):
            yield option.removeprefix(f"{name}=")


def _places(root: Path, place: str) -> Iterator[str]:
    """Resolve a folder of ``testpaths``, which may be a pattern; what is not there is passed over, as pytest does."""
    try:
        found = [path for path in root.glob(place.rstrip("/")) if path.exists()]
    except (NotImplementedError, ValueError):
        return
    yield from (path.relative_to(root).as_posix() for path in found)


def _below(path: str, place: str) -> bool:
    return place in {".", path} or path.startswith(f"{place}/")


def _matches(name: str, pattern: str) -> bool:
    return any(sign in pattern for sign in "*?[") and fnmatch(name, pattern)
