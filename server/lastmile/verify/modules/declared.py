"""What a project declares to depend on, by the names of distributions, read from its files.

What a name stands for is not looked up anywhere. Only the usual places are read: ``pyproject.toml``, ``setup.cfg``,
``Pipfile`` and files of requirements.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from configparser import ConfigParser, Error
from pathlib import Path
from typing import Any

from attrs import frozen

from lastmile.verify.modules.folders import read
from lastmile.verify.modules.installed import plain

_NAME = re.compile(r"\s*([A-Za-z0-9](?:[\w.-]*[A-Za-z0-9])?)\s*(?=[\[(=<>!~;@,#]|$)")
_MOST_FILES = 50
_AFFIXES = ("python", "py")


@frozen
class Declared:
    """The names of distributions, as `plain` has them."""

    needed: frozenset[str] = frozenset()
    """What has to be installed for the project to run, on every machine."""

    named: frozenset[str] = frozenset()
    """All that is named, for whatever purpose."""

    def names(self, module: str, installed: frozenset[str]) -> bool:
        """Tell whether a distribution has the name of a module, but for what says that it is for Python.

        One that is installed speaks for no module that is not.
        """
        name = plain(module)
        alike = {name, *(f"{affix}{name}" for affix in _AFFIXES), f"{name}python"}
        return not (self.named - installed).isdisjoint(alike)

    def missing(self, installed: frozenset[str]) -> frozenset[str]:
        """Give what has to be installed and is not."""
        return self.needed - installed


def of(folders: Iterable[Path], script: Iterable[str] = ()) -> Declared:
    """Read what the files in some folders declare, and take what a script declares of itself; blocks."""
    needed, named = list(script), list[str]()
    for folder in folders:
        project = _toml(folder / "pyproject.toml")
        needed += _needed(project)
        named += _named(project)
        named += (name for table in ("packages", "dev-packages") for name in _table(_toml(folder / "Pipfile"), table))
        needed += _configured(folder / "setup.cfg")
        for file in _requirements(folder):
            (needed if file.stem == "requirements" else named).extend(read(str(file)).splitlines())
    return Declared(_plainly(line for line in needed if ";" not in line), _plainly((*needed, *named)))


def _plainly(lines: Iterable[str]) -> frozenset[str]:
    return frozenset(plain(found[1]) for line in lines if (found := _NAME.match(line)))


def _needed(project: Mapping[str, Any]) -> Iterator[str]:
    yield from _texts(_table(project, "project").get("dependencies"))
    poetry = _table(project, "tool", "poetry", "dependencies")
    yield from (name for name, said in poetry.items() if name != "python" and isinstance(said, str))


def _named(project: Mapping[str, Any]) -> Iterator[str]:
    """Give what is needed at times: extras, groups, what tools have of their own."""
    poetry = _table(project, "tool", "poetry")
    yield from (*_table(poetry, "dependencies"), *_table(poetry, "dev-dependencies"))
    for group in _table(poetry, "group").values():
        yield from _table(group, "dependencies") if isinstance(group, dict) else ()
    tables = (("project", "optional-dependencies"), ("dependency-groups",), ("tool", "pdm", "dev-dependencies"))
    for table in tables:
        for lines in _table(project, *table).values():
            yield from _texts(lines)
    yield from _texts(_table(project, "tool", "uv").get("dev-dependencies"))
    for environment in _table(project, "tool", "hatch", "envs").values():
        if isinstance(environment, dict):
            yield from (*_texts(environment.get("dependencies")), *_texts(environment.get("extra-dependencies")))


def _configured(file: Path) -> list[str]:
    parser = ConfigParser(interpolation=None, strict=False)
    try:
        parser.read_string(read(str(file)))
        options = parser["options"].get("install_requires", "") if parser.has_section("options") else ""
        extras = parser["options.extras_require"] if parser.has_section("options.extras_require") else {}
        lines = [f"{line};" for text in extras.values() for line in (text or "").splitlines()]
    except (Error, ValueError, AttributeError):
        return []
    return [*(options or "").splitlines(), *lines]


def _requirements(folder: Path) -> list[Path]:
    """Give the files of requirements of a folder; a name says what they are."""
    try:
        found = [
            *folder.glob("*requirements*.txt"),
            *folder.glob("*requirements*.in"),
            *folder.glob("requirements/*.txt"),
        ]
    except OSError:
        return []
    return sorted(found)[:_MOST_FILES]


def _toml(file: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(read(str(file)))
    except (ValueError, RecursionError):
        return {}


def _table(said: Mapping[str, Any], *names: str) -> dict[str, Any]:
    """Give a table within tables, empty where there is none."""
    here: Any = said
    for name in names:
        here = here.get(name) if isinstance(here, dict) else None
    return here if isinstance(here, dict) else {}


def _texts(said: object) -> list[str]:
    return [item for item in said if isinstance(item, str)] if isinstance(said, list) else []
